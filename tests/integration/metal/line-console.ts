import { appendFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ConsoleLine, MachineConsole } from '../../../harness/capabilities/machine-console.ts';

// eslint-disable-next-line no-control-regex -- that is what a terminal's sequences begin with
const escapes = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** A raw serial port on TCP. */
export class LineConsole implements MachineConsole {
  state: 'connected' | 'lost' = 'lost';
  readonly #port: number;
  readonly #listeners = new Set<(line: ConsoleLine) => void>();
  #socket: Socket | undefined;
  constructor(port: number) {
    this.#port = port;
  }
  async start(file: string): Promise<void> {
    writeFileSync(file, '');
    const socket = connect({ host: '127.0.0.1', port: this.#port });
    await once(socket, 'connect');
    this.#socket = socket;
    this.state = 'connected';
    socket.on('error', () => undefined).on('close', () => (this.state = 'lost'));
    let rest = '';
    let timer: NodeJS.Timeout | undefined;
    const tell = (text: string): void => { for (const listener of this.#listeners) listener({ at: 0, text: text.replace(escapes, ''), from: 'console' }); };
    socket.on('data', (bytes: Buffer) => {
      appendFileSync(file, bytes);
      rest += bytes.toString('latin1');
      const lines = rest.split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') tell(line);
      clearTimeout(timer);
      timer = setTimeout(() => { if (rest !== '') tell(rest); }, 500);
    });
  }
  onLine(listener: (line: ConsoleLine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  async send(text: string): Promise<void> { this.#socket?.write(text); return Promise.resolve(); }
  async sendBreak(): Promise<void> { return Promise.resolve(); }
  async [Symbol.asyncDispose](): Promise<void> { this.#socket?.destroy(); return Promise.resolve(); }
}
