import type { SetupPacket } from '../usb-device.ts';
import { shownBytes } from './divergence.ts';
import { withEchoes, type Echo } from './echoes.ts';
import { ExchangePlayer } from './exchange-player.ts';
import type { EndpointPairs } from './exchanges.ts';
import type { Masker } from './maskers.ts';
import { StreamPlayer } from './stream-player.ts';
import { isWrite, requestKey, writeKey, type ControlAnswer, type InChunk, type Section, type SuiteCall } from './tape.ts';

interface Queue {
  readonly chunks: InChunk[];
  next: number;
}

/** How far one section of a tape has been played. It decides what is due and what a request is answered with, and does nothing by itself. */
export class SectionPlayer {
  readonly section: Section;
  readonly #streams: ReadonlyMap<number, StreamPlayer>;
  readonly #ins = new Map<number, Queue>();
  readonly #used = new Set<number>();
  /** Of the answers to a reading request: the first that may still come. */
  readonly #reads = new Map<string, number>();
  readonly #onCall: (() => void)[] = [];
  #epoch = 0;
  readonly #writes = new Map<string, number>();

  readonly #echoes: readonly Echo[];
  /** What crosses paired endpoints. */
  readonly exchanges: ExchangePlayer;

  constructor(section: Section, maskers: readonly Masker[], echoes: readonly Echo[], pairs: EndpointPairs = new Map()) {
    this.section = section;
    this.exchanges = new ExchangePlayer(section.exchanges, pairs, maskers, echoes);
    this.#echoes = echoes;
    this.#streams = new Map([...section.outs].map(([endpoint, stream]) => [endpoint, new StreamPlayer(stream, maskers, echoes)]));
    for (const chunk of section.ins) {
      const queue = this.#ins.get(chunk.endpoint);
      if (queue) queue.chunks.push(chunk);
      else this.#ins.set(chunk.endpoint, { chunks: [chunk], next: 0 });
    }
  }

  /** Calls of the suite so far. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Name of the suite's call that the tape has next. */
  get nextCall(): SuiteCall | undefined {
    return this.section.calls[this.#epoch];
  }

  /**
   * The suite changed something at the device: `again` when it had done so before and the tape has it no more, `unknown` when it never did when this was recorded.
   * What the device reported by itself after that call (a touch, a status) it reports again.
   * @param mark stands for the values that it brought
   */
  call(name: string, mark?: string): 'played' | 'again' | 'unknown' {
    const { calls } = this.section;
    const same = (call: SuiteCall): boolean => call.name === name && (call.with === undefined || mark === undefined || call.with === mark);
    const ahead = (wanted: (call: SuiteCall) => boolean): number => calls.findIndex((call, place) => place >= this.#epoch && wanted(call));
    const before = calls.findLastIndex((call, place) => place < this.#epoch && same(call));
    const next = ahead(same);
    const at = next < 0 && before < 0 ? ahead((call) => call.name === name) : next;
    if (at < 0) {
      if (before >= 0) this.#reportAgain(before + 1);
      return calls.some((call) => call.name === name) ? 'again' : 'unknown';
    }
    this.#epoch = at + 1;
    this.release();
    return 'played';
  }

  /** Waits until the suite has made the call that stands before the next byte to an endpoint, or the section is over. */
  async turnOf(stream: StreamPlayer, signal: AbortSignal, over: () => boolean): Promise<void> {
    while (!over() && !signal.aborted && stream.waitsForCall(this.#epoch)) {
      await new Promise<void>((go) => {
        this.#onCall.push(go);
        signal.addEventListener('abort', () => go(), { once: true });
      });
    }
  }

  /** Lets all go that wait for a call. */
  release(): void {
    for (const go of this.#onCall.splice(0)) go();
  }

  stream(endpoint: number): StreamPlayer | undefined {
    return this.#streams.get(endpoint);
  }

  /** A writing request, by what it brings; `again` when it was made more often than when this was recorded. */
  write(setup: SetupPacket, data: Uint8Array): { readonly answer: ControlAnswer; readonly again: boolean } | undefined {
    this.#count(setup, data);
    const here = this.section.controls.get(requestKey(setup)) ?? [];
    const same = (answer: ControlAnswer): boolean => Buffer.compare(answer.data, data) === 0;
    const answer = here.find((each) => !this.#used.has(each.index) && same(each)) ?? here.findLast(same);
    if (!answer) return undefined;
    const again = this.#used.has(answer.index);
    this.use(answer);
    return { answer, again };
  }

  /** An answer of the time since the suite's last call, each once; then the last one stays, however often it is asked for. */
  read(setup: SetupPacket): ControlAnswer | undefined {
    const key = requestKey(setup);
    const here = this.section.controls.get(key) ?? [];
    let next = this.#reads.get(key) ?? 0;
    while ((here[next]?.epoch ?? Infinity) < this.#epoch) next += 1;
    const fresh = here[next]?.epoch === this.#epoch;
    const answer = (fresh ? here[next] : here[next - 1]) ?? here[0];
    this.#reads.set(key, fresh ? next + 1 : next);
    if (answer) this.use(answer);
    return answer;
  }

  /** A recorded request of this section that is like one that was not recorded: the next with the same key, or the next of all. */
  near(setup: SetupPacket): { readonly same?: ControlAnswer; readonly other?: ControlAnswer } {
    const open = (answer: ControlAnswer): boolean => !this.#used.has(answer.index);
    const same = this.section.controls.get(requestKey(setup))?.find(open);
    const other = [...this.section.controls.values()].flatMap((answers) => answers.find(open) ?? []).sort((a, b) => a.index - b.index)[0];
    return { ...(same ? { same } : {}), ...(other ? { other } : {}) };
  }

  /** A recorded writing request that another one is taken for: what answers to it is due. */
  took(answer: ControlAnswer): void {
    this.use(answer);
    this.#count(answer.setup, answer.data);
  }

  use({ index }: { readonly index: number }): void {
    this.#used.add(index);
  }

  /** Endpoints with what is due at them. */
  *due(): Generator<[number, InChunk]> {
    yield* this.exchanges.due(this.#epoch);
    for (const [endpoint, queue] of this.#ins) {
      for (let chunk = queue.chunks[queue.next]; chunk && this.#isDue(chunk); chunk = queue.chunks[queue.next]) {
        const { next } = queue;
        yield [endpoint, chunk];
        if (queue.next === next) break;
      }
    }
  }

  /** The first chunk of an endpoint goes out; returns its bytes, with the numbers of this driver in it. */
  sent(endpoint: number, chunk: InChunk): Uint8Array {
    const answer = this.exchanges.sent(endpoint & 0x0f, chunk);
    if (answer) return answer;
    const queue = this.#ins.get(endpoint);
    if (queue && queue.chunks[queue.next] === chunk) {
      queue.next += 1;
      this.use(chunk);
    }
    return this.#echoes.length === 0 ? chunk.data : withEchoes(chunk.data, this.#echoes, [...this.#streams.values()].map(({ echoes }) => echoes));
  }

  /** Chunks that wait for the driver, not for the suite. */
  waiting(): InChunk[] {
    return [...this.#next().filter((chunk) => !this.#isDue(chunk) && chunk.needs.epoch <= this.#epoch), ...this.exchanges.waiting(this.#epoch)];
  }

  /** What the device still waits to say, in words. */
  pending(): string[] {
    return [...this.#next().map((chunk) => this.#waitsFor(chunk)), ...this.exchanges.waiting(this.#epoch).map(({ endpoint, data }) => `endpoint ${endpoint & 0x0f}: ${shownBytes(data, 16)}, after the rest of a request`)];
  }

  progress(): { readonly events: number; readonly of: number } {
    const single = [...this.section.ins, ...[...this.section.controls.values()].flatMap(onlyOnce)];
    const streams = [...this.#streams.values()];
    const exchanges = this.exchanges.progress();
    return {
      events: exchanges.events + single.filter(({ index }) => this.#used.has(index)).length + streams.reduce((sum, { complete }) => sum + complete, 0),
      of: exchanges.of + single.length + streams.reduce((sum, { stretches }) => sum + stretches, 0),
    };
  }

  #reportAgain(epoch: number): void {
    for (const [endpoint, { chunks, next }] of this.#ins) {
      const again = this.section.ins.filter((chunk) => chunk.endpoint === endpoint && chunk.kind === 'interrupt' && chunk.needs.epoch === epoch);
      // Behind what is going out, and before what a later call of the suite is to bring.
      const later = chunks.findIndex((chunk, place) => place >= next && chunk.needs.epoch > this.#epoch);
      const rest = later < 0 ? [] : chunks.splice(later);
      for (const chunk of [...again, ...rest]) chunks.push(chunk);
    }
  }

  #count(setup: SetupPacket, data: Uint8Array): void {
    const key = writeKey(setup, data);
    this.#writes.set(key, (this.#writes.get(key) ?? 0) + 1);
  }

  #next(): InChunk[] {
    return [...this.#ins.values()].flatMap(({ chunks, next }) => chunks[next] ?? []);
  }

  #isDue({ needs }: InChunk): boolean {
    if (needs.epoch > this.#epoch || this.#missing(needs) > 0) return false;
    for (const [endpoint, bytes] of needs.outs) if ((this.#streams.get(endpoint)?.offset ?? 0) < bytes) return false;
    return true;
  }

  /** How many times the request that it answers to has yet to come. */
  #missing({ write }: InChunk['needs']): number {
    return write ? write.times - (this.#writes.get(write.key) ?? 0) : 0;
  }

  #waitsFor({ needs, endpoint, data }: InChunk): string {
    const came = (address: number): number => this.#streams.get(address)?.offset ?? 0;
    const outs = [...needs.outs].filter(([address, bytes]) => came(address) < bytes).map(([address, bytes]) => `byte ${bytes} to endpoint ${address} (${came(address)} came)`);
    const calls = needs.epoch > this.#epoch ? [`the suite's ${this.nextCall?.name ?? 'next call'}`] : [];
    const writes = this.#missing(needs) > 0 ? [needs.write?.meaning ?? 'one more request'] : [];
    return `endpoint ${endpoint & 0x0f}: ${shownBytes(data, 16)}, after ${[...calls, ...outs, ...writes].join(', ') || 'the driver asks for it'}`;
  }
}

/** A status that is polled counts once for each value that it had in a row: how often it is asked for is the driver's affair. */
function onlyOnce(answers: readonly ControlAnswer[]): ControlAnswer[] {
  return answers.filter((answer, place) => isWrite(answer.setup) || Buffer.compare(answer.data, answers[place - 1]?.data ?? Buffer.from('\0none')) !== 0);
}
