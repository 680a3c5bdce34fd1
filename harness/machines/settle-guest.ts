import type { Deadline } from '../base/deadline.ts';
import { waitFor, type Look } from '../base/wait-for.ts';
import type { Shell } from '../capabilities/shell.ts';

/**
 * Waits until the system has finished booting and its devices are known. Works without systemd or udev, too. `degraded` counts as
 * booted: some unit failed, which is for suites to judge.
 */
export async function settleGuest(shell: Shell, deadline: Deadline): Promise<string> {
  const { stdout } = await shell.run('{ systemctl is-system-running --wait 2>/dev/null || true; }; { udevadm settle 2>/dev/null || true; }', { deadline });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** Milliseconds between looks, and looks of a wait for readiness between two lines that say what it saw. */
const betweenLooks = 500;
const looksPerLine = 60;

/**
 * Waits until what the image's record names holds, and says from time to time what it sees. @throws HwlabError product `not-ready` with what the
 * command said last
 */
export async function untilReady(shell: Shell, ready: { readonly what: string; readonly command: string; readonly within: number; readonly every?: number }, deadline: Deadline, patience: number, say: (line: string) => void = () => undefined): Promise<void> {
  const until = deadline.within(ready.within * 1000 * patience);
  let looks = 0;
  const look = async (): Promise<Look<true>> => {
    const { exitCode, stdout, stderr } = await shell.run(ready.command, { deadline: until, accept: Array.from({ length: 256 }, (_, code) => code) });
    if (exitCode === 0) return { value: true };
    const said = stderr.trim() || stdout.trim();
    const saw = `exit ${exitCode}${said === '' ? '' : `: ${said.slice(0, 200)}`}`;
    if (++looks % looksPerLine === 0) say(`not yet: ${saw}`);
    return { saw };
  };
  await waitFor(ready.what, look, { deadline: until, blame: 'product', every: ready.every ?? betweenLooks });
}

/**
 * Gets a settled system ready to be saved: a restored clone sees its clock jump, and every calendar timer that lies in between would go off
 * at once and load the machine in the middle of a test. So the timers are stopped. Then everything is written out.
 */
export async function quietGuest(shell: Shell, deadline: Deadline): Promise<void> {
  await shell.run("systemctl stop '*.timer' 2>/dev/null || true; sync", { deadline });
}

/** The command that sets the guest's clock to the host's; `ahead` milliseconds are added for the way there. */
export function setClockCommand(now: number, ahead: number): string {
  return `date -u -s @${((now + ahead) / 1000).toFixed(3)} >/dev/null`;
}
