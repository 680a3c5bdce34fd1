/** Serial Line IP framing (RFC 1055): END closes a frame, ESC escapes END and itself. */
const end = 0xc0;
const escape = 0xdb;
const escapedEnd = 0xdc;
const escapedEscape = 0xdd;

/** One frame with END before and behind it, so that noise on the line before it is a frame of its own. */
export function encodeSlip(payload: Uint8Array): Uint8Array {
  const escapes = payload.reduce((sum, byte) => sum + (byte === end || byte === escape ? 1 : 0), 0);
  const bytes = new Uint8Array(payload.length + escapes + 2);
  let at = 0;
  bytes[at++] = end;
  for (const byte of payload) {
    if (byte === end || byte === escape) bytes[at++] = escape;
    bytes[at++] = byte === end ? escapedEnd : byte === escape ? escapedEscape : byte;
  }
  bytes[at] = end;
  return bytes;
}

/** Bytes in, whole frames out. Empty frames, frames with a wrong escape and frames over the limit are left out, as the line's noise would be. */
export class SlipReader {
  readonly #limit: number;
  #frame: number[] = [];
  #escaped = false;
  #broken = false;

  /** @param limit most bytes of a frame that is kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Each frame as soon as it is whole: bytes behind one that is not taken are lost. */
  *feed(bytes: Uint8Array): Generator<Uint8Array> {
    for (const byte of bytes) {
      if (byte === end) {
        const frame = this.#frame.length > 0 && !this.#broken && !this.#escaped ? Uint8Array.from(this.#frame) : undefined;
        this.#frame = [];
        this.#escaped = false;
        this.#broken = false;
        if (frame) yield frame;
      } else if (this.#escaped) {
        this.#escaped = false;
        if (byte === escapedEnd) this.#take(end);
        else if (byte === escapedEscape) this.#take(escape);
        else this.#broken = true;
      } else if (byte === escape) this.#escaped = true;
      else this.#take(byte);
    }
  }

  #take(byte: number): void {
    if (this.#frame.length < this.#limit) this.#frame.push(byte);
    else this.#broken = true;
  }
}
