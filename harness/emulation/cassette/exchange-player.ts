import { Dechunker, plainLength } from './dechunker.ts';
import { withEchoes, type Echo } from './echoes.ts';
import { ippOperation } from './ipp-difference.ts';
import { asRecorded, type Masker } from './maskers.ts';
import { StreamPlayer, type StreamDifference } from './stream-player.ts';
import type { EndpointPairs, Exchange } from './exchanges.ts';
import type { InChunk } from './tape.ts';

/** A driver that says a request in many pieces: so much of its beginning is kept, to find another recorded request that begins so. */
const keptBytes = 64 * 1024;

/** One recorded request that is being made, and what is to come back. */
interface Run {
  readonly exchange: Exchange;
  readonly stream: StreamPlayer;
  readonly chunks: Dechunker;
  /** It was made before. */
  readonly isAgain: boolean;
  /** What came of it, while it may still turn out to be another one that begins so. */
  said: Uint8Array;
  /** Something was answered, or too much came to keep it. */
  settled: boolean;
}

/** An interface of the device, as the driver uses it now. */
interface Lane {
  readonly back: number;
  run: Run | undefined;
  readonly waiting: { readonly run: Run; readonly chunk: InChunk }[];
}

/**
 * Plays requests by what they ask, whichever interface they come over. Of requests that are the same, the one that was recorded at this time of the test is taken, in order;
 * one more than was recorded is answered as the last one was.
 */
export class ExchangePlayer {
  readonly #exchanges: readonly Exchange[];
  readonly #lanes = new Map<number, Lane>();
  readonly #probes = new Map<Exchange, StreamPlayer>();
  readonly #used = new Set<Exchange>();
  readonly #sent = new Set<InChunk>();
  readonly #complete = new Map<Exchange, number>();
  readonly #make: (exchange: Exchange) => StreamPlayer;
  readonly #echoes: readonly Echo[];
  /** Requests that were made once more than they were recorded. */
  again = 0;

  constructor(exchanges: readonly Exchange[], pairs: EndpointPairs, maskers: readonly Masker[], echoes: readonly Echo[]) {
    this.#exchanges = exchanges.map(withoutChunks);
    this.#echoes = echoes;
    this.#make = ({ out }) => new StreamPlayer(out, maskers, echoes);
    for (const [endpoint, back] of pairs) this.#lanes.set(endpoint, { back, run: undefined, waiting: [] });
  }

  has(endpoint: number): boolean {
    return this.#lanes.has(endpoint);
  }

  /** The IN endpoint that answers an OUT endpoint. */
  answers(endpoint: number): number {
    return this.#lanes.get(endpoint)?.back ?? endpoint;
  }

  /**
   * The stream that takes the next bytes at an endpoint: of the request that is under way, or of the recorded one that begins so; the bytes that are this request's, with
   * what the client says of itself as it was recorded and without the framing of chunks; and those behind it. Undefined where none begins so. Nothing is taken yet.
   */
  next(endpoint: number, piece: Uint8Array, epoch: number): { readonly stream: StreamPlayer; readonly piece: Uint8Array; readonly behind: Uint8Array } | undefined {
    const lane = this.#lanes.get(endpoint);
    if (!lane) return undefined;
    if (lane.run && (lane.run.stream.rest > 0 || lane.run.chunks.isOpen)) return this.#cut(lane.run, piece);
    const found = this.#find(new Dechunker().pass(piece).plain, epoch);
    return found && this.#cut(this.#start(lane, found), asRecorded(piece, found.out.bytes));
  }

  /** Takes bytes, at most as many as the request has left; another request that began in the same way takes its place where it is that one that goes on so. */
  take(endpoint: number, piece: Uint8Array, epoch: number): StreamDifference | undefined {
    const lane = this.#lanes.get(endpoint);
    const run = lane?.run;
    if (!lane || !run) return undefined;
    const said = run.said.length + piece.length <= keptBytes && !run.settled ? Uint8Array.from(Buffer.concat([run.said, piece])) : undefined;
    if (said && !this.#probe(run.exchange).beginsWith(said)) {
      const other = this.#find(said, epoch, run.exchange);
      if (other) {
        if (!run.isAgain) {
          this.#used.delete(run.exchange);
          this.#complete.delete(run.exchange);
        }
        for (let at = lane.waiting.length - 1; at >= 0; at -= 1) if (lane.waiting[at]?.run === run) lane.waiting.splice(at, 1);
        return this.#taking(this.#start(lane, other, run.chunks), asRecorded(said, other.out.bytes));
      }
    }
    if (said) run.said = said;
    else run.settled = true;
    return this.#taking(run, piece);
  }

  /** No recorded request begins so: what comes next at this endpoint is looked for anew. Returns the next that was not made, of the same operation if there is one. */
  lost(endpoint: number, piece: Uint8Array): Exchange | undefined {
    const lane = this.#lanes.get(endpoint);
    if (lane) lane.run = undefined;
    const open = this.#exchanges.filter((exchange) => !this.#used.has(exchange));
    const operation = ippOperation(piece);
    return open.find(({ out }) => operation !== undefined && ippOperation(out.bytes) === operation) ?? open[0];
  }

  /** What may go out now, with the endpoint of the driver's that waits for it. */
  *due(epoch: number): Generator<[number, InChunk]> {
    for (const lane of this.#lanes.values()) {
      for (let first = lane.waiting[0]; first && isDue(first.run, first.chunk, epoch); first = lane.waiting[0]) {
        yield [lane.back, first.chunk];
        if (lane.waiting[0] === first) break;
      }
    }
  }

  /** The first chunk of an endpoint goes out; returns its bytes with this driver's numbers, or undefined where it is none of ours. */
  sent(back: number, chunk: InChunk): Uint8Array | undefined {
    for (const lane of this.#lanes.values()) {
      const [first] = lane.waiting;
      if (lane.back !== back || first?.chunk !== chunk) continue;
      lane.waiting.shift();
      first.run.settled = true;
      this.#sent.add(chunk);
      return withEchoes(chunk.data, this.#echoes, [first.run.stream.echoes]);
    }
    return undefined;
  }

  /** Chunks that wait for the driver, not for the suite. */
  waiting(epoch: number): InChunk[] {
    return [...this.#lanes.values()].flatMap(({ waiting: [first] }) => (first && !isDue(first.run, first.chunk, epoch) && first.chunk.needs.epoch <= epoch ? [first.chunk] : []));
  }

  progress(): { readonly events: number; readonly of: number } {
    const ins = this.#exchanges.reduce((sum, exchange) => sum + exchange.ins.length, 0);
    const outs = this.#exchanges.reduce((sum, { out }) => sum + out.stretches.length, 0);
    return { events: this.#sent.size + [...this.#complete.values()].reduce((sum, each) => sum + each, 0), of: ins + outs };
  }

  #cut({ stream, chunks }: Run, piece: Uint8Array): { readonly stream: StreamPlayer; readonly piece: Uint8Array; readonly behind: Uint8Array } {
    const { plain, taken } = chunks.pass(piece);
    const isFramed = chunks.isOpen || plain.length !== taken;
    // Without chunks the recorded length says where a request ends.
    return isFramed ? { stream, piece: plain, behind: piece.subarray(taken) } : { stream, piece: piece.subarray(0, stream.rest), behind: piece.subarray(stream.rest) };
  }

  #taking(run: Run, piece: Uint8Array): StreamDifference | undefined {
    const wrong = run.stream.take(piece);
    this.#complete.set(run.exchange, Math.max(this.#complete.get(run.exchange) ?? 0, run.stream.complete));
    return wrong;
  }

  #start(lane: Lane, exchange: Exchange, chunks = new Dechunker()): Run {
    const isAgain = this.#used.has(exchange);
    if (isAgain) this.again += 1;
    this.#used.add(exchange);
    const run: Run = { exchange, stream: this.#make(exchange), chunks, isAgain, said: new Uint8Array(0), settled: false };
    lane.run = run;
    lane.waiting.push(...exchange.ins.map((chunk) => ({ run, chunk })));
    return run;
  }

  /** Of this time of the test, else of before it; else one that was made already; else one of later, which waits for the suite. */
  #find(piece: Uint8Array, epoch: number, but?: Exchange): Exchange | undefined {
    const alike = this.#exchanges.filter((exchange) => exchange !== but && this.#probe(exchange).beginsWith(asRecorded(piece, exchange.out.bytes)));
    const open = alike.filter((exchange) => !this.#used.has(exchange));
    return open.find((exchange) => exchange.epoch === epoch) ?? open.findLast((exchange) => exchange.epoch < epoch) ?? alike.findLast((exchange) => this.#used.has(exchange)) ?? open[0];
  }

  #probe(exchange: Exchange): StreamPlayer {
    const known = this.#probes.get(exchange) ?? this.#make(exchange);
    this.#probes.set(exchange, known);
    return known;
  }
}

function isDue({ stream, chunks }: Run, { needs }: InChunk, epoch: number): boolean {
  return needs.epoch <= epoch && stream.offset >= (needs.outs.get(0) ?? 0) && !(chunks.isOpen && stream.rest === 0);
}

/** A request that was sent in chunks as if it had been sent in one piece. */
function withoutChunks(exchange: Exchange): Exchange {
  const { out, ins } = exchange;
  const { plain } = new Dechunker().pass(out.bytes);
  if (plain.length === out.bytes.length) return exchange;
  const place = (raw: number): number => plainLength(out.bytes, raw);
  return {
    ...exchange,
    out: { bytes: plain, stretches: out.stretches.map((stretch) => ({ ...stretch, from: place(stretch.from), to: place(stretch.to) })), hidden: out.hidden.map(([from, to]) => [place(from), place(to)] as const) },
    ins: ins.map((chunk) => ({ ...chunk, needs: { ...chunk.needs, outs: new Map([[0, place(chunk.needs.outs.get(0) ?? 0)]]) } })),
  };
}
