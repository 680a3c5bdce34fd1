import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { connectShell } from '../../harness/drivers/ssh/connect-shell.ts';
import type { SshShell } from '../../harness/drivers/ssh/ssh-shell.ts';
import { createUnit } from '../../harness/emulation/create-unit.ts';
import { plug } from '../../harness/emulation/plug.ts';
import type { EmulatedModel } from '../../harness/emulation/usb-device.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { loadMachineProfile } from '../../harness/machines/machine-profile.ts';
import type { RunningMachine } from '../../harness/machines/machine.ts';
import { createVmMachine } from '../../harness/machines/vm-machine.ts';
import { installHostPrograms } from './install-host-programs.ts';
import { describeInLongRun } from './long-run.ts';
import { spawnHwlab } from './spawn-hwlab.ts';

const minutes = (count: number): Deadline => Deadline.after(count * 60_000);
const capturing = '/tmp/usb.pcap';

/** The way of docs/cassettes.md for a device that cannot be proxied: Linux's usbmon and tcpdump write down what a controller does, and that is imported. */
describeInLongRun('a capture of usbmon, with real guests', function () {
  this.timeout(15 * 60_000);
  let folder: string;
  let machine: RunningMachine;
  let shell: SshShell;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-usbmon-'));
    const { accelerator } = await detectAccelerator(minutes(1));
    machine = await createVmMachine({ image: await openImage('debian-12', minutes(2)), profile: await loadMachineProfile('vm-basic'), accelerator }).start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline: minutes(9), folder: join(folder, 'machine') });
    shell = await connectShell(machine.access.ssh, minutes(2));
    await installHostPrograms(shell, ['tcpdump'], minutes(4));
  });
  after(async () => {
    await shell?.close();
    await machine?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a person does with the device while tcpdump runs, from before it is plugged in. Bus 0 is all of them. */
  async function capture(model: string, use: string): Promise<string> {
    const read = JSON.parse(readFileSync(new URL(`../../fixtures/devices/${model}.json`, import.meta.url), 'utf8')) as EmulatedModel;
    const { stdout: pid } = await shell.run(`modprobe usbmon && { tcpdump -Z root -i usbmon0 -s 0 -U -w ${capturing} > /tmp/tcpdump.log 2>&1 & echo $!; } && for i in $(seq 100); do grep -q 'listening on' /tmp/tcpdump.log && exit 0; sleep 0.2; done; cat /tmp/tcpdump.log >&2; exit 1`, { deadline: minutes(2) });
    const plugged = await plug(await createUnit(read), machine.access.usbPorts[0] ?? '', { deadline: minutes(2) });
    try {
      await shell.run(use, { deadline: minutes(3) });
      // Told to end, it writes what it has.
      await shell.run(`kill -INT ${Number(pid)}; while [ -e /proc/${Number(pid)} ]; do sleep 0.2; done; cat /tmp/tcpdump.log`, { deadline: minutes(1) });
    } finally {
      await plugged.unplug();
    }
    const file = join(folder, `${read.id}.pcap`);
    writeFileSync(file, await shell.getFile(capturing, minutes(2)));
    return file;
  }

  async function play(cassette: string, ...more: string[]): Promise<{ readonly code: number; readonly stderr: string; readonly result: Result }> {
    const reports = await mkdtemp(join(folder, 'played-'));
    const { code, stderr } = await spawnHwlab(['run', '--cassette', cassette, '--reports', reports, '--db', join(reports, 'db'), '--yes', ...more]);
    const [result] = await Array.fromAsync(ResultStore.open(join(reports, 'repro')).results({}, (bad) => expect.fail(bad.reason)));
    return { code, stderr, result: result ?? expect.fail(stderr) };
  }

  it('of a board that avrdude asks for its signature is a board of which avrdude reads it', async () => {
    const pcap = await capture('robotics/arduino-uno-r3', 'until [ -e /dev/ttyACM0 ]; do sleep 0.2; done; avrdude -c arduino -p m328p -P /dev/ttyACM0 -b 115200 2>&1');
    const cassette = join(folder, 'board.cassette');
    const imported = await spawnHwlab(['cassette', 'import', pcap, cassette, '--select', '2341:0043']);
    expect(imported.code, imported.stderr).to.equal(0);
    const { code, stderr, result } = await play(cassette, '--suite', 'robotics', '--test', 'signature');
    expect(code, stderr.slice(-4000)).to.equal(0);
    expect(result.cell.attachment).to.equal('replayed');
    expect(result.tests.map(({ outcome }) => outcome)).to.deep.equal(['PASS']);
    expect(result.tape?.divergences, stderr.slice(-4000)).to.equal(0);
  });
});
