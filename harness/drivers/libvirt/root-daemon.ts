import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runtimeFolder } from '../../base/places.ts';
import { waitFor, type Look } from '../../base/wait-for.ts';

/** Milliseconds that another process's daemon is waited for when ours ends because that one is there. */
const grace = 3000;

function daemonFolder(): string {
  return join(runtimeFolder(), 'daemon');
}

/** Where root's own daemon listens. */
export function rootSocket(): string {
  return join(daemonFolder(), 'libvirt', 'libvirt-sock');
}

/** Whether somebody accepts connections there: a socket's file is there before its daemon listens, and after the daemon was killed. */
export async function accepts(path: string): Promise<boolean> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * libvirt gives root no session: as root its daemon is the system's, which wants its own user, its folders and a service manager. So root's
 * daemon runs in a user namespace of its own, in which root is an ordinary user: nothing of the system is touched, and QEMU has no
 * privilege. It ends by itself when nothing has used it for ten minutes and no domain runs. Resolves when it takes connections; processes that
 * start it at the same time share one.
 * @throws HwlabError `libvirt-unavailable`, `command-missing`, blame `lab`
 */
export async function startRootDaemon(deadline: Deadline): Promise<void> {
  const folder = daemonFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'libvirtd.conf');
  const log = join(folder, 'libvirtd.log');
  await writeFile(config, `log_outputs="3:file:${log}"\n`, { mode: 0o600 });
  const daemon = await findDaemon();
  const user = await someUser();
  const asUser = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--'];
  // QEMU's processes become orphans; the first process of a container may be slow to reap them, and libvirt waits for that at the end of each machine.
  const reaper = (await exists('/usr/bin/tini', constants.X_OK)) ? ['/usr/bin/tini', '-s', '--'] : [];
  const args = [...reaper, daemon, '--timeout', '600', '--config', config, '--pid-file', join(folder, 'libvirtd.pid')];
  try {
    const child = spawn('unshare', [...asUser, ...args], { detached: true, stdio: 'ignore', env: { ...process.env, XDG_RUNTIME_DIR: folder } });
    let ended: { readonly how: string; readonly at: number } | undefined;
    child.once('error', (error) => (ended = { how: error.message, at: performance.now() - grace }));
    child.once('exit', (code, signal) => (ended = { how: `it ended with ${signal ?? `exit ${code}`}`, at: performance.now() }));
    child.unref();
    const look = async (): Promise<Look<true>> => {
      if (await accepts(rootSocket())) return { value: true };
      if (ended && performance.now() - ended.at >= grace) throw new Error(ended.how);
      return { saw: `nobody accepts connections at ${rootSocket()}` };
    };
    await waitFor('libvirt daemon', look, { deadline: deadline.within(20_000), every: 20, blame: 'lab' });
  } catch (error) {
    deadline.check('starting libvirtd');
    const said = await readFile(log, 'utf8').catch(() => '');
    throw new HwlabError({
      code: 'libvirt-unavailable',
      blame: 'lab',
      message: `root's own libvirtd did not start: ${error instanceof Error ? error.message : String(error)} ${said.trim().split('\n').slice(-2).join(' ')}`.trim(),
      advice: 'run hwlab as an ordinary user, or start the system\'s libvirtd and set HWLAB_LIBVIRT_URI=qemu:///system',
      cause: error,
    });
  }
}

/** Any user but root that the system knows: libvirtd (9 and 11) gives up, or crashes, as a user without an entry in passwd(5). */
async function someUser(): Promise<{ readonly uid: string; readonly gid: string }> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = entries.find(([, , uid]) => uid !== undefined && /^\d+$/.test(uid) && uid !== '0');
  return { uid: entry?.[2] ?? '1000', gid: entry?.[3] ?? '1000' };
}

async function findDaemon(): Promise<string> {
  for (const path of ['/usr/sbin/libvirtd', '/usr/bin/libvirtd', '/usr/local/sbin/libvirtd']) if (await exists(path, constants.X_OK)) return path;
  throw new HwlabError({ code: 'command-missing', blame: 'lab', message: 'libvirtd is not installed', advice: 'install libvirt-daemon; see: hwlab doctor' });
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
