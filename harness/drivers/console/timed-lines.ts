import { visibleText } from './visible-text.ts';

export interface TimedText {
  /** When its first byte came, as given to `add`. */
  readonly at: number;
  readonly text: string;
}

const longest = 4096;

/** Cuts a stream of bytes into lines with the time of their first byte. Keeps one line of 4096 bytes at most: a longer one is cut there. */
export class TimedLines {
  #pending: Buffer = Buffer.alloc(0);
  #since = 0;

  /** Takes bytes that came at `at`; gives the lines that are complete now. */
  add(bytes: Uint8Array, at: number): TimedText[] {
    const lines: TimedText[] = [];
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    while (rest.length > 0) {
      if (this.#pending.length === 0) this.#since = at;
      const end = rest.indexOf(0x0a);
      const room = longest - this.#pending.length;
      const taken = Math.min(end < 0 ? rest.length : end + 1, room);
      this.#pending = Buffer.concat([this.#pending, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      if (this.#pending.at(-1) === 0x0a || this.#pending.length >= longest) lines.push(...this.flush());
    }
    return lines;
  }

  /** What has come of a line that has no end yet, such as a prompt. */
  flush(): TimedText[] {
    if (this.#pending.length === 0) return [];
    const text = visibleText(this.#pending).replace(/\n$/, '');
    this.#pending = Buffer.alloc(0);
    return [{ at: this.#since, text }];
  }
}
