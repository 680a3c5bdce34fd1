import type { CassetteEvent } from '../../wire/cassette/cassette.ts';

/** A name that must not be in a cassette, and what stands there instead: of the same length, so that nothing else changes. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** Least bytes of the beginning of a name at the end of a transfer by which it is taken for one. */
const shortestBeginning = 3;

/**
 * Puts other words for names in everything that was moved, as ASCII and as UTF-16 (string descriptors), event by event. A name across the border of two transfers of one
 * endpoint is found too; less than its first half stays when the border lies there, for that has been written by then.
 */
export class NameScrubber {
  readonly #needles: readonly { readonly needle: Buffer; readonly instead: Buffer }[];
  readonly #longest: number;
  /** The last bytes of each endpoint, as they were. */
  readonly #tails = new Map<number, Buffer>();

  constructor(replacements: readonly Replacement[]) {
    this.#needles = replacements
      .flatMap(({ from, to }) => (['latin1', 'utf16le'] as const).map((encoding) => ({ needle: Buffer.from(from, encoding), instead: Buffer.from(to, encoding) })))
      .filter(({ needle, instead }) => needle.length >= 3 && instead.length === needle.length);
    this.#longest = Math.max(0, ...this.#needles.map(({ needle }) => needle.length));
  }

  scrub(event: CassetteEvent): CassetteEvent {
    if (event.kind === 'plug') this.#tails.clear();
    if (!event.data || this.#longest === 0) return event;
    const isStream = event.kind === 'bulk' || event.kind === 'interrupt';
    const tail = (isStream ? this.#tails.get(event.endpoint ?? 0) : undefined) ?? Buffer.alloc(0);
    const before = Buffer.concat([tail, event.data]);
    const clean = Buffer.from(before);
    for (const { needle, instead } of this.#needles) {
      for (let at = before.indexOf(needle); at >= 0; at = before.indexOf(needle, at + needle.length)) instead.copy(clean, at);
      if (isStream) beginning(before, needle, (at, length) => instead.copy(clean, at, 0, length));
    }
    if (isStream) this.#tails.set(event.endpoint ?? 0, Buffer.from(before.subarray(-(this.#longest - 1))));
    return { ...event, data: Uint8Array.from(clean.subarray(tail.length)) };
  }
}

/** Finds half of a needle or more at the end of bytes. */
function beginning(bytes: Buffer, needle: Buffer, found: (at: number, length: number) => void): void {
  const least = Math.max(shortestBeginning, Math.ceil(needle.length / 2));
  for (let length = Math.min(needle.length - 1, bytes.length); length >= least; length -= 1) {
    if (bytes.subarray(-length).equals(needle.subarray(0, length))) {
      found(bytes.length - length, length);
      return;
    }
  }
}
