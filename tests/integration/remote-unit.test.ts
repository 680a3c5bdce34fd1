import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import type { RemoteUnit } from '../../harness/capabilities/remote-unit.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { connectShell } from '../../harness/drivers/ssh/connect-shell.ts';
import type { SshShell } from '../../harness/drivers/ssh/ssh-shell.ts';
import { StationUnits } from '../../harness/drivers/usbredirect/station-units.ts';
import { createUnit } from '../../harness/emulation/create-unit.ts';
import { plug, type PluggedDevice } from '../../harness/emulation/plug.ts';
import type { EmulatedModel } from '../../harness/emulation/usb-device.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { loadMachineProfile } from '../../harness/machines/machine-profile.ts';
import type { RunningMachine } from '../../harness/machines/machine.ts';
import { createVmMachine } from '../../harness/machines/vm-machine.ts';
import { findProgram } from '../../harness/setup/host-requirements.ts';
import { describeInLongRun } from './long-run.ts';

const minutes = (count: number): Deadline => Deadline.after(count * 60_000);

/**
 * The station is a guest with an emulated device in its first port; its real usbredirect offers that device, and what it offers is plugged into the second
 * port of the same guest. So the program, libusb, the kernel's usbfs and QEMU are the real ones; only the copper is missing.
 */
describeInLongRun('units of another station, by the real usbredirect', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let machine: RunningMachine;
  let shell: SshShell;
  let device: PluggedDevice;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-remote-'));
    const { accelerator } = await detectAccelerator(minutes(1));
    machine = await createVmMachine({ image: await openImage('debian-12', minutes(2)), profile: await loadMachineProfile('vm-basic'), accelerator }).start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline: minutes(9), folder: join(folder, 'm') });
    shell = await connectShell(machine.access.ssh, minutes(2));
    await shell.putFile('/tmp/usbredirect.tar', programTar(folder), minutes(2));
    await shell.run('tar -x -C / -f /tmp/usbredirect.tar && ldconfig', { deadline: minutes(1) });
    const model = JSON.parse(readFileSync(new URL('../../fixtures/devices/robotics/arduino-uno-r3.json', import.meta.url), 'utf8')) as EmulatedModel;
    device = await plug(await createUnit(model), machine.access.usbPorts[0] ?? '', { deadline: minutes(2) });
  });
  after(async () => {
    await device?.unplug();
    await shell?.close();
    await machine?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** Waits in the guest until so many boards are configured and so many serial ports of theirs are there. */
  const boards = async (count: number, ports: number): Promise<void> => {
    const found = 'n=0; for d in /sys/bus/usb/devices/*; do [ "$(cat $d/idVendor 2>/dev/null):$(cat $d/idProduct 2>/dev/null)" = 2341:0043 ] && [ -n "$(cat $d/bConfigurationValue)" ] && n=$((n+1)); done; t=$(ls /dev/ttyACM* 2>/dev/null | wc -l)';
    const { stdout } = await shell.run(`for i in $(seq 600); do ${found}; [ "$n $t" = "${count} ${ports}" ] && break; sleep 0.1; done; echo "$n boards, $t ports"`, { deadline: minutes(3) });
    expect(stdout.trim()).to.equal(`${count} boards, ${ports} ports`);
  };

  it('are plugged in here, work by the same driver, and are given back', async () => {
    await boards(1, 1);
    const unit = await new StationUnits(shell).offer({ id: '2341:0043' }, minutes(2));
    const ends = bridge(unit, machine.access.usbPorts[1] ?? '');
    // The station's kernel has let go of it, and drives it at the other end.
    await boards(2, 1);
    const { stdout } = await shell.run("stty -F /dev/ttyACM* 115200 raw -echo && printf '0 ' > /dev/ttyACM* && echo written; readlink -f /sys/class/tty/ttyACM*/device/driver", { deadline: minutes(1) });
    expect(stdout).to.match(/^written\n.*\/cdc_acm$/m);
    for (const end of ends) end.destroy();
    await unit[Symbol.asyncDispose]();
    await boards(1, 1);
    expect((await shell.run('pidof usbredirect || echo none', { deadline: minutes(1) })).stdout.trim()).to.equal('none');
  });

  it('that somebody else has are busy', async () => {
    const units = new StationUnits(shell);
    await using _first = await units.offer({ id: '2341:0043' }, minutes(2));
    const code = await units.offer({ id: '2341:0043' }, minutes(2)).then(async (unit) => unit[Symbol.asyncDispose]().then(() => 'offered'), (error: { readonly code: string }) => error.code);
    expect(code).to.equal('unit-busy');
  });
});

/** usbredirect of this host and the libraries that it needs, where a Debian looks for local ones. The C library is the guest's own. */
function programTar(folder: string): Buffer {
  const program = findProgram('usbredirect');
  if (program === undefined) throw new Error('this host has no usbredirect');
  const root = join(folder, 'root');
  for (const place of ['usr/local/bin', 'usr/local/lib']) mkdirSync(join(root, place), { recursive: true });
  cpSync(program, join(root, 'usr/local/bin/usbredirect'));
  const libraries = [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/^\s*(lib(?:usb|gio|gmodule|glib|gobject|ffi|pcre)[^ ]*) => (\S+)/gm)];
  for (const [, name = '', path = ''] of libraries) cpSync(realpathSync(path), join(root, 'usr/local/lib', basename(name)));
  return execFileSync('tar', ['-c', '-C', root, '--owner=0', '--group=0', 'usr'], { maxBuffer: 64 * 2 ** 20 });
}

/** Joins the offered unit and a USB port of QEMU: a plug in a socket. */
function bridge(unit: RemoteUnit, port: string): readonly [Socket, Socket] {
  const there = connect(unit.port, '127.0.0.1');
  const here = connect(port);
  for (const end of [there, here]) end.on('error', () => undefined);
  there.pipe(here).pipe(there);
  return [there, here];
}
