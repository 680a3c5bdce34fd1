const longestHead = 16 * 1024;
const longestLine = 64;

/**
 * Takes the framing of chunks out of an HTTP request as it comes (RFC 9112, 7.1): where a client cuts its chunks is the affair of its clock. A request that is not
 * sent in chunks, or is no HTTP, passes as it is.
 */
export class Dechunker {
  #state: 'head' | 'plain' | 'size' | 'data' | 'end' = 'head';
  #line = '';
  /** Bytes of a chunk that are to come, the end of its line included. */
  #left = 0;
  /** It is the chunk without data, which ends the request. */
  #last = false;

  /** A chunked request has begun and its last chunk has not come. */
  get isOpen(): boolean {
    return this.#state === 'size' || this.#state === 'data';
  }

  /** Passes what belongs to the request; `taken` says how many bytes did, and what is behind its last chunk is the next one's. */
  pass(piece: Uint8Array): { readonly plain: Uint8Array; readonly taken: number } {
    const parts: Uint8Array[] = [];
    let at = 0;
    while (at < piece.length && this.#state !== 'end') {
      if (this.#state === 'head') at = this.#head(piece, parts);
      else if (this.#state === 'plain') {
        parts.push(piece.subarray(at));
        at = piece.length;
      } else if (this.#state === 'data') at = this.#data(piece, at, parts);
      else at = this.#size(piece, at);
    }
    return { plain: parts.length === 1 && parts[0] ? parts[0] : Uint8Array.from(Buffer.concat(parts)), taken: at };
  }

  #head(piece: Uint8Array, parts: Uint8Array[]): number {
    const before = this.#line.length;
    this.#line += Buffer.from(piece.subarray(0, longestHead)).toString('latin1');
    const end = this.#line.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#line.length >= longestHead || !/^[A-Z]{1,12}( |$)/.test(this.#line.slice(0, 13))) this.#state = 'plain';
      parts.push(piece);
      return piece.length;
    }
    this.#state = /\r\nTransfer-Encoding: *chunked(?=\r\n)/i.test(this.#line.slice(0, end + 2)) ? 'size' : 'plain';
    const taken = Math.max(0, end + 4 - before);
    this.#line = '';
    parts.push(piece.subarray(0, taken));
    return taken;
  }

  #size(piece: Uint8Array, from: number): number {
    let at = from;
    while (at < piece.length && !this.#line.endsWith('\n') && this.#line.length < longestLine) this.#line += String.fromCharCode(piece[at++] ?? 0);
    if (!this.#line.endsWith('\n') && this.#line.length < longestLine) return at;
    const size = /^([0-9a-f]{1,8})[^\n]*\n$/i.exec(this.#line)?.[1];
    // Not what it said it was: the rest is compared as it is.
    if (size === undefined) this.#state = 'plain';
    else {
      const bytes = parseInt(size, 16);
      this.#left = bytes + 2;
      this.#last = bytes === 0;
      this.#state = 'data';
    }
    this.#line = '';
    return at;
  }

  #data(piece: Uint8Array, from: number, parts: Uint8Array[]): number {
    const some = Math.min(this.#left, piece.length - from);
    // The last two bytes end the chunk's line.
    const body = Math.max(0, Math.min(some, this.#left - 2));
    if (body > 0) parts.push(piece.subarray(from, from + body));
    this.#left -= some;
    if (this.#left === 0) this.#state = this.#last ? 'end' : 'size';
    return from + some;
  }
}

/** How many of the first bytes of a request are its own and no framing. */
export function plainLength(bytes: Uint8Array, first: number): number {
  return new Dechunker().pass(bytes.subarray(0, first)).plain.length;
}
