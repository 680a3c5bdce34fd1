import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { makeModule } from '../../../harness/images/coverage/testing/make-module.ts';

export interface SystemTreeOptions {
  /** Firmware files that are there. */
  readonly firmware?: readonly string[];
  /** Parts that are left out: a module or backend by its name, `os-release`. */
  readonly without?: readonly string[];
}

const kernel = 'usr/lib/modules/6.1.0-2-test';

/** The files of a system that coverage reads: a few of each kind, in the layout of Debian with /lib merged into /usr. */
export function makeSystemTree(root: string, { firmware = [], without = [] }: SystemTreeOptions): void {
  const has = (name: string): boolean => !without.includes(name);
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  mkdirSync(join(root, 'usr/lib'), { recursive: true });
  symlinkSync('usr/lib', join(root, 'lib'));
  mkdirSync(join(root, 'etc'));
  if (has('os-release')) put('usr/lib/os-release', 'NAME="School"\nPRETTY_NAME="School Linux 1"\n');
  if (has('os-release')) symlinkSync('../usr/lib/os-release', join(root, 'etc/os-release'));

  const modules: readonly (readonly [name: string, file: string, firmware: readonly string[], aliases: readonly string[]])[] = [
    ['ch341', 'kernel/drivers/usb/serial/ch341.ko', [], ['usb:v1A86p7523d*dc*dsc*dp*ic*isc*ip*in*']],
    ['ftdi_sio', 'kernel/drivers/usb/serial/ftdi_sio.ko', [], ['usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*']],
    ['ath9k_htc', 'kernel/drivers/net/ath9k_htc.ko', ['ath9k_htc/htc_9271-1.4.0.fw'], ['usb:v0CF3p9271d*dc*dsc*dp*ic*isc*ip*in*']],
    ['banned', 'kernel/drivers/banned.ko', [], ['usb:v1111p2222d*dc*dsc*dp*ic*isc*ip*in*']],
    ['packed_xz', 'kernel/drivers/packed-xz.ko.xz', ['xz.fw'], ['usb:v2222p0001d*dc*dsc*dp*ic*isc*ip*in*']],
    ['packed_zst', 'kernel/drivers/packed_zst.ko.zst', ['zst.fw'], ['usb:v2222p0002d*dc*dsc*dp*ic*isc*ip*in*']],
    ['packed_gz', 'kernel/drivers/packed_gz.ko.gz', ['gz.fw'], ['usb:v2222p0003d*dc*dsc*dp*ic*isc*ip*in*']],
  ];
  const own = modules.filter(([name]) => has(name));
  for (const [, file, wanted] of own) put(`${kernel}/${file}`, packed(file, makeModule(wanted.map((name) => `firmware=${name}`))));
  put(`${kernel}/modules.alias`, own.flatMap(([name, , , aliases]) => aliases.map((alias) => `alias ${alias} ${name}\n`)).join(''));
  put(`${kernel}/modules.builtin.modinfo`, 'usbhid.alias=usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*\0');
  put('usr/lib/modules/5.9.0-1-test/modules.alias', 'alias usb:v9999p9999d*dc*dsc*dp*ic*isc*ip*in* older\n');
  put('etc/modprobe.d/school.conf', '# not here\nblacklist banned\n');
  for (const name of firmware) put(`usr/lib/firmware/${name}`, 'firmware');

  if (has('genesys')) put('etc/sane.d/genesys.conf', 'usb 0x04a9 0x2206\n');
  put('etc/sane.d/dll.conf', 'genesys\n');
  put('usr/lib/x86_64-linux-gnu/sane/libsane-genesys.so.1', 'library');
  put('usr/lib/udev/hwdb.d/20-sane.hwdb', 'usb:v04A9p2207*\n libsane_matched=yes\n');
  put('usr/lib/udev/hwdb.d/20-usb-vendor-model.hwdb', 'usb:v1A86*\n ID_VENDOR_FROM_DATABASE=QinHeng\n\nusb:v1A86p7523*\n ID_MODEL_FROM_DATABASE=CH340\n');
  put('usr/lib/udev/rules.d/60-kit.rules', 'ATTR{idVendor}=="0694", ATTR{idProduct}=="0002", MODE="0666"\n');
  put('usr/share/libwacom/pad.tablet', '[Device]\nName=Pad\nDeviceMatch=usb|256c|006e\n');

  put('usr/share/cups/drv/test.drv', 'Manufacturer "Brother"\nFilter application/vnd.cups-raster 0 rastertotest\n{ ModelName "HL-2140" Attribute "1284DeviceID" "" "MFG:Brother;MDL:HL-2140 series;" }\n');
  put('usr/share/ppd/test/kyocera.ppd.gz', gzipSync('*PPD-Adobe: "4.3"\n*Manufacturer: "Kyocera"\n*ModelName: "Kyocera FS-1000"\n*NickName: "Kyocera FS-1000 packed"\n'));
  put('usr/lib/cups/driver/test-ppds', `#!/usr/bin/env python3\nppds_compressed_b64 = b"${xz(Buffer.from(JSON.stringify({ 'a.ppd': [0, 1, ['"a.ppd" en "HP" "HP LaserJet 1020 Foomatic/foo2zjs" "MFG:HP;MDL:LaserJet 1020;"']], ARCHIVE: 'eA==' }))).toString('base64')}"\n`);
  put('usr/lib/cups/filter/rastertotest', 'filter');

  put('var/lib/dpkg/status', 'Package: linux-image-test\nStatus: install ok installed\nVersion: 6.1.2-1\n\nPackage: printer-driver-test\nStatus: install ok installed\nVersion: 1.0\n');
  put('var/lib/dpkg/info/linux-image-test.list', own.map(([, file]) => `/lib/modules/6.1.0-2-test/${file}\n`).join(''));
  put('var/lib/dpkg/info/printer-driver-test:amd64.list', '/usr\n/usr/share/cups/drv/test.drv\n');
}

function packed(file: string, module: Buffer): Buffer {
  if (file.endsWith('.xz')) return xz(module);
  if (file.endsWith('.zst')) return zstdCompressSync(module);
  return file.endsWith('.gz') ? gzipSync(module) : module;
}

function xz(data: Buffer): Buffer {
  return execFileSync('xz', ['--compress', '--stdout', '--check=crc32'], { input: data });
}
