import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand, type CommandResult } from '../../base/run-command.ts';
import { libvirtUri } from './connection.ts';

/** Runs one virsh command with an argument array. @throws HwlabError `command-failed`, blame `lab` */
export async function virsh(args: readonly string[], deadline: Deadline, accept: readonly number[] = [0]): Promise<CommandResult> {
  return runCommand('virsh', ['-q', '-c', await libvirtUri(deadline), ...args], { deadline, accept });
}

/** Whether an error says that the domain is not there (any more). */
export function isNoDomain(error: unknown): boolean {
  return error instanceof HwlabError && /failed to get domain|Domain not found|domain is not running/i.test(error.message);
}
