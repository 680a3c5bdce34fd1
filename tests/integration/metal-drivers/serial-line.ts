import { createServer, type Server, type Socket } from 'node:net';

/** The serial port of a machine that is not there: a TCP port of loopback, as QEMU's `-serial tcp:...,server` is one. */
export class SerialLine implements AsyncDisposable {
  readonly port: number;
  /** Everything that was sent to the machine. */
  received: Buffer = Buffer.alloc(0);
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async open(): Promise<SerialLine> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const line = new SerialLine(server, typeof address === 'object' && address !== null ? address.port : 0);
    server.on('connection', (socket) => {
      line.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => line.#sockets.delete(socket));
      socket.on('data', (piece: Buffer) => (line.received = Buffer.concat([line.received, piece])));
    });
    return line;
  }

  get connected(): number {
    return this.#sockets.size;
  }

  print(text: string | Uint8Array): void {
    for (const socket of this.#sockets) socket.write(text);
  }

  /** Cuts the cable. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}
