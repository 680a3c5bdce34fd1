import type { SetupPacket } from '../usb-device.ts';
import { shownBytes } from './divergence.ts';
import type { ReplayBook } from './replay-book.ts';
import type { ReplayMode } from './replay-unit.ts';
import type { SectionPlayer } from './section-player.ts';
import { isWrite, requestKey, type ControlAnswer, type Section } from './tape.ts';
import { meaningWords, setupWords, type TransferWords } from './transfer-words.ts';

/** Finds the answer to a class or vendor request: in the section that is played, else anywhere on the tape; and notes what is otherwise. */
export class RequestPlayer {
  readonly #sections: readonly Section[];
  readonly #mode: ReplayMode;
  readonly #book: ReplayBook;
  readonly #words: TransferWords;

  constructor(sections: readonly Section[], mode: ReplayMode, book: ReplayBook, words: TransferWords) {
    this.#sections = sections;
    this.#mode = mode;
    this.#book = book;
    this.#words = words;
  }

  /** Undefined: the tape has no answer, or must not give one. */
  answer(playing: SectionPlayer, setup: SetupPacket, data: Uint8Array): ControlAnswer | undefined {
    return isWrite(setup) ? this.#write(playing, setup, data) : this.#read(playing, setup);
  }

  #write(playing: SectionPlayer, setup: SetupPacket, data: Uint8Array): ControlAnswer | undefined {
    const exact = playing.write(setup, data);
    if (exact) {
      if (exact.again) this.#book.benign += 1;
      return exact.answer;
    }
    const elsewhere = this.#anywhere(setup);
    const same = elsewhere.find((answer) => Buffer.compare(answer.data, data) === 0);
    if (same) {
      this.#book.benign += 1;
      return same;
    }
    if (this.#mode === 'new-episodes') return undefined;
    const { same: here, other } = playing.near(setup);
    const near = here ?? elsewhere[0];
    this.#book.diverge({ index: (near ?? other)?.index, what: 'request', expected: near ? `${setupWords(near.setup)}${near.data.length > 0 ? ` with ${shownBytes(near.data)}` : ''}${meaningWords(near.meaning)}` : inWords(other), found: this.#words.request(setup, data) });
    if (this.#mode === 'strict') return undefined;
    if (here) playing.took(here);
    return near;
  }

  #read(playing: SectionPlayer, setup: SetupPacket): ControlAnswer | undefined {
    const here = playing.read(setup);
    if (here) return here;
    const elsewhere = this.#anywhere(setup);
    const found = elsewhere.findLast(({ index }) => index < playing.section.index) ?? elsewhere[0];
    if (found) this.#book.benign += 1;
    else if (this.#mode !== 'new-episodes') {
      const { other } = playing.near(setup);
      this.#book.diverge({ index: other?.index, what: 'request', expected: inWords(other), found: this.#words.request(setup, new Uint8Array(0)) });
    }
    return found;
  }

  #anywhere(setup: SetupPacket): ControlAnswer[] {
    const key = requestKey(setup);
    return this.#sections.flatMap(({ controls }) => controls.get(key) ?? []);
  }
}

function inWords(next: ControlAnswer | undefined): string {
  return next ? `${setupWords(next.setup)}${meaningWords(next.meaning)}` : 'no such request anywhere on the tape';
}
