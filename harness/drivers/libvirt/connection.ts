import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import { rootSocket, startRootDaemon } from './root-daemon.ts';

let known: Promise<string> | undefined;

/**
 * The libvirt connection to use: `HWLAB_LIBVIRT_URI`, else qemu:///session. A daemon is started where libvirt does not start one by
 * itself, which is so for root without a system daemon. Asked once a process.
 * @throws HwlabError `libvirt-unavailable`, blame `lab`
 */
export async function libvirtUri(deadline: Deadline): Promise<string> {
  known ??= findUri(deadline);
  try {
    return await known;
  } catch (error) {
    known = undefined;
    throw error;
  }
}

/** Makes the next question find, or start, the daemon anew: root's own ends when nothing has used it for ten minutes. */
export function forgetLibvirt(): void {
  known = undefined;
}

async function findUri(deadline: Deadline): Promise<string> {
  const asked = process.env['HWLAB_LIBVIRT_URI'];
  if (asked) return await usable(asked, deadline);
  const session = 'qemu:///session';
  if (process.getuid?.() !== 0) return await usable(session, deadline);
  const own = `qemu+unix:///session?socket=${rootSocket()}`;
  if (await answers(own, deadline)) return own;
  await startRootDaemon(deadline);
  return await usable(own, deadline);
}

async function usable(uri: string, deadline: Deadline): Promise<string> {
  try {
    await runCommand('virsh', ['-q', '-c', uri, 'uri'], { deadline });
    return uri;
  } catch (error) {
    if (deadline.expired || (error instanceof HwlabError && error.code === 'command-missing')) throw error;
    throw new HwlabError({
      code: 'libvirt-unavailable',
      blame: 'lab',
      message: `libvirt does not answer on ${uri}: ${error instanceof Error ? error.message : String(error)}`,
      advice: 'install libvirt-daemon and libvirt-clients, or name a connection in HWLAB_LIBVIRT_URI; see: hwlab doctor',
      cause: error,
    });
  }
}

async function answers(uri: string, deadline: Deadline): Promise<boolean> {
  const { exitCode } = await runCommand('virsh', ['-q', '-c', uri, 'uri'], { deadline, accept: [0, 1] });
  return exitCode === 0;
}
