// Runs in a mount namespace whose folder of running disks is a file system of a few MiB: starts a clone, lets its guest write more than that, and prints what the machine says of itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../../harness/base/deadline.ts';
import { HwlabError } from '../../../harness/base/hwlab-error.ts';
import { newRunId } from '../../../harness/base/random-id.ts';
import { detectAccelerator } from '../../../harness/drivers/kvm-probe.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import { loadMachineProfile } from '../../../harness/machines/machine-profile.ts';
import { createVmMachine } from '../../../harness/machines/vm-machine.ts';

const deadline = Deadline.after(8 * 60_000);
const folder = await mkdtemp(join(tmpdir(), 'hwlab-full-'));
const { accelerator } = await detectAccelerator(deadline);
const machine = createVmMachine({ image: await openImage('debian-12', deadline), profile: await loadMachineProfile('vm-basic'), accelerator });
const running = await machine.start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline, folder });
const writing = Deadline.after(120_000);
const trouble = new Promise<unknown>((resolve) => running.trouble?.addEventListener('abort', () => resolve(running.trouble?.reason)));
const filling = running.shell?.run('dd if=/dev/urandom of=/var/tmp/full bs=1M count=200 conv=fsync', { deadline: writing }).then(
  () => 'the guest wrote everything',
  () => undefined,
);
const ended = await Promise.race([trouble, filling?.then((text) => text ?? trouble), writing.race('waiting for trouble', new Promise(() => undefined)).catch(() => 'no trouble in 120 s')]);
const state = await running.state();
await running[Symbol.asyncDispose]();
await rm(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(ended instanceof HwlabError ? { code: ended.code, blame: ended.blame, message: ended.message, advice: ended.advice, state } : { unexpected: String(ended), state })}\n`);
process.exit(0);
