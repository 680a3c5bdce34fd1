import { readFile } from 'node:fs/promises';
import type { Deadline } from '../base/deadline.ts';
import { runCommand } from '../base/run-command.ts';

/** Removes a folder that may hold an unpacked system, after unmounting what a killed build left below it; never crosses into another file system. */
export async function removeTree(folder: string, deadline: Deadline): Promise<void> {
  for (const mount of (await mountsBelow(folder)).reverse()) await runCommand('umount', ['--lazy', '--', mount], { deadline });
  const remove = ['rm', '-rf', '--one-file-system', '--', folder] as const;
  const asRoot = process.getuid?.() === 0;
  const { exitCode } = await runCommand(remove[0], remove.slice(1), { deadline, accept: asRoot ? [0] : [0, 1] });
  // A system unpacked without root rights has files of the user's subordinate ids, which only their user namespace may remove.
  if (exitCode !== 0) await runCommand('unshare', ['--user', '--map-root-user', '--map-auto', '--', ...remove], { deadline });
}

/** Mount points at or below a folder, in the order in which they were mounted (/proc/self/mountinfo, proc(5)). */
export async function mountsBelow(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const points = lines.map((line) => (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`));
}
