import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runtimeFolder } from '../../base/places.ts';
import { runCommand } from '../../base/run-command.ts';
import { waitFor } from '../../base/wait-for.ts';

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

async function findUri(deadline: Deadline): Promise<string> {
  const asked = process.env['HWLAB_LIBVIRT_URI'];
  if (asked) return await usable(asked, deadline);
  const session = 'qemu:///session';
  if (process.getuid?.() !== 0) return await usable(session, deadline);
  const own = `qemu+unix:///session?socket=${socketOf(daemonFolder())}`;
  if (await answers(own, deadline)) return own;
  await startDaemon(deadline);
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

function daemonFolder(): string {
  return join(runtimeFolder(), 'daemon');
}

function socketOf(folder: string): string {
  return join(folder, 'libvirt', 'libvirt-sock');
}

/**
 * libvirt gives root no session: as root its daemon is the system's, which wants its own user, its folders and a service manager. So root's
 * daemon runs in a user namespace of its own, in which root is an ordinary user: nothing of the system is touched, and QEMU has no
 * privilege. It ends by itself when nothing has used it for ten minutes and no domain runs.
 */
async function startDaemon(deadline: Deadline): Promise<void> {
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
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `exit ${code}`}`)));
    });
    failed.catch(() => undefined);
    child.unref();
    const socket = waitFor('libvirt daemon', async () => ((await exists(socketOf(folder))) ? { value: true } : { saw: `no socket ${socketOf(folder)}` }), {
      deadline: deadline.within(20_000),
      every: 20,
      blame: 'lab',
    });
    await Promise.race([socket, failed]);
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
