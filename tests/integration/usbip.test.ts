import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { connectShell } from '../../harness/drivers/ssh/connect-shell.ts';
import type { SshShell } from '../../harness/drivers/ssh/ssh-shell.ts';
import { vhciContract, type VhciUnderTest } from '../../harness/emulation/testing/vhci-contract.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { loadMachineProfile } from '../../harness/machines/machine-profile.ts';
import type { RunningMachine } from '../../harness/machines/machine.ts';
import { createVmMachine } from '../../harness/machines/vm-machine.ts';
import { ShellUsbipGuest } from '../../harness/run/worker/usbip-guest.ts';
import { describeInLongRun } from './long-run.ts';

const minutes = (count: number): Deadline => Deadline.after(count * 60_000);
const find = 'for d in /sys/bus/usb/devices/*; do [ "$(cat $d/idVendor 2>/dev/null):$(cat $d/idProduct 2>/dev/null)" = 2341:0043 ] && [ -n "$(cat $d/bConfigurationValue)" ] && echo $d; done';
const until = (test: string): string => `i=0; while [ $i -lt 1200 ]; do d=$(${find}); ${test} && break; i=$((i+1)); sleep 0.1; done; ${test}`;

/** Every step goes to a guest and back through SSH, minutes in all without hardware virtualisation: it belongs to the long run. */
describeInLongRun("USB/IP, with the kernel's own client in a real guest", function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let machine: RunningMachine;
  let shell: SshShell;
  let client: VhciUnderTest;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-usbip-'));
    const { accelerator } = await detectAccelerator(minutes(1));
    const image = await openImage('debian-12', minutes(2));
    machine = await createVmMachine({ image, profile: await loadMachineProfile('vm-basic'), accelerator }).start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline: minutes(9), folder });
    shell = await connectShell(machine.access.ssh, minutes(2));
    client = vhciOf(shell);
  });
  after(async () => {
    await shell?.close();
    await machine?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  vhciContract(() => client, 120);
});

function vhciOf(shell: SshShell): VhciUnderTest {
  const run = async (command: string): Promise<string> => (await shell.run(command, { deadline: minutes(3) })).stdout;
  return {
    guest: {
      listen: async (onConnection) => new ShellUsbipGuest(shell, shell.ports, minutes(2)).listen(onConnection),
      attach: async (port, busId) => new ShellUsbipGuest(shell, shell.ports, minutes(2)).attach(port, busId),
    },
    descriptors: async () => Buffer.from(await run(`${until('[ -n "$d" ]')} && od -An -v -tx1 $d/descriptors | tr -d " \\n"`), 'hex'),
    openAndClose: async (times) => void (await run(`${until('[ -e /dev/ttyACM0 ]')} && for i in $(seq ${times}); do : < /dev/ttyACM0; done`)),
    gone: async () => void (await run(until('[ -z "$d" ]'))),
    detach: async () => void (await run('usbip detach --port 00')),
    complaints: async () => (await run('dmesg')).split('\n').filter((line) => /cannot find a urb|WARNING:|BUG:/.test(line)),
  };
}
