import { connect, type Socket } from 'node:net';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { ConsoleEvents, ConsoleLink, ConsoleStream } from '../../capabilities/console-link.ts';

/** A serial line as a bare TCP port (ser2net's `tcp` accepter, a terminal server, QEMU). No baud rate and no break: the other side decides. */
export class TcpLink implements ConsoleLink {
  readonly name: string;
  readonly #host: string;
  readonly #port: number;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
    this.name = `${host}:${port}`;
  }

  async connect(events: ConsoleEvents, deadline: Deadline): Promise<ConsoleStream> {
    const socket = await openSocket(this.#host, this.#port, deadline);
    socket.on('data', (piece: Buffer) => events.data(piece));
    let closed = false;
    socket.once('close', () => {
      if (!closed) events.lost('the other side closed it');
    });
    return {
      write: async (bytes, until) => writeSocket(socket, bytes, until),
      sendBreak: async () => Promise.reject(new HwlabError({ code: 'console-no-break', blame: 'lab', message: `${this.name} is a bare TCP port and passes no break`, advice: 'use RFC 2217 or serial-over-LAN' })),
      close: async () => {
        closed = true;
        socket.destroy();
        return Promise.resolve();
      },
    };
  }
}

/** A connected socket that tells a dead host by itself. @throws HwlabError `console-unavailable` */
export async function openSocket(host: string, port: number, deadline: Deadline): Promise<Socket> {
  const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: 10_000, noDelay: true });
  try {
    await deadline.race(
      `connecting to ${host}:${port}`,
      new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      }),
    );
  } catch (cause) {
    socket.destroy();
    throw new HwlabError({ code: 'console-unavailable', blame: 'lab', retryable: true, message: `nothing answers at ${host}:${port}`, advice: 'check that the serial server runs and knows this port', cause });
  }
  socket.on('error', () => undefined);
  return socket;
}

export async function writeSocket(socket: Socket, bytes: Uint8Array, deadline: Deadline): Promise<void> {
  const lost = (cause?: unknown): HwlabError => new HwlabError({ code: 'console-lost', blame: 'lab', retryable: true, message: 'the console was lost while writing', cause });
  if (socket.destroyed) throw lost();
  await deadline.race('writing to the console', new Promise<void>((resolve, reject) => void socket.write(bytes, (error) => (error ? reject(lost(error)) : resolve()))));
}
