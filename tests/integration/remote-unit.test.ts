import { expect } from 'chai';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PNG } from 'pngjs';
import { Deadline } from '../../harness/base/deadline.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import { runCommand } from '../../harness/base/run-command.ts';
import type { RemoteUnit } from '../../harness/capabilities/remote-unit.ts';
import { captureWith } from '../../harness/drivers/display/v4l2-capture.ts';
import { UhubctlPower } from '../../harness/drivers/hub-power/uhubctl.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { qmp } from '../../harness/drivers/libvirt/monitor.ts';
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
import { installHostPrograms } from './install-host-programs.ts';
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
describeInLongRun('what hangs at a station, by the real usbredirect and uhubctl', function () {
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
    await install(['usbredirect', 'uhubctl']);
    device = await plugged('robotics/arduino-uno-r3', 0);
  });
  after(async () => {
    await device?.unplug();
    for (const one of [client, station]) {
      await one?.shell.close();
      await one?.machine[Symbol.asyncDispose]();
    }
    await rm(folder, { recursive: true });
  });

  /** Copies programs of this host to the station. */
  const install = async (names: readonly string[]): Promise<void> => {
    await installHostPrograms(station.shell, names, minutes(4));
  };
  const plugged = async (model: string, port: number): Promise<PluggedDevice> => {
    const read = JSON.parse(readFileSync(new URL(`../../fixtures/devices/${model}.json`, import.meta.url), 'utf8')) as EmulatedModel;
    return plug(await createUnit(read), station.machine.access.usbPorts[port] ?? '', { deadline: minutes(2) });
  };

  /** Waits in the guest until so many boards are configured and so many serial ports of theirs are there. It starts few programs: under software emulation each costs as much as the wait. */
  const boards = async ({ shell }: Guest, count: number, ports: number): Promise<void> => {
    const look = 'n=0; for d in /sys/bus/usb/devices/*; do v= p= c=; { read -r v < $d/idVendor && read -r p < $d/idProduct && read -r c < $d/bConfigurationValue; } 2> /dev/null; [ "$v:$p" = 2341:0043 ] && [ -n "$c" ] && n=$((n+1)); done; set -- /dev/ttyACM*; t=$#; [ -e "$1" ] || t=0';
    const { stdout } = await shell.run(`end=$(($(date +%s) + 90)); while :; do ${look}; [ "$n $t" = "${count} ${ports}" ] && break; [ $(date +%s) -ge $end ] && break; sleep 0.2; done; echo "$n boards, $t ports"; [ "$n $t" = "${count} ${ports}" ] || dmesg | tail -n 15`, { deadline: minutes(3) });
    expect(stdout.trim()).to.equal(`${count} boards, ${ports} ports`);
  };

  it('is a unit that is plugged in here, works by the same driver, and is given back', async () => {
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

  it('is busy where somebody else has it, whoever of this host asks', async () => {
    await using _first = await new StationUnits(station.shell).offer({ id: '2341:0043' }, minutes(2));
    const code = await new StationUnits(station.shell).offer({ id: '2341:0043' }, minutes(2)).then(async (unit) => unit[Symbol.asyncDispose]().then(() => 'offered'), (error: { readonly code: string }) => error.code);
    expect(code).to.equal('unit-busy');
  });

  it('is a unit that a person runs a suite on from another station: leased, logged in to, offered and given back', async () => {
    const { host, port, username, privateKeyFile = '', hostKey } = station.machine.access.ssh;
    const known = join(folder, 'known');
    writeFileSync(known, `[${host}]:${port} ${hostKey}\n`);
    const labFile = join(folder, 'remote.json');
    const login = { host, port, user: username, keyFile: privateKeyFile, knownHosts: known };
    writeFileSync(labFile, JSON.stringify({ schema: 'hwlab/lab/1', name: 'two stations', stations: [{ id: 'here', host: 'here' }, { id: 'there', host: 'there', login }], machines: [], units: [{ id: 'uno-1', model: 'arduino-uno-r3', usb: '2341:0043', station: 'there', path: '1-1' }] }));
    const env = { HWLAB_STATE: join(folder, 'state') };
    const { stdout, stderr } = await runCommand(join(projectRoot, 'hwlab'), ['run', '--unit', 'uno-1', '--lab', labFile, '--suite', 'robotics', '--test', 'serial.reopen', '--reports', join(folder, 'reports'), '--json'], { deadline: minutes(8), env });
    expect(stderr).to.contain('uno-1 (2341:0043) is offered on 127.0.0.1:').and.contain('as arduino-uno-r3');
    const { counts, failures } = JSON.parse(stdout) as { readonly counts: { readonly tests: Readonly<Record<string, number>> }; readonly failures: unknown };
    expect(failures).to.deep.equal([]);
    expect(counts.tests, stdout).to.have.property('PASS').that.is.at.least(1);
    await boards(station, 1, 1);
    const status = JSON.parse((await runCommand(join(projectRoot, 'hwlab'), ['lab', 'status', '--lab', labFile, '--json'], { deadline: minutes(1), env })).stdout) as { readonly subjects: readonly object[] };
    expect(status.subjects.map((subject) => Object.keys(subject).includes('lease'))).to.deep.equal([false]);
  });

  /** The hub is QEMU's, whose ports obey the power requests of a hub (USB 2.0, 11.24.2): what is plugged in goes with the power, and comes back with it. */
  it('is a port of a hub that is switched and read back, with what is in it', async () => {
    const monitor = async (execute: string, args: Readonly<Record<string, unknown>>): Promise<unknown> => qmp(station.machine.access.name, execute, args, minutes(1));
    // All ports of the controller are taken; the last makes room.
    await monitor('device_del', { id: 'redir3' });
    await monitor('device_add', { driver: 'usb-hub', id: 'hub', 'port-power': true, bus: 'usb.0', port: '4' });
    await monitor('device_add', { driver: 'usb-kbd', id: 'keyboard', bus: 'usb.0', port: '4.3' });
    const power = new UhubctlPower({ program: overSsh(folder, station.machine.access.ssh, '/usr/local/bin/uhubctl'), settle: 20_000 });
    const port = { hub: '1-4', port: 3 };
    const labFile = join(folder, 'lab.json');
    writeFileSync(labFile, JSON.stringify({ schema: 'hwlab/lab/1', name: 'hub', stations: [{ id: 'here', host: 'here' }], machines: [], hubs: [{ id: 'hub-1', station: 'here', path: port.hub, ports: 8, switches: true }], units: [{ id: 'keyboard-1', model: 'arduino-uno-r3', usb: '0627:0001', port: 'hub-1/3' }] }));
    /** As a person types it, uhubctl being the one of the station. */
    const labPower = async (to: string): Promise<string> => (await runCommand(join(projectRoot, 'hwlab'), ['lab', 'power', 'keyboard-1', to, '--lab', labFile, '--json'], { deadline: minutes(2), env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HWLAB_STATE: join(folder, 'state') } })).stdout;
    const keyboards = async (): Promise<string> => (await station.shell.run('grep -l 0627 /sys/bus/usb/devices/1-4.3/idVendor 2> /dev/null | wc -l', { deadline: minutes(1) })).stdout.trim();
    try {
      await station.shell.run('for i in $(seq 150); do [ -e /sys/bus/usb/devices/1-4.3/idVendor ] && exit 0; sleep 0.2; done; ls /sys/bus/usb/devices >&2; exit 1', { deadline: minutes(1) });
      expect((await power.list(minutes(1))).filter(({ hub }) => hub === port.hub).map(({ port: number, power: state, connected }) => `${number} ${state} ${connected}`)).to.include.members(['3 on true', '4 on false']);
      expect(JSON.parse(await labPower('off'))).to.deep.equal({ unit: 'keyboard-1', power: 'off' });
      expect(await power.state(port, minutes(1))).to.equal('off');
      expect(await keyboards()).to.equal('0');
      expect(await power.state({ ...port, port: 4 }, minutes(1)), 'its neighbour').to.equal('on');
      await power.switch(port, 'on', minutes(1));
      await station.shell.run('for i in $(seq 150); do [ -e /sys/bus/usb/devices/1-4.3/idVendor ] && exit 0; sleep 0.2; done; exit 1', { deadline: minutes(1) });
      expect(await keyboards()).to.equal('1');
    } finally {
      await monitor('device_del', { id: 'hub' }).catch(() => undefined);
    }
  });

  /** An emulated document camera stands for the grabber: to Linux both are cameras. ffmpeg is nothing that hwlab installs, so a host may have none. */
  it('is a grabber whose picture is taken by ffmpeg, and is missed when it is gone (skipped where this host has no ffmpeg)', async function () {
    if (findProgram('ffmpeg') === undefined) this.skip();
    await install(['ffmpeg']);
    const ffmpeg = overSsh(folder, station.machine.access.ssh, '/usr/local/bin/ffmpeg');
    const camera = await plugged('cameras/ipevo-point-2-view', 1);
    try {
      await station.shell.run('for i in $(seq 150); do [ -c /dev/video0 ] && udevadm settle && exit 0; sleep 0.2; done; dmesg | tail -n 20 >&2; exit 1', { deadline: minutes(2) });
      const picture = PNG.sync.read(Buffer.from(await captureWith(ffmpeg, '/dev/video0', minutes(2))));
      expect(picture.width).to.be.at.least(320);
      // The bars of its picture, and not one colour.
      expect(new Set(Array.from({ length: picture.width }, (_, x) => picture.data.readUInt32BE(4 * (x + picture.width * Math.floor(picture.height / 2))))).size).to.be.at.least(8);
    } finally {
      await camera.unplug();
    }
    const gone = await captureWith(ffmpeg, '/dev/video0', minutes(1)).then(() => 'a picture', (error: { readonly code: string }) => error.code);
    expect(gone).to.equal('capture-failed');
  });
});

/** A program of a guest as one of this host. */
function overSsh(folder: string, { host, port, username, privateKeyFile = '' }: RunningMachine['access']['ssh'], program: string): string {
  const file = join(folder, basename(program));
  // No argument of theirs has a quotation mark. A library may be wanted by another name than its own, which ldconfig does not know.
  const words = `words=; for word in "$@"; do words="$words '$word'"; done`;
  writeFileSync(file, `#!/bin/sh\n${words}\nexec ssh -i '${privateKeyFile}' -p ${port} -o BatchMode=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ${username}@${host} "LD_LIBRARY_PATH=/usr/local/lib ${program}$words"\n`);
  chmodSync(file, 0o700);
  return file;
}

/** Joins the offered unit and a USB port of QEMU: a plug in a socket. */
function bridge(unit: RemoteUnit, port: string): readonly [Socket, Socket] {
  const there = connect(unit.port, '127.0.0.1');
  const here = connect(port);
  for (const end of [there, here]) end.on('error', () => undefined);
  there.pipe(here).pipe(there);
  return [there, here];
}
