import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { obeyedPower, type Patience } from '../../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';

export interface PdudaemonOutlet {
  /** For example `http://127.0.0.1:16421`. pdudaemon knows no password: it belongs on loopback or behind a firewall. */
  readonly url: string;
  /** Name of the switched outlet strip in pdudaemon's configuration, and the number of the outlet. */
  readonly hostname: string;
  readonly port: string;
}

/**
 * Power by a switched outlet through pdudaemon (its HTTP listener). It has no call for a state, and answers 200 even when its command failed: so the
 * state is read elsewhere (`read`). Without that the power is `unknown` for ever and every switching ends as `power-unreachable`.
 */
export function pdudaemonPower(outlet: PdudaemonOutlet, read: (deadline: Deadline) => Promise<PowerState>, patience?: Patience): Power {
  const name = `outlet ${outlet.hostname}/${outlet.port} at ${outlet.url}`;
  return obeyedPower(
    {
      name,
      soft: false,
      read,
      send: async (command, deadline) => request(outlet, name, command === 'on' ? 'on' : 'off', deadline),
    },
    patience,
  );
}

async function request(outlet: PdudaemonOutlet, name: string, command: 'on' | 'off', deadline: Deadline): Promise<void> {
  const url = new URL(`/power/control/${command}`, outlet.url);
  url.searchParams.set('hostname', outlet.hostname);
  url.searchParams.set('port', outlet.port);
  let response: Response;
  try {
    response = await fetch(url, { signal: deadline.signal, redirect: 'error' });
    await response.body?.cancel();
  } catch (cause) {
    throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${name}: pdudaemon does not answer`, advice: 'check that pdudaemon runs with its http listener', cause });
  }
  if (response.status === 200) return;
  throw new HwlabError({
    code: 'power-does-not-obey',
    blame: 'lab',
    message: `${name}: pdudaemon answers ${response.status}`,
    advice: `check that its configuration has "${outlet.hostname}"`,
    facts: { status: response.status },
  });
}
