import { createWriteStream, type WriteStream } from 'node:fs';
import type { WireEvent } from '../../emulation/usb-device.ts';

const mostBytes = 16 * 1024 * 1024;

/** What crosses the cables of a cell, one JSON line an event, of bounded size. A disk that is full costs the trace and no test. */
export class WireTraceFile {
  #stream: WriteStream | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.#stream = createWriteStream(path);
    this.#stream.on('error', () => {
      this.#stream = undefined;
    });
  }

  record(event: WireEvent): void {
    if (!this.#stream || this.#bytes > mostBytes) return;
    const line = `${JSON.stringify(event)}\n`;
    this.#bytes += line.length;
    this.#stream.write(this.#bytes > mostBytes ? `${JSON.stringify({ t: event.t, from: event.from, kind: 'cut', meaning: 'what comes after 16 MiB is left out' })}\n` : line);
  }

  async end(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream) await new Promise<void>((resolve) => stream.end(resolve));
  }
}
