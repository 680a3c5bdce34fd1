import { expect } from 'chai';
import { parseAliases, parseBuiltin, parseHalves } from './kernel-aliases.ts';
import { nameOf } from './module-firmware.ts';

describe('what depmod wrote', () => {
  it('keeps the aliases of devices', () => {
    const text = '# Aliases extracted from modules themselves.\nalias usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in* ftdi_sio\nalias fs-ext4 ext4\nalias net-pf-40 vsock\nalias pci:v00008086d000015B8sv*sd*bc*sc*i* snd-hda-intel\nalias of:N*T*Cx,y z\nalias broken\nalias acpi*:PNP0501:* serial';
    expect(parseAliases(text)).to.deep.equal([
      { pattern: 'usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*', module: 'ftdi_sio' },
      { pattern: 'pci:v00008086d000015B8sv*sd*bc*sc*i*', module: 'snd_hda_intel' },
      { pattern: 'acpi*:PNP0501:*', module: 'serial' },
    ]);
  });

  it('reads what is built in', () => {
    const { aliases, firmware, modules } = parseBuiltin('usbhid.alias=usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*\0usbhid.license=GPL\0e100.firmware=e100/a.bin\0e100.firmware=e100/b.bin\0\0nonsense\0ext4.alias=fs-ext4\0');
    expect(aliases).to.deep.equal([{ pattern: 'usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*', module: 'usbhid' }]);
    expect([...firmware]).to.deep.equal([['e100', ['e100/a.bin', 'e100/b.bin']]]);
    expect([...modules]).to.deep.equal(['usbhid', 'e100', 'ext4']);
  });

  it('finds the other half of a driver in its folder', () => {
    const halves = parseHalves('kernel/net/rtw88/rtw88_8822be.ko.xz: kernel/net/rtw88/rtw88_8822b.ko.xz kernel/net/mac80211.ko.xz\nkernel/net/rtw88/rtw88_8822b.ko.xz:\nno colon\n', nameOf);
    expect([...halves]).to.deep.equal([['rtw88_8822be', ['rtw88_8822b']]]);
  });
});
