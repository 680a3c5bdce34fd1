import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { awaitGreeting } from './await-greeting.ts';
import { publicKeyText, sameKey } from './host-key.ts';
import { openSsh } from './ssh-client.ts';
import { SshShell } from './ssh-shell.ts';

/** How to reach a shell; `ssh` of MachineAccess is one. */
export interface ShellAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly privateKeyFile?: string;
  readonly password?: string;
  readonly hostKey: string;
}

export interface ConnectOptions {
  /** Gets the host key that is seen first, where none is known yet (trust on first use): `hostKey` of the address must be ''. */
  readonly onHostKey?: (key: string) => void;
  /** Milliseconds for one attempt; 20 s by default. A banner that does not come is asked for again. */
  readonly attempt?: number;
}

/**
 * Milliseconds that attempt number `attempt` waits for the other side's greeting, `elapsed` milliseconds after the first: short, so that a guest
 * that has just come up is met soon; every third time long, and longer with time, for one that is there and slow.
 */
export function greetingWait(attempt: number, elapsed: number): number {
  return Math.min(20_000, Math.max(1500, elapsed / 20) * (attempt % 3 === 0 ? 3 : 1));
}

/**
 * Logs in, trying again while the other side is not there yet.
 * @throws HwlabError `host-key-changed`, `login-refused`, or `ssh-unreachable` with what was last seen; all blame `lab`
 */
export async function connectShell(address: ShellAddress, deadline: Deadline, options: ConnectOptions = {}): Promise<SshShell> {
  const privateKey = address.privateKeyFile === undefined ? undefined : await readFile(address.privateKeyFile, 'utf8');
  const where = `${address.username}@${address.host}:${address.port}`;
  let saw = 'nothing yet';
  let refused = 0;
  const started = performance.now();
  let attempts = 0;
  for (;;) {
    if (deadline.expired) throw unreachable(where, saw, deadline);
    let shown: string | undefined;
    try {
      attempts += 1;
      const wait = greetingWait(attempts, performance.now() - started);
      const socket = await awaitGreeting(address.host, address.port, Math.min(wait, options.attempt ?? wait), deadline.signal);
      const patience = Math.max(1, Math.min(options.attempt ?? 20_000, deadline.remaining));
      const opening = openSsh({
        ...address,
        socket,
        ...(privateKey === undefined ? {} : { privateKey }),
        patience,
        acceptsHostKey: (key) => {
          shown = publicKeyText(key);
          return address.hostKey === '' ? options.onHostKey !== undefined : sameKey(shown, address.hostKey);
        },
      });
      opening.then((late) => deadline.signal.aborted && late.close()).catch(() => undefined);
      const connection = await deadline.race(`logging in to ${where}`, opening);
      if (shown !== undefined) options.onHostKey?.(shown);
      return new SshShell(connection, where);
    } catch (error) {
      if (deadline.expired) throw unreachable(where, shown === undefined ? saw : 'a host key, then no answer', deadline);
      if (error instanceof HwlabError) throw error;
      if (shown !== undefined && address.hostKey !== '' && !sameKey(shown, address.hostKey)) {
        throw new HwlabError({ code: 'host-key-changed', blame: 'lab', message: `${where} shows another SSH host key than this machine has`, facts: { shown, expected: address.hostKey }, cause: error });
      }
      saw = messageOf(error);
      // sshd may answer before the lab's key is in place, so a refusal counts only when it lasts.
      if (/All configured authentication methods failed/i.test(saw) && ++refused >= 5) {
        throw new HwlabError({ code: 'login-refused', blame: 'lab', message: `${where} refuses the login`, advice: 'check the login of the image: hwlab image list', cause: error });
      }
    }
    await delay(Math.min(100, deadline.remaining), undefined, { signal: deadline.signal }).catch(() => undefined);
  }
}

function unreachable(where: string, saw: string, deadline: Deadline): HwlabError {
  const reason: unknown = deadline.signal.reason;
  if (reason instanceof HwlabError) return reason;
  return new HwlabError({ code: 'ssh-unreachable', blame: 'lab', retryable: true, message: `no shell on ${where} in time; last seen: ${saw}`, facts: { lastSeen: saw.slice(0, 500) } });
}
