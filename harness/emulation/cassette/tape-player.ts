import { messageOf } from '../../base/hwlab-error.ts';
import type { Cassette } from '../../wire/cassette/cassette.ts';
import { noBytes } from '../transfer.ts';
import type { EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { shownBytes, type ReplayReport } from './divergence.ts';
import { echoesOf, type Echo } from './echoes.ts';
import { pairsOf, type EndpointPairs } from './exchanges.ts';
import { ippDifference } from './ipp-difference.ts';
import { maskersOf } from './maskers.ts';
import { ReplayBook } from './replay-book.ts';
import { ReplayFunction, type ControlAnswerOfClass, type Player } from './replay-function.ts';
import type { ReplayMode, ReplayOptions } from './replay-unit.ts';
import { RequestPlayer } from './request-player.ts';
import { SectionPlayer } from './section-player.ts';
import { isWrite, toSections, type InChunk, type Section } from './tape.ts';
import { TransferWords } from './transfer-words.ts';

/** Milliseconds without progress after which what waits is called stalled; longer where the recording had longer gaps. */
const stalledAfter = 2000;

/**
 * Milliseconds after which what a device says on a bulk endpoint is no answer, but something that it says in its own time: a board's sketch that greets when its boot
 * loader has waited long enough, a scanner that moves its lamp. What it says sooner goes out at once.
 */
const inItsOwnTime = 200;

/** Classes whose requests stand for themselves: which interface of IPP over USB, and which block of a stick comes next, is the affair of daemons and caches. */
const asksInAnyOrder: ReadonlySet<string> = new Set(['ipp-usb-mfp', 'mass-storage']);

/** Milliseconds that the tape gives the class that looks on, whose clock begins at the same cause, to come to the same point first. */
const headStart = 20;

/** Plays a tape: what is due, when, and what the driver did otherwise. */
export class TapePlayer implements Player {
  readonly #sections: readonly Section[];
  /** Endpoints over which requests go that any interface answers. */
  readonly #pairs: EndpointPairs;
  readonly #maskers: ReturnType<typeof maskersOf>;
  readonly #echoes: readonly Echo[];
  readonly #shadow: EmulatedUnit<unknown>;
  readonly #mode: ReplayMode;
  readonly playedSections: { place: number | undefined; fresh: boolean }[] = [];
  readonly #hasTests: boolean;
  readonly #played = new Map<Section, SectionPlayer>();
  readonly #book: ReplayBook;
  readonly #words: TransferWords;
  readonly #requests: RequestPlayer;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #polled = new Set<number>();
  /** When the driver has taken the last answer of an endpoint. */
  readonly #taken = new Map<number, Promise<void>>();
  /** Endpoints with something to say whose time has not come. */
  readonly #delayed = new Set<number>();
  /** Milliseconds that the report which just went out came late: the next one makes up for it, so that a thousand of them take as long as they did. */
  #late = 0;
  #place = -1;
  #now: SectionPlayer | undefined;
  #pipes: UsbInPipes | undefined;
  /** Bytes that the tape has said at an endpoint and the original, which says them late, has not. */
  readonly #ahead = new Map<number, number>();
  /** From here to the next section the original speaks. */
  #live = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(cassette: Cassette, { mode, shadow, onDivergence }: ReplayOptions) {
    this.#book = new ReplayBook(onDivergence);
    const { emulator, usb } = shadow.model;
    this.#pairs = asksInAnyOrder.has(emulator) ? pairsOf(usb.configuration) : new Map();
    this.#sections = toSections(cassette.events, this.#pairs);
    this.#maskers = maskersOf(emulator);
    this.#echoes = echoesOf(emulator, usb.configuration.interfaces.some(({ alternates }) => alternates.some(({ endpoints }) => endpoints.some(({ address, type }) => type === 'interrupt' && Number(address) < 0x80))));
    this.#hasTests = mode === 'new-episodes' || this.#sections.some(({ begins }) => begins === 'mark');
    this.#mode = mode;
    this.#words = new TransferWords(shadow);
    this.#requests = new RequestPlayer(this.#sections, mode, this.#book, this.#words);
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
      this.#book.diverge({ index: undefined, what: 'plug', expected: 'no further plug', found: 'the cable was plugged in once more than when it was recorded' });
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
    else this.#book.diverge({ index: undefined, what: 'test', expected: 'a test of the recording', found: `the test ${name}, which was not recorded` });
  }

  /** The suite changed something at the device. */
  called(name: string, mark?: string): void {
    const playing = this.#now;
    if (!playing || this.#live) return;
    const next = playing.nextCall;
    const how = playing.call(name, mark);
    // A look that was repeated while it waited, or what a test does until it works: the device says what it said then.
    if (how === 'again') this.#book.benign += 1;
    if (how === 'unknown' && this.#mode === 'new-episodes') this.#goLive();
    else if (how === 'unknown' && playing.section.calls.length > 0) this.#book.diverge({ index: next?.index, what: 'call', expected: next?.name ?? 'no further call of the suite', found: `the suite called ${name}` });
    if (how === 'unknown') return;
    this.#book.note(() => `suite: ${name}`);
    this.#pump();
  }

  control(setup: SetupPacket, data: Uint8Array, original: ControlAnswerOfClass): ControlAnswerOfClass {
    if (this.#live) return original;
    const found = this.#now ? this.#requests.answer(this.#now, setup, data) : undefined;
    this.#book.note(() => `control ${this.#words.request(setup, data)}`);
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
    if (playing?.exchanges.has(endpoint)) return await this.#outRequest(playing, endpoint, data, signal);
    const stream = playing?.stream(endpoint);
    if (!playing || !stream) {
      if (this.#mode === 'new-episodes') return this.#goLive();
      this.#book.diverge({ index: playing?.section.index, what: 'data', expected: `nothing to endpoint ${endpoint}`, found: this.#words.data(endpoint, data) });
      return { status: 'ok', accepted: data.length };
    }
    await playing.turnOf(stream, signal, () => this.#now !== playing || this.#live);
    if (this.#live) return undefined;
    const wrong = stream.take(data);
    if (wrong && this.#mode === 'new-episodes') return this.#goLive();
    if (wrong) this.#book.diverge({ index: wrong.stretch?.index, what: 'data', expected: `${wrong.expected} to endpoint ${endpoint}`, found: this.#words.data(endpoint, data, { from: wrong.at }) });
    this.#book.note(() => `out ${endpoint}: ${this.#words.data(endpoint, data, { most: 16 })}`);
    this.#pump();
    return { status: 'ok', accepted: data.length };
  }

  /** Part of a request that any interface answers, or the end of one and the beginning of the next. */
  async #outRequest(playing: SectionPlayer, endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply | undefined> {
    const over = (): boolean => this.#now !== playing || this.#live;
    for (let rest = data; rest.length > 0; ) {
      const before = playing.exchanges.again;
      const next = playing.exchanges.next(endpoint, rest, playing.epoch);
      // Recorded answers end; one that is given again waits until the driver has taken the last one, or it could fill the memory by asking.
      if (playing.exchanges.again > before) await this.#untilTaken(playing.exchanges.answers(endpoint), signal);
      if (next) await playing.turnOf(next.stream, signal, over);
      if (this.#live) return undefined;
      const piece = next?.piece;
      const wrong = piece && playing.exchanges.take(endpoint, piece, playing.epoch);
      if ((wrong || !piece) && this.#mode === 'new-episodes') return this.#goLive();
      if (wrong) this.#book.diverge({ index: wrong.stretch?.index, what: 'data', expected: `${wrong.expected} to endpoint ${endpoint}`, found: this.#words.data(endpoint, piece, { from: wrong.at }) });
      if (!next || !piece) {
        const expected = playing.exchanges.lost(endpoint, rest);
        const said = expected && ippDifference(expected.out.bytes, rest);
        this.#book.diverge({ index: expected?.index, what: 'request', expected: said?.expected ?? (expected ? this.#words.data(endpoint, expected.out.bytes) : 'no further request'), found: said?.found ?? this.#words.data(endpoint, rest) });
        break;
      }
      rest = next.behind;
    }
    this.#book.benign += playing.exchanges.again;
    playing.exchanges.again = 0;
    this.#book.note(() => `out ${endpoint}: ${this.#words.data(endpoint, data, { most: 16 })}`);
    this.#pump();
    return { status: 'ok', accepted: data.length };
  }

  async #untilTaken(endpoint: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const stop = (): void => aborted.resolve();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.race([this.#taken.get(endpoint), aborted.promise]);
    signal.removeEventListener('abort', stop);
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
    this.#book.diverge({ index: undefined, what: 'data', expected: 'what the device class understands', found: messageOf(error) });
  }

  report(): ReplayReport {
    const fresh = this.playedSections.filter((section) => section.fresh);
    const parts = [...this.#played].filter(([section]) => !fresh.some(({ place }) => place !== undefined && this.#sections[place] === section)).map(([, playing]) => playing.progress());
    const consumed = { events: parts.reduce((sum, { events }) => sum + events, 0), of: parts.reduce((sum, { of }) => sum + of, 0) };
    return this.#book.report(consumed, this.#live ? [] : (this.#now?.pending() ?? []), fresh.length);
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
    this.#now?.release();
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
    this.#now = new SectionPlayer(section, this.#maskers, this.#echoes, this.#pairs);
    before?.release();
    this.#played.set(section, this.#now);
    this.#book.note(() => (section.begins === 'plug' ? 'plugged in' : `test ${section.name ?? ''}`));
    this.#pump();
  }

  /** Sends what may be sent now. */
  #pump(): void {
    const playing = this.#now;
    if (!playing || this.#live) return;
    for (const [endpoint, chunk] of playing.due()) {
      if (chunk.kind === 'interrupt' || chunk.after >= inItsOwnTime) this.#sendLater(playing, endpoint, chunk);
      else this.#send(playing, endpoint, chunk);
    }
    clearTimeout(this.#watchdog);
    const waiting = playing.waiting();
    if (waiting.length > 0) this.#watchdog = setTimeout(() => (this.#book.stalled = true), Math.max(stalledAfter, ...waiting.map(({ after }) => 3 * after))).unref();
  }

  /** Goes out as long after its cause as it did when it was recorded, one at a time; a report only while the driver polls. */
  #sendLater(playing: SectionPlayer, endpoint: number, chunk: InChunk): void {
    const isHeard = (): boolean => chunk.kind === 'bulk' || this.#polled.has(endpoint & 0x0f);
    if (this.#delayed.has(endpoint) || !isHeard()) return;
    this.#delayed.add(endpoint);
    const wait = chunk.kind === 'bulk' ? chunk.after + headStart : Math.max(0, chunk.after - this.#late);
    const due = performance.now() + wait;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#delayed.delete(endpoint);
      if (this.#now !== playing || this.#live || !isHeard()) return;
      this.#late = chunk.kind === 'interrupt' ? Math.max(0, performance.now() - due) : 0;
      this.#send(playing, endpoint, chunk);
      this.#pump();
      this.#late = 0;
    }, wait);
    this.#timers.add(timer);
  }

  #send(playing: SectionPlayer, endpoint: number, chunk: InChunk): void {
    const data = playing.sent(endpoint, chunk);
    this.#ahead.set(endpoint & 0x0f, (this.#ahead.get(endpoint & 0x0f) ?? 0) + data.length);
    if (chunk.status === 'stall') this.#pipes?.halt(endpoint & 0x0f);
    else if (chunk.status === 'ok' && this.#pipes) this.#taken.set(endpoint & 0x0f, this.#pipes.send(endpoint & 0x0f, data));
    this.#book.note(() => `in ${endpoint & 0x0f}: ${chunk.status === 'ok' ? shownBytes(chunk.data, 16) : chunk.status}`);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#delayed.clear();
    clearTimeout(this.#watchdog);
  }
}

/** A shadow that nobody listens to is taken from at once. */
async function takesAll(): Promise<void> {
  await new Promise<void>((taken) => setImmediate(taken));
}
