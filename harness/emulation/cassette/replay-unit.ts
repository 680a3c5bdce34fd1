import { messageOf } from '../../base/hwlab-error.ts';
import type { Cassette } from '../../wire/cassette/cassette.ts';
import { noBytes } from '../transfer.ts';
import type { EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { shownBytes, type Divergence, type ReplayReport } from './divergence.ts';
import { echoesOf, type Echo } from './echoes.ts';
import { maskersOf } from './maskers.ts';
import { ReplayFunction, type ControlAnswerOfClass, type Player } from './replay-function.ts';
import { SectionPlayer } from './section-player.ts';
import { isWrite, requestKey, toSections, type ControlAnswer, type InChunk, type Section } from './tape.ts';
import { watchControls } from './watch-controls.ts';

/**
 * `strict`: after the first divergence the device is dumb, as it is when a kernel is bisected. `lenient`: another driver version may ask otherwise; it goes on as far as it can.
 * `new-episodes`: what is not on the tape is answered by the original; a section that had such a thing is to be recorded anew.
 */
export type ReplayMode = 'strict' | 'lenient' | 'new-episodes';

export interface ReplayOptions {
  readonly mode: ReplayMode;
  /**
   * The device class that the tape was recorded from, of the recorded model. It sees what the driver sends, so that the suite can look at it (printed jobs,
   * flash); what it would answer is thrown away: the tape answers. With `new-episodes` it is the original that answers what the tape does not have.
   */
  readonly shadow: EmulatedUnit<unknown>;
}

export interface ReplayedUnit {
  readonly unit: EmulatedUnit<unknown>;
  /** A test begins: the tape is wound to where it began when it was recorded. */
  readonly mark: (name: string) => void;
  readonly report: () => ReplayReport;
  /** Sections in the order in which they were played. */
  readonly played: () => readonly PlayedSection[];
}

/** One plug or test of a replay. */
export interface PlayedSection {
  /** Its place on the tape; undefined when the tape has none. */
  readonly place: number | undefined;
  /** Something in it was answered by the original. */
  readonly fresh: boolean;
}

/** Milliseconds without progress after which what waits is called stalled; longer where the recording had longer gaps. */
const stalledAfter = 2000;
const lastEvents = 10;

/** A device that is only its tape: answers by request, sends by cause, and tells what the driver did otherwise. */
export function replayUnit(cassette: Cassette, options: ReplayOptions): ReplayedUnit {
  const player = new TapePlayer(cassette, options);
  const { shadow } = options;
  return {
    unit: {
      model: shadow.model,
      controls: watchControls(shadow.controls, (name, body) => {
        if (body()) player.called(name);
      }),
      ...(shadow.decode ? { decode: shadow.decode.bind(shadow) } : {}),
      createFunction: (pipes) => player.plugged(pipes),
    },
    mark: (name) => player.mark(name),
    report: () => player.report(),
    played: () => player.playedSections,
  };
}

class TapePlayer implements Player {
  readonly #sections: readonly Section[];
  readonly #maskers: ReturnType<typeof maskersOf>;
  readonly #echoes: readonly Echo[];
  readonly #shadow: EmulatedUnit<unknown>;
  readonly #mode: ReplayMode;
  readonly playedSections: { place: number | undefined; fresh: boolean }[] = [];
  readonly #hasTests: boolean;
  readonly #played = new Map<Section, SectionPlayer>();
  readonly #recent: (() => string)[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #polled = new Set<number>();
  /** Endpoints with a report under way. */
  readonly #reporting = new Set<number>();
  #place = -1;
  #now: SectionPlayer | undefined;
  #pipes: UsbInPipes | undefined;
  #first: Divergence | undefined;
  #divergences = 0;
  #benign = 0;
  /** Bytes that the tape has said at an endpoint and the original, which says them late, has not. */
  readonly #ahead = new Map<number, number>();
  /** From here to the next section the original speaks. */
  #live = false;
  #stalled = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(cassette: Cassette, { mode, shadow }: ReplayOptions) {
    this.#sections = toSections(cassette.events);
    const { emulator, usb } = shadow.model;
    this.#maskers = maskersOf(emulator);
    this.#echoes = echoesOf(emulator, usb.configuration.interfaces.some(({ alternates }) => alternates.some(({ endpoints }) => endpoints.some(({ address, type }) => type === 'interrupt' && Number(address) < 0x80))));
    this.#hasTests = mode === 'new-episodes' || this.#sections.some(({ begins }) => begins === 'mark');
    this.#mode = mode;
    this.#shadow = shadow;
  }

  plugged(pipes: UsbInPipes): UsbFunction {
    this.#pipes = pipes;
    this.#polled.clear();
    this.#ahead.clear();
    const next = this.#sections.findIndex((section, place) => place > this.#place && section.begins === 'plug');
    if (next >= 0) this.#enter(next);
    else if (this.#mode === 'new-episodes') this.#enterNew();
    else {
      this.#diverge({ index: undefined, what: 'plug', expected: 'no further plug', found: 'the cable was plugged in once more than when it was recorded' });
      this.#enter(this.#sections.findLastIndex(({ begins }) => begins === 'plug'));
    }
    return new ReplayFunction(
      this,
      this.#shadow.createFunction({
        send: async (endpoint, data, signal) => {
          const rest = this.#live ? this.#notYetSaid(endpoint, data) : data.subarray(data.length);
          this.#ahead.set(endpoint, (this.#ahead.get(endpoint) ?? 0) - (data.length - rest.length));
          await (rest.length > 0 || (this.#live && data.length === 0) ? pipes.send(endpoint, rest, signal) : takesAll());
        },
        halt: (endpoint) => {
          if (this.#live) pipes.halt(endpoint);
        },
      }),
    );
  }

  mark(name: string): void {
    // A capture knows nothing of tests: one test after the other is played from where it is.
    if (!this.#hasTests) return;
    const found = this.#sections.findIndex((section) => section.begins === 'mark' && section.name === name);
    if (found >= 0) this.#enter(found);
    else if (this.#mode === 'new-episodes') this.#enterNew();
    else this.#diverge({ index: undefined, what: 'test', expected: 'a test of the recording', found: `the test ${name}, which was not recorded` });
  }

  /** The suite changed something at the device. */
  called(name: string): void {
    const playing = this.#now;
    if (!playing || this.#live) return;
    const next = playing.nextCall;
    const how = playing.call(name);
    // A look that was repeated while it waited, or one more than in the recording: nothing on the tape hangs on it.
    if (how === 'again') this.#benign += 1;
    if (how === 'unknown' && this.#mode === 'new-episodes') this.#goLive();
    else if (how === 'unknown' && playing.section.calls.length > 0) this.#diverge({ index: next?.index, what: 'call', expected: next?.name ?? 'no further call of the suite', found: `the suite called ${name}` });
    if (how !== 'played') return;
    this.#note(() => `suite: ${name}`);
    this.#pump();
  }

  control(setup: SetupPacket, data: Uint8Array, original: ControlAnswerOfClass): ControlAnswerOfClass {
    if (this.#live) return original;
    const found = this.#now ? (isWrite(setup) ? this.#writeAnswer(this.#now, setup, data) : this.#readAnswer(this.#now, setup)) : undefined;
    this.#note(() => `control ${requestKey(setup)}${found?.meaning === undefined ? '' : ` ${found.meaning}`} ${isWrite(setup) ? shownBytes(data, 8) : ''}`);
    if (!found && this.#mode === 'new-episodes') {
      // A class that answers otherwise now may have changed by it: the rest of the section is the original's.
      this.#goLive();
      return original;
    }
    this.#pump();
    if (!found) return undefined;
    return { status: found.status, data: isWrite(setup) ? noBytes : found.data };
  }

  async out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply | undefined> {
    if (this.#live) return undefined;
    const playing = this.#now;
    const stream = playing?.stream(endpoint);
    if (!playing || !stream) {
      if (this.#mode === 'new-episodes') return this.#goLive();
      this.#diverge({ index: playing?.section.index, what: 'data', expected: `nothing to endpoint ${endpoint}`, found: shownBytes(data) });
      return { status: 'ok', accepted: data.length };
    }
    await playing.turnOf(stream, signal, () => this.#now !== playing);
    const wrong = stream.take(data);
    if (wrong && this.#mode === 'new-episodes') return this.#goLive();
    if (wrong) this.#diverge({ index: wrong.stretch?.index, what: 'data', expected: `${wrong.expected} to endpoint ${endpoint}`, found: shownBytes(data.subarray(wrong.at)) });
    this.#note(() => `out ${endpoint}: ${shownBytes(data, 16)}`);
    this.#pump();
    return { status: 'ok', accepted: data.length };
  }

  polled(endpoint: number, polled: boolean): void {
    if (polled) this.#polled.add(endpoint);
    else this.#polled.delete(endpoint);
    this.#pump();
  }

  unplugged(): void {
    this.#pipes = undefined;
    this.#stopTimers();
  }

  shadowFailed(error: unknown): void {
    this.#diverge({ index: undefined, what: 'data', expected: 'what the device class understands', found: messageOf(error) });
  }

  report(): ReplayReport {
    const fresh = this.playedSections.filter((section) => section.fresh);
    const kept = [...this.#played].filter(([section]) => !fresh.some(({ place }) => place !== undefined && this.#sections[place] === section));
    const parts = kept.map(([, playing]) => playing).map((playing) => playing.progress());
    const consumed = { events: parts.reduce((sum, { events }) => sum + events, 0), of: parts.reduce((sum, { of }) => sum + of, 0) };
    const pending = this.#live ? [] : (this.#now?.pending() ?? []);
    const verdict = this.#divergences > 0 ? 'divergence' : this.#stalled && pending.length > 0 ? 'stalled' : consumed.events < consumed.of ? 'incomplete' : this.#benign > 0 ? 'benign-difference' : 'match';
    return { verdict, ...(this.#first ? { first: this.#first } : {}), divergences: this.#divergences, benign: this.#benign, consumed, pending, ...(fresh.length > 0 ? { episodes: fresh.length } : {}) };
  }

  #writeAnswer(playing: SectionPlayer, setup: SetupPacket, data: Uint8Array): ControlAnswer | undefined {
    const exact = playing.write(setup, data);
    if (exact) {
      if (exact.again) this.#benign += 1;
      return exact.answer;
    }
    const elsewhere = this.#anywhere(setup);
    const same = elsewhere.find((answer) => Buffer.compare(answer.data, data) === 0);
    if (same) {
      this.#benign += 1;
      return same;
    }
    if (this.#mode === 'new-episodes') return undefined;
    const { same: here, other } = playing.near(setup);
    const near = here ?? elsewhere[0];
    this.#diverge({ index: (near ?? other)?.index, what: 'request', expected: near ? `${requestKey(near.setup)} with ${shownBytes(near.data)}${near.meaning === undefined ? '' : ` (${near.meaning})`}` : inWords(other), found: `${requestKey(setup)} with ${shownBytes(data)}` });
    if (this.#mode === 'strict') return undefined;
    if (here) playing.use(here);
    return near;
  }

  #readAnswer(playing: SectionPlayer, setup: SetupPacket): ControlAnswer | undefined {
    const here = playing.read(setup);
    if (here) return here;
    const elsewhere = this.#anywhere(setup);
    const found = elsewhere.findLast(({ index }) => index < playing.section.index) ?? elsewhere[0];
    if (found) this.#benign += 1;
    else if (this.#mode !== 'new-episodes') {
      const { other } = playing.near(setup);
      this.#diverge({ index: other?.index, what: 'request', expected: inWords(other), found: `${requestKey(setup)} for ${setup.length} bytes` });
    }
    return found;
  }

  #anywhere(setup: SetupPacket): ControlAnswer[] {
    const key = requestKey(setup);
    return this.#sections.flatMap(({ controls }) => controls.get(key) ?? []);
  }

  /** Without what the tape has said in the original's place. */
  #notYetSaid(endpoint: number, data: Uint8Array): Uint8Array {
    return data.subarray(Math.min(data.length, Math.max(0, this.#ahead.get(endpoint) ?? 0)));
  }

  /** A plug or a test that the tape does not have. */
  #enterNew(): void {
    this.#stopTimers();
    const before = this.#now;
    this.#now = undefined;
    before?.release();
    this.playedSections.push({ place: undefined, fresh: true });
    this.#live = true;
  }

  /** The original speaks from here on; what of the section is still on the tape is not played. */
  #goLive(): undefined {
    this.#stopTimers();
    this.#live = true;
    const section = this.playedSections.at(-1);
    if (section) section.fresh = true;
  }

  #enter(place: number): void {
    const section = this.#sections[place];
    if (!section) return;
    this.#stopTimers();
    this.#live = false;
    this.playedSections.push({ place, fresh: false });
    this.#place = place;
    const before = this.#now;
    this.#now = new SectionPlayer(section, this.#maskers, this.#echoes);
    before?.release();
    this.#played.set(section, this.#now);
    this.#note(() => (section.begins === 'plug' ? 'plugged in' : `test ${section.name ?? ''}`));
    this.#pump();
  }

  /** Sends what may be sent now. */
  #pump(): void {
    const playing = this.#now;
    if (!playing || this.#live) return;
    for (const [endpoint, chunk] of playing.due()) {
      if (chunk.kind === 'interrupt') this.#sendReport(playing, endpoint, chunk);
      else this.#send(playing, endpoint, chunk);
    }
    clearTimeout(this.#watchdog);
    const waiting = playing.waiting();
    if (waiting.length > 0) this.#watchdog = setTimeout(() => (this.#stalled = true), Math.max(stalledAfter, ...waiting.map(({ after }) => 3 * after))).unref();
  }

  /** A report goes out as long after its cause as it did when it was recorded, one at a time, while the driver polls. */
  #sendReport(playing: SectionPlayer, endpoint: number, chunk: InChunk): void {
    if (this.#reporting.has(endpoint) || !this.#polled.has(endpoint & 0x0f)) return;
    this.#reporting.add(endpoint);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#reporting.delete(endpoint);
      if (this.#now !== playing || !this.#polled.has(endpoint & 0x0f)) return;
      this.#send(playing, endpoint, chunk);
      this.#pump();
    }, chunk.after);
    this.#timers.add(timer);
  }

  #send(playing: SectionPlayer, endpoint: number, chunk: InChunk): void {
    const data = playing.sent(endpoint, chunk);
    this.#ahead.set(endpoint & 0x0f, (this.#ahead.get(endpoint & 0x0f) ?? 0) + data.length);
    if (chunk.status === 'stall') this.#pipes?.halt(endpoint & 0x0f);
    else if (chunk.status === 'ok') void this.#pipes?.send(endpoint & 0x0f, data);
    this.#note(() => `in ${endpoint & 0x0f}: ${chunk.status === 'ok' ? shownBytes(chunk.data, 16) : chunk.status}`);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#reporting.clear();
    clearTimeout(this.#watchdog);
  }

  #diverge(difference: Omit<Divergence, 'before'>): void {
    this.#divergences += 1;
    this.#first ??= { ...difference, before: this.#recent.map((line) => line()) };
  }

  /** Keeps the last events; their words are only made when they are wanted. */
  #note(line: () => string): void {
    this.#recent.push(line);
    if (this.#recent.length > lastEvents) this.#recent.shift();
  }
}

/** A shadow that nobody listens to is taken from at once. */
async function takesAll(): Promise<void> {
  await new Promise<void>((taken) => setImmediate(taken));
}

function inWords(next: ControlAnswer | undefined): string {
  return next ? `${requestKey(next.setup)}${next.meaning === undefined ? '' : ` (${next.meaning})`}` : 'no such request anywhere on the tape';
}
