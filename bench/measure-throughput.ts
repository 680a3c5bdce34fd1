import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRunId } from '../harness/base/random-id.ts';
import { projectRoot } from '../harness/base/places.ts';
import type { Shell } from '../harness/capabilities/shell.ts';
import { loadDataFile } from '../harness/db/load-data-file.ts';
import { qmp } from '../harness/drivers/libvirt/monitor.ts';
import { connectShell } from '../harness/drivers/ssh/connect-shell.ts';
import { createUnit } from '../harness/emulation/create-unit.ts';
import { plug } from '../harness/emulation/plug.ts';
import type { EmulatedModel } from '../harness/emulation/usb-device.ts';
import { createVmMachine } from '../harness/machines/vm-machine.ts';
import type { BenchParts } from './bench-parts.ts';
import { median } from './median.ts';
import type { Figure } from './print-figures.ts';

const rounds = 3;
const printer = 'fixtures/devices/printers/hp-laserjet-1320.json';

/** Bulk OUT from one guest to our printer, and to the serial port and the disk that QEMU itself emulates. MB/s, in turn. */
export async function measureThroughput(parts: BenchParts): Promise<Figure[]> {
  const { image, profile, accelerator, deadline, say } = parts;
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-'));
  try {
    await using running = await createVmMachine({ image, profile, accelerator }).start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline, folder });
    const { name, ssh, usbPorts } = running.access;
    const shell = await connectShell(ssh, deadline);
    const unit = await createUnit(await loadDataFile<EmulatedModel>(join(projectRoot, printer), 'emulated-model'));
    const device = await plug(unit, usbPorts[0] ?? '', { deadline });
    // QEMU's own devices need ports of the controller: two of ours make room.
    for (const id of ['redir2', 'redir3']) await qmp(name, 'device_del', { id }, deadline);
    await qmp(name, 'chardev-add', { id: 'bench-null', backend: { type: 'null', data: {} } }, deadline);
    await qmp(name, 'device_add', { driver: 'usb-serial', chardev: 'bench-null', id: 'bench-serial', 'always-plugged': true }, deadline);
    await qmp(name, 'blockdev-add', { driver: 'null-co', 'node-name': 'bench-disk', size: 2 ** 30 }, deadline);
    await qmp(name, 'device_add', { driver: 'usb-storage', drive: 'bench-disk', id: 'bench-storage' }, deadline);
    await shell.run(`i=0; until [ -e /dev/usb/lp0 ] && [ -e /dev/ttyUSB0 ] && [ -b /dev/sda ]; do i=$((i+1)); [ $i -lt 300 ] || { ls /dev/usb /dev/ttyUSB* /dev/sd* | tr "\\n" " "; exit 1; } >&2; sleep 0.1; done; stty -F /dev/ttyUSB0 raw 115200`, { deadline });
    const rates = { printer: [] as number[], serial: [] as number[], storage: [] as number[] };
    for (let round = 1; round <= rounds; round += 1) {
      rates.printer.push(await rate(shell, parts, '/dev/usb/lp0', 32, ''));
      rates.serial.push(await rate(shell, parts, '/dev/ttyUSB0', 2, ''));
      rates.storage.push(await rate(shell, parts, '/dev/sda', 32, 'oflag=direct'));
      say(`bulk OUT, ${round} of ${rounds}: printer ${rates.printer.at(-1)?.toFixed(1)}, QEMU's usb-serial ${rates.serial.at(-1)?.toFixed(1)}, usb-storage ${rates.storage.at(-1)?.toFixed(1)} MB/s`);
    }
    await device.unplug();
    await shell.close();
    const what = 'bulk OUT to the emulated printer';
    return [
      { what, ours: median(rates.printer), theirs: median(rates.serial), unit: 'MB/s', against: "QEMU's usb-serial", goal: { atLeast: 0.9 } },
      { what, ours: median(rates.printer), theirs: median(rates.storage), unit: 'MB/s', against: "QEMU's usb-storage" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** MB/s of `megabytes` zeros to a device node, timed by the guest's own clock, first byte to close. */
async function rate(shell: Shell, parts: BenchParts, node: string, megabytes: number, flags: string): Promise<number> {
  const command = `a=$(cut -d" " -f1 /proc/uptime); dd if=/dev/zero of=${node} bs=256k count=${megabytes * 4} conv=notrunc ${flags} 2>/dev/null || exit 1; b=$(cut -d" " -f1 /proc/uptime); echo $a $b`;
  const [from = NaN, to = NaN] = (await shell.run(command, { deadline: parts.deadline })).stdout.trim().split(' ').map(Number);
  return (megabytes * 256 * 1024 * 4) / 1e6 / (to - from);
}
