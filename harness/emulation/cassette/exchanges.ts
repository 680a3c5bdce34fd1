import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { InChunk, OutStream, OutStretch } from './tape.ts';

/**
 * One request over a pair of endpoints and all that came back before the next: with IPP over USB the driver takes any interface that is free (HTTP on each), so that
 * what was asked counts and not where.
 */
export interface Exchange {
  readonly index: number;
  /** Calls of the suite before it. */
  readonly epoch: number;
  readonly out: OutStream;
  /** Their needs name endpoint 0: the bytes of this request. */
  readonly ins: readonly InChunk[];
}

/** Bulk OUT endpoints with the bulk IN endpoint that answers on the same interface, without the direction bit. */
export type EndpointPairs = ReadonlyMap<number, number>;

/** The interfaces that have one bulk endpoint in each direction. */
export function pairsOf({ interfaces }: { readonly interfaces: readonly { readonly alternates: readonly { readonly endpoints: readonly { readonly address: string | number; readonly type: string }[] }[] }[] }): EndpointPairs {
  const pairs = new Map<number, number>();
  for (const { alternates } of interfaces) {
    for (const { endpoints } of alternates) {
      const bulk = endpoints.filter(({ type }) => type === 'bulk').map(({ address }) => Number(address));
      const [out, ...outs] = bulk.filter((address) => address < 0x80);
      const [back, ...backs] = bulk.filter((address) => address >= 0x80);
      if (out !== undefined && back !== undefined && outs.length + backs.length === 0) pairs.set(out, back & 0x0f);
    }
  }
  return pairs;
}

interface OpenExchange {
  readonly index: number;
  readonly epoch: number;
  readonly bytes: Uint8Array[];
  readonly stretches: OutStretch[];
  readonly hidden: [number, number][];
  readonly ins: InChunk[];
  length: number;
  /** Time of the last thing in it. */
  last: number;
}

/** Cuts what crosses each pair of endpoints where the driver speaks again after the device did. */
export class ExchangeBuilder {
  readonly #outOf: ReadonlyMap<number, number>;
  readonly #pairs: EndpointPairs;
  readonly #all: OpenExchange[] = [];
  readonly #now = new Map<number, OpenExchange>();
  #called = 0;

  constructor(pairs: EndpointPairs) {
    this.#pairs = pairs;
    this.#outOf = new Map([...pairs].map(([out, back]) => [back, out]));
  }

  called(t: number): void {
    this.#called = t;
  }

  /** False where the event is none of a pair, or nothing was asked before it. */
  add({ endpoint = 0, status = 'ok', data = new Uint8Array(0), meaning, hidden, t }: CassetteEvent, index: number, epoch: number): boolean {
    const isIn = (endpoint & 0x80) !== 0;
    const pair = isIn ? this.#outOf.get(endpoint & 0x0f) : endpoint;
    if (pair === undefined || !this.#pairs.has(pair)) return false;
    let open = this.#now.get(pair);
    if (isIn) {
      if (!open) return false;
      open.ins.push({ index, endpoint, kind: 'bulk', status, data, needs: { epoch, outs: new Map([[0, open.length]]), write: undefined }, after: Math.max(0, t - Math.max(open.last, this.#called)) });
    } else {
      if (data.length === 0) return true;
      if (!open || open.ins.length > 0) {
        open = { index, epoch, bytes: [], stretches: [], hidden: [], ins: [], length: 0, last: t };
        this.#now.set(pair, open);
        this.#all.push(open);
      }
      for (const [from, to] of hidden ?? []) open.hidden.push([open.length + from, open.length + to]);
      open.stretches.push({ index, epoch, status, from: open.length, to: open.length + data.length, meaning });
      open.bytes.push(data);
      open.length += data.length;
    }
    open.last = t;
    return true;
  }

  build(): Exchange[] {
    return this.#all.map(({ index, epoch, bytes, stretches, hidden, ins }) => ({ index, epoch, out: { bytes: new Uint8Array(Buffer.concat(bytes)), stretches, hidden }, ins }));
  }
}
