import { messageOf } from '../../base/hwlab-error.ts';
import type { Cassette, CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { noBytes } from '../transfer.ts';
import { shownBytes, type Divergence, type ReplayReport } from './divergence.ts';
import { maskersOf } from './maskers.ts';
import { StreamMatch } from './stream-match.ts';
import { isWrite, requestKey, toSections, type ControlAnswer, type InChunk, type OutStream, type Section } from './tape.ts';
import { watchControls } from './watch-controls.ts';

/** `strict`: after the first divergence the device is dumb, as it is when a kernel is bisected. `lenient`: another driver version may ask otherwise; it goes on as far as it can. */
export type ReplayMode = 'strict' | 'lenient';

export interface ReplayOptions {
  readonly mode: ReplayMode;
  /**
   * The device class that the tape was recorded from. It sees what the driver sends, so that the suite can look at it (printed jobs, flash);
   * what it would answer is thrown away: the tape answers.
   */
  readonly shadow: EmulatedUnit<unknown>;
}

export interface ReplayedUnit {
  readonly unit: EmulatedUnit<unknown>;
  /** A test begins: the tape is wound to where it began when it was recorded. */
  readonly mark: (name: string) => void;
  readonly report: () => ReplayReport;
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
      model: cassette.head.model as unknown as EmulatedModel,
      controls: watchControls(shadow.controls, (name, body) => {
        if (body()) player.called(name);
      }),
      ...(shadow.decode ? { decode: shadow.decode.bind(shadow) } : {}),
      createFunction: (pipes) => player.plugged(pipes),
    },
    mark: (name) => player.mark(name),
    report: () => player.report(),
  };
}

interface Playing {
  readonly section: Section;
  readonly streams: ReadonlyMap<number, StreamMatch>;
  /** Chunks that are still to be sent, by endpoint. */
  readonly ins: ReadonlyMap<number, InChunk[]>;
  /** Events of the cassette that were played. */
  readonly used: Set<number>;
  /** Waiters for the next call of the suite. */
  readonly onCall: (() => void)[];
  epoch: number;
  writes: number;
}

class TapePlayer {
  readonly #sections: readonly Section[];
  readonly #maskers: ReturnType<typeof maskersOf>;
  readonly #events: readonly CassetteEvent[];
  readonly #shadow: EmulatedUnit<unknown>;
  readonly #strict: boolean;
  readonly #played = new Map<Section, Playing>();
  readonly #recent: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #polled = new Set<number>();
  readonly #interrupts = new Set<number>();
  #place = -1;
  #now: Playing | undefined;
  #pipes: UsbInPipes | undefined;
  #first: Divergence | undefined;
  #divergences = 0;
  #benign = 0;
  #stalled = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(cassette: Cassette, { mode, shadow }: ReplayOptions) {
    this.#events = cassette.events;
    this.#sections = toSections(cassette.events);
    this.#maskers = maskersOf(cassette.head.model.emulator);
    this.#strict = mode === 'strict';
    this.#shadow = shadow;
  }

  plugged(pipes: UsbInPipes): UsbFunction {
    this.#pipes = pipes;
    this.#polled.clear();
    const next = this.#sections.findIndex((section, place) => place > this.#place && section.begins === 'plug');
    if (next < 0) {
      this.#diverge({ index: undefined, what: 'plug', expected: 'no further plug', found: 'the cable was plugged in once more than when it was recorded' });
      this.#enter(this.#sections.findLastIndex(({ begins }) => begins === 'plug'));
    } else this.#enter(next);
    return new ReplayFunction(this, this.#shadow.createFunction({ send: takesAll, halt: () => undefined }));
  }

  mark(name: string): void {
    const found = this.#sections.findIndex((section) => section.begins === 'mark' && section.name === name);
    if (found < 0) this.#diverge({ index: undefined, what: 'test', expected: 'a test of the recording', found: `the test ${name}, which was not recorded` });
    else this.#enter(found);
  }

  /** The suite changed something at the device. */
  called(name: string): void {
    const playing = this.#now;
    if (!playing) return;
    const { calls } = playing.section;
    const at = calls.findIndex((call, place) => place >= playing.epoch && call.name === name);
    if (at < 0) {
      // A look that was repeated while it waited, or one more than in the recording: nothing on the tape hangs on it.
      if (calls.some((call) => call.name === name)) this.#benign += 1;
      else if (calls.length > 0) this.#diverge({ index: calls[playing.epoch]?.index, what: 'call', expected: calls[playing.epoch]?.name ?? 'no further call of the suite', found: `the suite called ${name}` });
      return;
    }
    for (const call of calls.slice(playing.epoch, at + 1)) playing.used.add(call.index);
    playing.epoch = at + 1;
    this.#note(`suite: ${name}`);
    for (const go of playing.onCall.splice(0)) go();
    this.#pump();
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const playing = this.#now;
    const found = playing ? (isWrite(setup) ? this.#writeAnswer(playing, setup, data) : this.#readAnswer(playing, setup)) : undefined;
    if (playing && isWrite(setup)) playing.writes += 1;
    this.#note(`control ${requestKey(setup)}${found?.meaning === undefined ? '' : ` ${found.meaning}`} ${isWrite(setup) ? shownBytes(data, 8) : ''}`);
    this.#pump();
    if (!found) return undefined;
    playing?.used.add(found.index);
    return { status: found.status, data: isWrite(setup) ? noBytes : found.data };
  }

  async out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply> {
    const playing = this.#now;
    const stream = playing?.section.outs.get(endpoint);
    const match = playing?.streams.get(endpoint);
    if (!playing || !stream || !match) {
      this.#diverge({ index: playing?.section.index, what: 'data', expected: `nothing to endpoint ${endpoint}`, found: shownBytes(data) });
      return { status: 'ok', accepted: data.length };
    }
    while (this.#now === playing && !match.complete && match.offset >= allowed(stream, playing.epoch) && !signal.aborted) await nextCall(playing, signal);
    const from = match.offset;
    const expected = match.upcoming(data.length);
    const { difference, extra } = match.take(data);
    const stretch = stream.stretches.findLast((each) => each.from <= (difference?.offset ?? from));
    if (difference) {
      const at = difference.offset - from;
      this.#diverge({ index: stretch?.index, what: 'data', expected: `${shownBytes(expected.subarray(at))}${stretch?.meaning === undefined ? '' : ` (${stretch.meaning})`} at byte ${difference.offset} to endpoint ${endpoint}`, found: shownBytes(data.subarray(at)) });
    } else if (extra > 0) {
      this.#diverge({ index: stretch?.index, what: 'data', expected: `no more than ${match.offset} bytes to endpoint ${endpoint}`, found: shownBytes(data.subarray(data.length - extra)) });
    }
    for (const { index, to } of stream.stretches) if (to <= match.offset) playing.used.add(index);
    this.#note(`out ${endpoint}: ${shownBytes(data, 16)}`);
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

  report(): ReplayReport {
    let events = 0;
    let of = 0;
    for (const { section, used } of this.#played.values()) {
      const all = [...[...section.outs.values()].flatMap(({ stretches }) => stretches), ...section.ins, ...[...section.controls.values()].flatMap(onlyOnce)];
      of += all.length;
      events += all.filter(({ index }) => used.has(index)).length;
    }
    const pending = this.#now ? [...this.#now.ins.values()].flatMap((chunks) => (chunks[0] && this.#now ? [waitsFor(chunks[0], this.#now)] : [])) : [];
    const verdict = this.#divergences > 0 ? 'divergence' : this.#stalled && pending.length > 0 ? 'stalled' : events < of ? 'incomplete' : this.#benign > 0 ? 'benign-difference' : 'match';
    return { verdict, ...(this.#first ? { first: this.#first } : {}), divergences: this.#divergences, benign: this.#benign, consumed: { events, of }, pending };
  }

  #writeAnswer(playing: Playing, setup: SetupPacket, data: Uint8Array): ControlAnswer | undefined {
    const same = (answer: ControlAnswer): boolean => Buffer.compare(answer.data, data) === 0;
    const here = playing.section.controls.get(requestKey(setup)) ?? [];
    const exact = here.find((answer) => !playing.used.has(answer.index) && same(answer)) ?? here.findLast(same);
    if (exact) {
      if (playing.used.has(exact.index)) this.#benign += 1;
      return exact;
    }
    const elsewhere = this.#anywhere(setup).find(same);
    if (elsewhere) {
      this.#benign += 1;
      return elsewhere;
    }
    const near = here.find((answer) => !playing.used.has(answer.index)) ?? this.#anywhere(setup)[0];
    this.#diverge({ index: near?.index, what: 'request', expected: near ? `${requestKey(near.setup)} with ${shownBytes(near.data)}${near.meaning === undefined ? '' : ` (${near.meaning})`}` : this.#expectedRequest(playing), found: `${requestKey(setup)} with ${shownBytes(data)}` });
    return this.#strict ? undefined : near;
  }

  /** An answer of the time since the suite's last call, each once; then the last one stays, however often it is asked for. */
  #readAnswer(playing: Playing, setup: SetupPacket): ControlAnswer | undefined {
    const here = playing.section.controls.get(requestKey(setup)) ?? [];
    const fresh = here.find(({ epoch, index }) => epoch === playing.epoch && !playing.used.has(index));
    if (fresh) return fresh;
    const standing = here.findLast(({ epoch }) => epoch <= playing.epoch) ?? here[0];
    const found = standing ?? this.#anywhere(setup).findLast(({ index }) => index < playing.section.index) ?? this.#anywhere(setup)[0];
    if (found) {
      if (!standing) this.#benign += 1;
      return found;
    }
    this.#diverge({ index: undefined, what: 'request', expected: this.#expectedRequest(playing), found: `${requestKey(setup)} for ${setup.length} bytes` });
    return undefined;
  }

  #anywhere(setup: SetupPacket): ControlAnswer[] {
    const key = requestKey(setup);
    return this.#sections.flatMap(({ controls }) => controls.get(key) ?? []);
  }

  #expectedRequest(playing: Playing): string {
    const next = [...playing.section.controls.values()].flat().find(({ index }) => !playing.used.has(index));
    return next ? `${requestKey(next.setup)}${next.meaning === undefined ? '' : ` (${next.meaning})`}` : 'no such request anywhere on the tape';
  }

  #enter(place: number): void {
    const section = this.#sections[place];
    if (!section) return;
    this.#stopTimers();
    for (const go of this.#now?.onCall.splice(0) ?? []) go();
    this.#place = place;
    const ins = new Map<number, InChunk[]>();
    for (const chunk of section.ins) ins.set(chunk.endpoint, [...(ins.get(chunk.endpoint) ?? []), chunk]);
    const streams = new Map([...section.outs].map(([endpoint, { bytes }]) => [endpoint, new StreamMatch(bytes, this.#maskers)]));
    this.#now = { section, streams, ins, used: new Set(), onCall: [], epoch: 0, writes: 0 };
    this.#played.set(section, this.#now);
    this.#note(section.begins === 'plug' ? 'plugged in' : `test ${section.name ?? ''}`);
    this.#pump();
  }

  /** Sends what may be sent now. */
  #pump(): void {
    const playing = this.#now;
    if (!playing) return;
    for (const [endpoint, chunks] of playing.ins) {
      for (let chunk = chunks[0]; chunk && isDue(chunk, playing); chunk = chunks[0]) {
        if (chunk.kind === 'interrupt') {
          this.#sendReport(playing, endpoint, chunk);
          break;
        }
        chunks.shift();
        this.#send(playing, chunk);
      }
    }
    clearTimeout(this.#watchdog);
    const waiting = [...playing.ins.values()].flatMap((chunks) => chunks.slice(0, 1)).filter((chunk) => !isDue(chunk, playing) && chunk.needs.epoch <= playing.epoch);
    if (waiting.length > 0) this.#watchdog = setTimeout(() => (this.#stalled = true), Math.max(stalledAfter, ...waiting.map(({ after }) => 3 * after))).unref();
  }

  /** A report goes out as long after its cause as it did when it was recorded, one at a time, while the driver polls. */
  #sendReport(playing: Playing, endpoint: number, chunk: InChunk): void {
    if (this.#interrupts.has(endpoint) || !this.#polled.has(endpoint & 0x0f)) return;
    this.#interrupts.add(endpoint);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#interrupts.delete(endpoint);
      if (this.#now !== playing || !this.#polled.has(endpoint & 0x0f)) return;
      playing.ins.get(endpoint)?.shift();
      this.#send(playing, chunk);
      this.#pump();
    }, chunk.after);
    this.#timers.add(timer);
  }

  #send(playing: Playing, chunk: InChunk): void {
    playing.used.add(chunk.index);
    if (chunk.status === 'stall') this.#pipes?.halt(chunk.endpoint & 0x0f);
    else if (chunk.status === 'ok') void this.#pipes?.send(chunk.endpoint & 0x0f, chunk.data);
    this.#note(`in ${chunk.endpoint & 0x0f}: ${chunk.status === 'ok' ? shownBytes(chunk.data, 16) : chunk.status}`);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#interrupts.clear();
    clearTimeout(this.#watchdog);
  }

  #diverge(difference: Omit<Divergence, 'before'>): void {
    this.#divergences += 1;
    this.#first ??= { ...difference, before: [...this.#recent] };
  }

  #note(line: string): void {
    this.#recent.push(line.trim());
    if (this.#recent.length > lastEvents) this.#recent.shift();
  }

  /** The shadow broke: the tape plays on, but what the suite sees of the device is wrong from here. */
  shadowFailed(error: unknown): void {
    this.#diverge({ index: undefined, what: 'data', expected: 'what the device class understands', found: messageOf(error) });
  }

  get length(): number {
    return this.#events.length;
  }
}

/** The function of a replayed device: the tape answers, the shadow looks on. */
class ReplayFunction implements UsbFunction {
  readonly #player: TapePlayer;
  readonly #shadow: UsbFunction;

  constructor(player: TapePlayer, shadow: UsbFunction) {
    this.#player = player;
    this.#shadow = shadow;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    this.#look(() => this.#shadow.control(setup, data));
    return this.#player.control(setup, data);
  }

  /** The shadow sets the pace: it takes as slowly as it was told to, and nothing while its paper is out. What it answers is not asked. */
  async out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply> {
    const reply = await this.#player.out(endpoint, data, signal);
    try {
      if (!signal.aborted) await this.#shadow.out(endpoint, data, signal);
    } catch (error) {
      if (!signal.aborted) this.#player.shadowFailed(error);
    }
    return reply;
  }

  onReset(): void {
    this.#look(() => this.#shadow.onReset?.());
  }

  onConfiguration(value: number): void {
    this.#look(() => this.#shadow.onConfiguration?.(value));
  }

  onAlternate(interfaceNumber: number, alternate: number): void {
    this.#look(() => this.#shadow.onAlternate?.(interfaceNumber, alternate));
  }

  onPolling(endpoint: number, polled: boolean): void {
    this.#look(() => this.#shadow.onPolling?.(endpoint, polled));
    this.#player.polled(endpoint, polled);
  }

  onUnplug(): void {
    this.#player.unplugged();
    this.#look(() => this.#shadow.onUnplug?.());
  }

  #look(body: () => unknown): void {
    try {
      const result = body();
      if (result instanceof Promise) result.catch((error: unknown) => this.#player.shadowFailed(error));
    } catch (error) {
      this.#player.shadowFailed(error);
    }
  }
}

async function takesAll(): Promise<void> {
  await new Promise<void>((taken) => setImmediate(taken));
}

/** Bytes of a stream that the driver may send before the suite's next call. */
function allowed(stream: OutStream, epoch: number): number {
  return stream.stretches.find((each) => each.epoch > epoch)?.from ?? Infinity;
}

async function nextCall(playing: Playing, signal: AbortSignal): Promise<void> {
  await new Promise<void>((go) => {
    playing.onCall.push(go);
    signal.addEventListener('abort', () => go(), { once: true });
  });
}

function isDue({ needs }: InChunk, playing: Playing): boolean {
  return needs.epoch <= playing.epoch && needs.writes <= playing.writes && [...needs.outs].every(([endpoint, bytes]) => (playing.streams.get(endpoint)?.offset ?? 0) >= bytes);
}

function waitsFor(chunk: InChunk, playing: Playing): string {
  const { needs } = chunk;
  const outs = [...needs.outs].filter(([endpoint, bytes]) => (playing.streams.get(endpoint)?.offset ?? 0) < bytes).map(([endpoint, bytes]) => `byte ${bytes} to endpoint ${endpoint} (${playing.streams.get(endpoint)?.offset ?? 0} came)`);
  const calls = needs.epoch > playing.epoch ? [`the suite's ${playing.section.calls[playing.epoch]?.name ?? 'next call'}`] : [];
  const writes = needs.writes > playing.writes ? [`${needs.writes - playing.writes} more requests`] : [];
  return `endpoint ${chunk.endpoint & 0x0f}: ${shownBytes(chunk.data, 16)}, after ${[...calls, ...outs, ...writes].join(', ') || 'the driver asks for it'}`;
}

/** A status that is polled counts once for each value that it had in a row: how often it is asked for is the driver's affair. */
function onlyOnce(answers: readonly ControlAnswer[]): ControlAnswer[] {
  return answers.filter((answer, place) => isWrite(answer.setup) || Buffer.compare(answer.data, answers[place - 1]?.data ?? Buffer.from('\0none')) !== 0);
}
