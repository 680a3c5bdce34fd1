import { Deadline } from '../../base/deadline.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { AttachedUnit } from './attached-unit.ts';
import { kernelLogSince } from './test-guest.ts';

export interface FailureScene {
  readonly shell: Shell;
  readonly unit: AttachedUnit;
  /** Guest uptime in seconds when the test began. */
  readonly since: number;
  readonly startedAt: Date;
  readonly patience: number;
  readonly keep: (name: string, content: string | Uint8Array, mediaType: string) => Promise<void>;
}

/** What was so at the moment of a failure: kernel log slice, journal, udev properties of the device, and the wire trace of the test. */
export async function gatherFailureEvidence(scene: FailureScene): Promise<void> {
  const wire = scene.unit.wire();
  await scene.keep('wire-trace', wire.map((event) => JSON.stringify(event)).join('\n'), 'application/jsonl');
  const deadline = Deadline.after(6000 * scene.patience);
  await scene.keep('kernel-log', await kernelLogSince(scene.shell, scene.since, deadline), 'text/plain');
  const sinceSeconds = Math.floor(scene.startedAt.getTime() / 1000) - 1;
  const journal = await scene.shell.run(`journalctl --no-pager -q -n 300 -o short-precise --since @${sinceSeconds} 2>&1 || true`, { deadline, maxOutput: 512 * 1024 });
  await scene.keep('journal', journal.stdout, 'text/plain');
  const path = scene.unit.knownSysfs;
  if (path) {
    const script = `udevadm info --query=property --path=${path} 2>&1; for i in ${path}:*; do echo; echo "$i driver: $(basename "$(readlink "$i/driver")")"; done`;
    const udev = await scene.shell.run(script, { deadline, accept: [0, 1], maxOutput: 256 * 1024 });
    await scene.keep('udev', udev.stdout, 'text/plain');
  }
}
