import type { TouchQuirks } from './quirks.ts';
import type { TouchContact, TouchFrame } from './touch-reports.ts';

/** What the firmware makes of fingers on the glass before it writes them into a report. */
export class Sensor {
  readonly #quirks: TouchQuirks;
  readonly #highestId: number;
  readonly #ids = new Map<number, number>();
  #nextId = 0;
  #frames = 0;
  #awake: number | undefined;

  /** `highestId` is the largest identifier that the report has room for. */
  constructor(quirks: TouchQuirks, highestId: number) {
    this.#quirks = quirks;
    this.#highestId = highestId;
  }

  /** Between tests and at a plug: asleep again. Identifiers go on. */
  rest(): void {
    this.#awake = undefined;
    this.#frames = 0;
    this.#ids.clear();
  }

  /** The frame as it is reported at `now` milliseconds; undefined where nothing is sent at all. */
  sense(frame: TouchFrame, now: number): TouchFrame | undefined {
    const { wakes, lifts, flickerEvery, duplicateContact } = this.#quirks;
    this.#awake ??= now + (wakes ?? 0);
    if (now < this.#awake) return undefined;
    const step = this.#frames++;
    let seen = frame.map((contact) => this.#place({ ...contact, id: this.#identify(contact) }, step));
    if (lifts !== undefined) seen = seen.filter((contact) => contact.tip ?? true);
    if (lifts === 'silent' && seen.length === 0) return undefined;
    if (flickerEvery !== undefined && step % flickerEvery === flickerEvery - 1) seen = seen.slice(1);
    const [first] = seen;
    if (duplicateContact && first) seen = [first, { ...first, x: 0, y: 0, tip: false, confidence: false }, ...seen.slice(1)];
    return seen;
  }

  #identify(contact: TouchContact): number {
    if (this.#quirks.contactIds !== 'never-reused') return contact.id;
    let id = this.#ids.get(contact.id);
    if (id === undefined) {
      id = this.#nextId;
      this.#nextId = id >= this.#highestId ? 0 : id + 1;
      this.#ids.set(contact.id, id);
    }
    if (!(contact.tip ?? true)) this.#ids.delete(contact.id);
    return id;
  }

  /** A wandering contact goes round a small square, so that a test can say where it may be. */
  #place(contact: TouchContact, step: number): TouchContact {
    const { jitter } = this.#quirks;
    if (jitter === undefined) return contact;
    const inside = (value: number): number => Math.max(0, Math.min(1, value));
    return { ...contact, x: inside(contact.x + (step % 2 === 0 ? jitter : -jitter)), y: inside(contact.y + (step % 4 < 2 ? jitter : -jitter)) };
  }
}
