import type { OutStream } from './tape.ts';

/** [from, to) of a field. */
export type Field = readonly [number, number];

/**
 * A number that a driver counts up and a device sends back: another one than in the recording means nothing, but the answer must carry the driver's.
 */
export interface Echo {
  readonly name: string;
  /** Where it stands in what the driver sends, in order. */
  readonly asked: (stream: OutStream) => Field[];
  /** Where it stands in what the device sends. */
  readonly answered: (data: Uint8Array) => Field | undefined;
}

const starts = (data: Uint8Array, at: number, text: string): boolean => [...text].every((letter, index) => data[at + index] === letter.charCodeAt(0));

/** Bytes 4 to 7 of a command block and of its status (USB Mass Storage Bulk-Only 1.0, 5.1 and 5.2). */
const storageTag: Echo = {
  name: 'tag of a command',
  asked: ({ bytes, stretches }) => stretches.filter(({ from, to }) => to - from === 31 && starts(bytes, from, 'USBC')).map(({ from }) => [from + 4, from + 8]),
  answered: (data) => (data.length === 13 && starts(data, 0, 'USBS') ? [4, 8] : undefined),
};

/** The message counter of the EV3, behind the length (EV3 Communication Developer Kit, 2.1). */
const ev3Counter: Echo = {
  name: 'message counter',
  asked: ({ stretches }) => stretches.filter(({ from, to }) => to - from >= 5).map(({ from }) => [from + 2, from + 4]),
  answered: (data) => (data.length >= 5 ? [2, 4] : undefined),
};

// eslint-disable-next-line no-control-regex -- version, operation or status, and request id of IPP behind the head of HTTP, or at the beginning of a transfer of its own (RFC 8010, 3.1.1)
const ippId = /(?:^|\r\n\r\n)(?:[0-9A-Fa-f]+\r\n)?[\x01\x02][\x00-\x02][\x00-\xff]{2}([\x00-\xff]{4})\x01\x47/gd;

function found(bytes: Uint8Array): Field[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return [...text.matchAll(ippId)].flatMap(({ indices }) => (indices?.[1] ? [indices[1]] : []));
}

const ippRequestId: Echo = { name: 'IPP request id', asked: ({ bytes }) => found(bytes), answered: (data) => found(data)[0] };

/** The echoes of a class of devices. `interrupts`: whether this model takes what it is sent on interrupt endpoints. */
export function echoesOf(emulator: string, interrupts: boolean): readonly Echo[] {
  switch (emulator) {
    case 'mass-storage':
      return [storageTag];
    // The EV3 is a HID device; the NXT, on bulk endpoints, counts nothing.
    case 'lego-brick':
      return interrupts ? [ev3Counter] : [];
    case 'ipp-usb-mfp':
      return [ippRequestId];
    default:
      return [];
  }
}

/** What the driver really put into the echoed fields of one stream, as its bytes come. */
export class EchoBook {
  readonly #fields: readonly Field[];
  readonly #recorded: Uint8Array;
  readonly #said = new Map<string, Buffer>();
  #next = 0;
  #partial: number[] = [];

  constructor(stream: OutStream, echoes: readonly Echo[]) {
    this.#recorded = stream.bytes;
    this.#fields = echoes.flatMap((echo) => echo.asked(stream)).sort(([a], [b]) => a - b);
  }

  get fields(): readonly Field[] {
    return this.#fields;
  }

  /** A piece of the driver's that belongs at `offset` of the stream. */
  note(piece: Uint8Array, offset: number): void {
    for (let field = this.#fields[this.#next]; field && field[0] < offset + piece.length; field = this.#fields[this.#next]) {
      const [from, to] = field;
      this.#partial.push(...piece.subarray(Math.max(from - offset, 0), to - offset));
      if (to > offset + piece.length) return;
      this.#said.set(Buffer.from(this.#recorded.subarray(from, to)).toString('hex'), Buffer.from(this.#partial));
      this.#partial = [];
      this.#next += 1;
    }
  }

  /** What the driver said in place of recorded bytes, last. */
  insteadOf(recorded: Uint8Array): Uint8Array | undefined {
    return this.#said.get(Buffer.from(recorded).toString('hex'));
  }
}

/** The device's bytes with the driver's numbers in place of the recorded ones. */
export function withEchoes(data: Uint8Array, echoes: readonly Echo[], books: Iterable<EchoBook>): Uint8Array {
  let answer = data;
  for (const echo of echoes) {
    const field = echo.answered(data);
    if (!field) continue;
    for (const book of books) {
      const said = book.insteadOf(data.subarray(...field));
      if (said?.length !== field[1] - field[0] || Buffer.compare(said, data.subarray(...field)) === 0) continue;
      if (answer === data) answer = Uint8Array.from(data);
      answer.set(said, field[0]);
    }
  }
  return answer;
}
