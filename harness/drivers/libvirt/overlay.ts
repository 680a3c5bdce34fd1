import type { Deadline } from '../../base/deadline.ts';
import { runCommand } from '../../base/run-command.ts';

/** Makes an empty qcow2 overlay on `backing`, which must not change while the overlay is used. */
export async function makeOverlay(path: string, backing: string, format: 'qcow2' | 'raw', deadline: Deadline): Promise<void> {
  await runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', format, path], { deadline });
}
