import type { Deadline } from '../../base/deadline.ts';
import type { Shell } from '../../capabilities/shell.ts';
import { setClockCommand } from '../../machines/settle-guest.ts';
import type { GuestFacts } from './protocol.ts';

/** Milliseconds that a command takes to the guest's shell. */
const way = 20;

/**
 * Asks the guest for its release and kernel, and how long it is up; sets its clock first where `access` says that it is behind. All in one
 * command, for each costs a round trip. What the guest answers is cut to a length.
 */
export async function askFacts(shell: Shell, deadline: Deadline, access: { readonly clockBehind?: boolean } = {}): Promise<{ facts: GuestFacts; uptime: () => number }> {
  const asked = performance.now();
  const before = access.clockBehind ? `${setClockCommand(Date.now(), way)}; ` : '';
  const { stdout } = await shell.run(`${before}. /etc/os-release; echo "$PRETTY_NAME"; uname -r; read -r up _ </proc/uptime; echo "$up"`, { deadline });
  const [osRelease = 'unknown', kernel = 'unknown', seconds = '0'] = stdout.trim().split('\n');
  const atAsk = Number(seconds) || 0;
  return { facts: { osRelease: osRelease.slice(0, 200), kernel: kernel.slice(0, 100) }, uptime: () => atAsk + (performance.now() - asked) / 1000 };
}
