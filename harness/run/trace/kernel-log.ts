import { Deadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/hwlab-error.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { Artefact } from '../../db/generated/result.ts';
import type { EvidenceFolder } from '../worker/evidence.ts';
import type { Trace } from './cell-trace-file.ts';

export interface KernelLogParts {
  readonly shell: Shell;
  readonly evidence: EvidenceFolder;
  readonly trace: Trace;
  readonly patience: number;
  /** Guest uptime in seconds from which on lines belong to this cell. */
  readonly since: number;
}

/**
 * Keeps the kernel log of a whole cell, passed or failed, and says how long the guest was up when it was read, so that its lines have a time. After a reboot
 * the lines are those of the system that runs now. A guest that does not answer any more costs just this log.
 */
export async function keepKernelLog({ shell, evidence, trace, patience, since }: KernelLogParts): Promise<Artefact[]> {
  try {
    const { stdout } = await shell.run('read -r up _ </proc/uptime; echo "$up"; dmesg | tail -n 4000', { deadline: Deadline.after(6000 * patience), maxOutput: 1024 * 1024 });
    const [up = '', ...lines] = stdout.split('\n');
    const seconds = Number(up);
    if (!Number.isFinite(seconds) || seconds <= 0) return [];
    trace({ kind: 'uptime', seconds });
    const kept = lines.filter((line) => line !== '' && Number(/^\[\s*(\d+\.\d+)\]/.exec(line)?.[1] ?? Infinity) >= since);
    return [await evidence.keep('kernel-log', kept.join('\n'), 'text/plain', 'kernel.log')];
  } catch (error) {
    trace({ kind: 'cut', what: `the kernel log: ${messageOf(error).slice(0, 300)}` });
    return [];
  }
}
