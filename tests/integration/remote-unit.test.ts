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

interface Guest {
  readonly machine: RunningMachine;
  readonly shell: SshShell;
}

/**
 * The station is a guest with an emulated device in a port; its real usbredirect offers that device, and what it offers is plugged into a port of a second
 * guest. So the program, libusb, the kernel's usbfs and QEMU are the real ones; only the copper is missing. Two guests, since a kernel cannot be both ends: it
 * gives addresses one at a time on a controller, so the reset that comes back to it while it enumerates the port waits for that port, which waits for the reset.
 */
describeInLongRun('units of another station, by the real usbredirect', function () {
  this.timeout(15 * 60_000);
  let folder: string;
  let station: Guest;
  let client: Guest;
  let device: PluggedDevice;

  const guest = async (slot: number): Promise<Guest> => {
    const { accelerator } = await detectAccelerator(minutes(1));
    const machine = await createVmMachine({ image: await openImage('debian-12', minutes(2)), profile: await loadMachineProfile('vm-basic'), accelerator }).start({ runId: newRunId(new Date()), slot, boot: 'warm', deadline: minutes(9), folder: join(folder, `m${slot}`) });
    return { machine, shell: await connectShell(machine.access.ssh, minutes(2)) };
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-remote-'));
    station = await guest(0);
    client = await guest(1);
    await station.shell.putFile('/tmp/usbredirect.tar', programTar(folder), minutes(2));
    await station.shell.run('tar -x -C / -f /tmp/usbredirect.tar && ldconfig', { deadline: minutes(1) });
    const model = JSON.parse(readFileSync(new URL('../../fixtures/devices/robotics/arduino-uno-r3.json', import.meta.url), 'utf8')) as EmulatedModel;
    device = await plug(await createUnit(model), station.machine.access.usbPorts[0] ?? '', { deadline: minutes(2) });
  });
  after(async () => {
    await device?.unplug();
    for (const one of [client, station]) {
      await one?.shell.close();
      await one?.machine[Symbol.asyncDispose]();
    }
    await rm(folder, { recursive: true });
  });

  /** Waits in the guest until so many boards are configured and so many serial ports of theirs are there. It starts few programs: under software emulation each costs as much as the wait. */
  const boards = async ({ shell }: Guest, count: number, ports: number): Promise<void> => {
    const look = 'n=0; for d in /sys/bus/usb/devices/*; do v= p= c=; { read -r v < $d/idVendor && read -r p < $d/idProduct && read -r c < $d/bConfigurationValue; } 2> /dev/null; [ "$v:$p" = 2341:0043 ] && [ -n "$c" ] && n=$((n+1)); done; set -- /dev/ttyACM*; t=$#; [ -e "$1" ] || t=0';
    const { stdout } = await shell.run(`end=$(($(date +%s) + 90)); while :; do ${look}; [ "$n $t" = "${count} ${ports}" ] && break; [ $(date +%s) -ge $end ] && break; sleep 0.2; done; echo "$n boards, $t ports"; [ "$n $t" = "${count} ${ports}" ] || dmesg | tail -n 15`, { deadline: minutes(3) });
    expect(stdout.trim()).to.equal(`${count} boards, ${ports} ports`);
  };

  it('are plugged in here, work by the same driver, and are given back', async () => {
    await boards(station, 1, 1);
    {
      await using unit = await new StationUnits(station.shell).offer({ id: '2341:0043' }, minutes(2));
      const ends = bridge(unit, client.machine.access.usbPorts[0] ?? '');
      await boards(client, 1, 1);
      // The station's kernel has let go of it.
      await boards(station, 1, 0);
      const { stdout } = await client.shell.run("stty -F /dev/ttyACM0 115200 raw -echo && printf '0 ' > /dev/ttyACM0 && echo written; readlink -f /sys/class/tty/ttyACM0/device/driver", { deadline: minutes(1) });
      expect(stdout).to.match(/^written\n.*\/cdc_acm$/m);
      for (const end of ends) end.destroy();
    }
    await boards(client, 0, 0);
    await boards(station, 1, 1);
    expect((await station.shell.run('pidof usbredirect || echo none', { deadline: minutes(1) })).stdout.trim()).to.equal('none');
  });

  it('that somebody else has are busy, whoever of this host asks', async () => {
    await using _first = await new StationUnits(station.shell).offer({ id: '2341:0043' }, minutes(2));
    const code = await new StationUnits(station.shell).offer({ id: '2341:0043' }, minutes(2)).then(async (unit) => unit[Symbol.asyncDispose]().then(() => 'offered'), (error: { readonly code: string }) => error.code);
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
