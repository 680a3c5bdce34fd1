/** A message of HTTP/1 as it went over a stream of bytes; of a long body only the beginning. */
export interface HttpMessage {
  /** Request line or status line. */
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** All bytes of it, `body` is the beginning. */
  readonly bodyLength: number;
}

const mostHead = 16 * 1024;
const mostBody = 64 * 1024;
const firstLine = /^(?:[A-Z]{3,10} [\x21-\x7e]{1,2000} HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}[\x20-\x7e]{0,200})$/;

type Place = 'head' | 'body' | 'chunk-size' | 'chunk' | 'trailer';

/**
 * Watches one direction of a connection and gives each message when it is complete (RFC 9112). It never refuses anything: what is no HTTP is passed over until
 * something is again, for a watcher must not break what it watches. Holds at most a head and the first 64 KiB of a body.
 */
export class HttpReader {
  readonly #onMessage: (message: HttpMessage) => void;
  #place: Place = 'head';
  /** Latin-1, of the head or of a line between chunks. */
  #text = '';
  #line = '';
  #headers = new Map<string, string>();
  #parts: Uint8Array[] = [];
  #kept = 0;
  #length = 0;
  /** Bytes still to come of the body or the chunk; Infinity until the connection ends. */
  #left = 0;

  constructor(onMessage: (message: HttpMessage) => void) {
    this.#onMessage = onMessage;
  }

  feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at = this.#place === 'body' || this.#place === 'chunk' ? this.#takeBody(bytes, at) : this.#takeText(bytes, at);
  }

  /** The stream began anew: a message that was not complete is given as it is. */
  end(): void {
    if (this.#place !== 'head') this.#finish();
    this.#text = '';
  }

  #takeText(bytes: Uint8Array, from: number): number {
    if (this.#place === 'head' && this.#text === '' && !/[A-Z]/.test(String.fromCharCode(bytes[from] ?? 0))) return from + 1;
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    this.#text += Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(end - from, mostHead)).toString('latin1');
    if (this.#text.length > mostHead) this.#text = '';
    else if (newline >= 0) this.#lineEnded();
    return end;
  }

  #lineEnded(): void {
    if (this.#place === 'head') {
      // The whole head is only looked at when it is complete: it may have thousands of lines.
      const isFirst = this.#text.indexOf('\n') === this.#text.length - 1;
      if (isFirst && !firstLine.test(this.#text.replace(/\r?\n$/, ''))) this.#text = '';
      else if (!isFirst && /\n\r?\n$/.test(this.#text.slice(-3))) this.#beginBody(this.#text.split(/\r?\n/));
      return;
    }
    const line = this.#text.trim();
    this.#text = '';
    if (this.#place === 'trailer') {
      if (line === '') this.#finish();
      return;
    }
    if (line === '') return;
    const size = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(line)?.[1];
    if (size === undefined) this.#finish();
    else if ((this.#left = parseInt(size, 16)) === 0) this.#place = 'trailer';
    else this.#place = 'chunk';
  }

  #beginBody(lines: readonly string[]): void {
    this.#line = lines[0] ?? '';
    this.#text = '';
    this.#headers = new Map(lines.slice(1).flatMap((line): [string, string][] => (line.includes(':') ? [[line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]] : [])));
    const length = this.#headers.get('content-length');
    if (/\bchunked\b/i.test(this.#headers.get('transfer-encoding') ?? '')) this.#place = 'chunk-size';
    else if (length !== undefined && /^\d{1,12}$/.test(length) && length !== '0') this.#place = 'body';
    else this.#finish();
    this.#left = Number(length ?? 0);
    // "Go on" is no answer.
    if (/^HTTP\/1\.[01] 1\d\d/.test(this.#line)) this.#place = 'head';
  }

  #takeBody(bytes: Uint8Array, from: number): number {
    const end = Math.min(bytes.length, from + this.#left);
    const keep = Math.min(end - from, mostBody - this.#kept);
    if (keep > 0) this.#parts.push(bytes.slice(from, from + keep));
    this.#kept += Math.max(0, keep);
    this.#length += end - from;
    this.#left -= end - from;
    if (this.#left === 0) {
      if (this.#place === 'chunk') this.#place = 'chunk-size';
      else this.#finish();
    }
    return end;
  }

  #finish(): void {
    const message: HttpMessage = { line: this.#line, headers: this.#headers, body: Buffer.concat(this.#parts), bodyLength: this.#length };
    this.#place = 'head';
    this.#text = '';
    this.#parts = [];
    this.#kept = 0;
    this.#length = 0;
    if (!/^HTTP\/1\.[01] 1\d\d/.test(message.line)) this.#onMessage(message);
  }
}
