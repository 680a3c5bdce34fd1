import type { Guest } from '../../harness/index.ts';

/** Seconds that a session and what runs in it may take. */
const sessionWithin = 40;

export interface SessionResult {
  readonly exitCode: number;
  readonly said: string;
}

/**
 * Runs a script as the pupil (uid 1000) in a session at the machine's own seat: PAM and logind make it as a log-in on the first console does, so that
 * access lists of udev (uaccess) and rules of polkit apply as they do in a lesson. A command of the lab's SSH connection has no session.
 */
export async function asPupilAtTheMachine(guest: Guest, script: string): Promise<SessionResult> {
  const { stdout } = await guest.run(
    `cat >/run/hwlab-pupil.sh; chmod 755 /run/hwlab-pupil.sh; rm -f /run/hwlab-pupil.out; install -o 1000 -m 644 /dev/null /run/hwlab-pupil.out; chvt 1 2>/dev/null
systemd-run --quiet --wait --collect --uid=1000 -p PAMName=login -p TTYPath=/dev/tty1 -p StandardInput=tty sh -c 'sh /run/hwlab-pupil.sh >/run/hwlab-pupil.out 2>&1 </dev/null; echo "ended with $?" >>/run/hwlab-pupil.out'
cat /run/hwlab-pupil.out`,
    { input: `${waitForRights}\n${script}\n`, accept: [0, 1], within: sessionWithin },
  );
  const ended = /ended with (\d+)\s*$/.exec(stdout);
  return { exitCode: Number(ended?.[1] ?? 255), said: stdout.replace(/ended with \d+\s*$/, '').trim() };
}

/** Until logind says that the session is active: only then has it rights. */
const waitForRights = `for i in $(seq 100); do [ "$(loginctl show-session "$XDG_SESSION_ID" -p Active --value 2>/dev/null)" = yes ] && break; sleep 0.1; done`;
