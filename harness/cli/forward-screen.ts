import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';

/** A screen that viewers of this host can reach. */
export interface ForwardedScreen extends AsyncDisposable {
  /** `127.0.0.1:5900` */
  readonly address: string;
  /** Resolves when the signal aborts. */
  ended(signal: AbortSignal): Promise<void>;
}

/**
 * Makes QEMU's VNC socket, which viewers cannot open, a port of 127.0.0.1. Each viewer has a connection of its own; one that goes away ends neither the others nor the machine.
 * @throws HwlabError usage `port-taken`
 */
export async function forwardScreen(socketFile: string, port: number): Promise<ForwardedScreen> {
  const open = new Set<Socket>();
  const server = createServer((viewer) => {
    const screen = connect(socketFile);
    for (const each of [viewer, screen]) {
      open.add(each);
      each.once('close', () => open.delete(each));
    }
    // Either end may vanish at any time; then both are closed.
    void Promise.allSettled([pipeline(viewer, screen), pipeline(screen, viewer)]).then(() => [viewer, screen].forEach((each) => each.destroy()));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: unknown) => {
    throw new HwlabError({ code: 'port-taken', blame: 'usage', message: `port ${port} of 127.0.0.1 cannot be had: ${messageOf(cause)}`, advice: 'name another one with --port, or leave it out', cause });
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ended: async (signal) => {
      if (!signal.aborted) await once(signal, 'abort');
    },
    [Symbol.asyncDispose]: async () => {
      for (const each of open) each.destroy();
      server.close();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
