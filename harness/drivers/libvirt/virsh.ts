import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand, type CommandResult } from '../../base/run-command.ts';
import { forgetLibvirt, libvirtUri } from './connection.ts';

/**
 * Runs one virsh command with an argument array. A daemon that has ended meanwhile is started again, and the command, of which it knew nothing, is run.
 * @throws HwlabError `command-failed`, blame `lab`
 */
export async function virsh(args: readonly string[], deadline: Deadline, accept: readonly number[] = [0]): Promise<CommandResult> {
  const run = async (): Promise<CommandResult> => runCommand('virsh', ['-q', '-c', await libvirtUri(deadline), ...args], { deadline, accept });
  const isDown = (said: string): boolean => said.includes('failed to connect to the hypervisor');
  try {
    const result = await run();
    if (result.exitCode === 0 || !isDown(result.stderr)) return result;
  } catch (error) {
    if (!(error instanceof HwlabError) || error.code !== 'command-failed' || !isDown(error.message)) throw error;
  }
  forgetLibvirt();
  return run();
}

/** Whether an error says that the domain is not there (any more). */
export function isNoDomain(error: unknown): boolean {
  return error instanceof HwlabError && /failed to get domain|Domain not found|domain is not running/i.test(error.message);
}
