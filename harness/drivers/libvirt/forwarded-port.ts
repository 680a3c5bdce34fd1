import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { hmp } from './monitor.ts';

/** The port of 127.0.0.1 that leads to the guest's port 22, from the text of QEMU's `info usernet`; undefined if there is none. */
export function parseForwardedPort(text: string): number | undefined {
  for (const line of text.split('\n')) {
    const [kind, , source, port, , target] = line.trim().split(/\s+/);
    if (kind === 'TCP[HOST_FORWARD]' && source === '127.0.0.1' && target === '22') return Number(port);
  }
  return undefined;
}

/** QEMU was asked to forward a port of the system's choice; this reads which it got. */
export async function forwardedPort(domain: string, deadline: Deadline): Promise<number> {
  const text = await hmp(domain, 'info usernet', deadline);
  const port = parseForwardedPort(text);
  if (port) return port;
  throw new HwlabError({ code: 'no-forwarded-port', blame: 'lab', retryable: true, message: `QEMU of ${domain} forwards no port to the guest's SSH`, facts: { usernet: text.slice(0, 500) } });
}
