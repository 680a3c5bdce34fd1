import type { Deadline } from '../base/deadline.ts';
import type { Shell } from '../capabilities/shell.ts';

/**
 * Waits until the system has finished booting and its devices are known. Works without systemd or udev, too. `degraded` counts as
 * booted: some unit failed, which is for suites to judge.
 */
export async function settleGuest(shell: Shell, deadline: Deadline): Promise<string> {
  const { stdout } = await shell.run('{ systemctl is-system-running --wait 2>/dev/null || true; }; { udevadm settle 2>/dev/null || true; }', { deadline });
  return stdout.trim().split('\n').at(-1) ?? '';
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
