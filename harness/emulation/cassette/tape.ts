import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { SetupPacket, TransferStatus } from '../usb-device.ts';
import { ExchangeBuilder, type EndpointPairs, type Exchange } from './exchanges.ts';

/**
 * What must have happened in a section before something may: the suite's calls, the bytes that the driver sent, and the writing request that came last before it,
 * where no bytes came between them. How many other requests came is left open: a busy system sets the same thing once more or less, or before the section begins.
 */
export interface Needs {
  readonly epoch: number;
  readonly outs: ReadonlyMap<number, number>;
  readonly write: { readonly key: string; readonly times: number; readonly meaning: string | undefined } | undefined;
}

export interface ControlAnswer {
  /** Of the event in the cassette. */
  readonly index: number;
  readonly epoch: number;
  readonly status: TransferStatus;
  readonly setup: SetupPacket;
  /** Of an OUT request what the driver sent; of an IN request the answer. */
  readonly data: Uint8Array;
  readonly meaning: string | undefined;
}

export interface OutStretch {
  readonly index: number;
  readonly epoch: number;
  readonly status: string;
  readonly from: number;
  readonly to: number;
  readonly meaning: string | undefined;
}

/** All that the driver sent to one endpoint: one stream, however it was cut into transfers. */
export interface OutStream {
  readonly bytes: Uint8Array;
  readonly stretches: readonly OutStretch[];
  /** What was made unreadable at record time, [from, to) in order. */
  readonly hidden: readonly (readonly [number, number])[];
}

export interface InChunk {
  readonly index: number;
  readonly endpoint: number;
  readonly kind: 'bulk' | 'interrupt';
  readonly status: string;
  readonly data: Uint8Array;
  readonly needs: Needs;
  /** Milliseconds after the last thing that it may depend on. */
  readonly after: number;
}

/** Something that the suite did to the device. */
export interface SuiteCall {
  readonly name: string;
  readonly index: number;
  /** What stands for the values that it brought; a tape of an earlier time has none. */
  readonly with?: string;
}

/** From one plug, or from the beginning of one test, to the next: what happens in it is played by cause, not by the clock. */
export interface Section {
  readonly begins: 'plug' | 'mark';
  /** Test that it belongs to. */
  readonly name: string | undefined;
  readonly index: number;
  readonly calls: readonly SuiteCall[];
  readonly controls: ReadonlyMap<string, readonly ControlAnswer[]>;
  readonly outs: ReadonlyMap<number, OutStream>;
  readonly ins: readonly InChunk[];
  readonly exchanges: readonly Exchange[];
}

const heldByCore: ReadonlySet<number> = new Set([1, 2, 3, 6, 7, 15]);

/** Whether a request is answered from the descriptors, in any order and number, and so has no place on the tape. */
export function isStandard(setup: SetupPacket): boolean {
  return (setup.requestType & 0x60) === 0 && (setup.request !== 6 || heldByCore.has(setup.value >>> 8));
}

export function isWrite(setup: SetupPacket): boolean {
  return (setup.requestType & 0x80) === 0;
}

/** What a request asks, without the bytes it brings. */
export function requestKey(setup: SetupPacket): string {
  return `${setup.requestType}/${setup.request}/${setup.value}/${setup.index}`;
}

/** A writing request with the bytes it brings. */
export function writeKey(setup: SetupPacket, data: Uint8Array): string {
  return `${requestKey(setup)}/${Buffer.from(data).toString('hex')}`;
}

/** Sorts the events of a cassette into sections; what crossed paired endpoints into exchanges. Pure; O(events). */
export function toSections(events: readonly CassetteEvent[], pairs: EndpointPairs = new Map()): Section[] {
  const sections: Section[] = [];
  let open: SectionBuilder | undefined;
  let test: string | undefined;
  for (const [index, event] of events.entries()) {
    if (event.kind === 'plug' || event.kind === 'mark') {
      if (event.kind === 'mark') test = event.name;
      if (open) sections.push(open.build());
      open = new SectionBuilder(event.kind, test, index, pairs);
    } else {
      open?.add(event, index);
    }
  }
  if (open) sections.push(open.build());
  return sections;
}

class SectionBuilder {
  readonly #begins: 'plug' | 'mark';
  readonly #name: string | undefined;
  readonly #index: number;
  readonly #calls: SuiteCall[] = [];
  readonly #controls = new Map<string, ControlAnswer[]>();
  readonly #pieces = new Map<number, { bytes: Uint8Array[]; length: number; stretches: OutStretch[]; hidden: [number, number][] }>();
  readonly #ins: InChunk[] = [];
  readonly #writes = new Map<string, number>();
  /** The last thing that the driver did, where it was a writing request. */
  #lastWrite: Needs['write'];
  /** Time of the last thing that the host or the suite did. */
  #cause = 0;
  readonly #lastIn = new Map<number, number>();
  readonly #exchanges: ExchangeBuilder;

  constructor(begins: 'plug' | 'mark', name: string | undefined, index: number, pairs: EndpointPairs) {
    this.#exchanges = new ExchangeBuilder(pairs);
    this.#begins = begins;
    this.#name = name;
    this.#index = index;
  }

  add(event: CassetteEvent, index: number): void {
    const { kind, endpoint = 0, setup, status = 'ok', data = new Uint8Array(0), t } = event;
    if (kind === 'bulk' && this.#exchanges.add(event, index, this.#calls.length)) return;
    if (kind === 'call') {
      this.#calls.push({ name: event.name ?? '', index, ...(event.with === undefined ? {} : { with: event.with }) });
      this.#exchanges.called(t);
      this.#cause = t;
    } else if (kind === 'control' && setup && !isStandard(setup)) {
      this.#cause = t;
      const key = requestKey(setup);
      const answers = this.#controls.get(key) ?? [];
      answers.push({ index, epoch: this.#calls.length, status: status as TransferStatus, setup, data, meaning: event.meaning });
      this.#controls.set(key, answers);
      if (isWrite(setup)) {
        const write = writeKey(setup, data);
        const times = (this.#writes.get(write) ?? 0) + 1;
        this.#writes.set(write, times);
        this.#lastWrite = { key: write, times, meaning: event.meaning };
      }
    } else if ((kind === 'bulk' || kind === 'interrupt') && (endpoint & 0x80) === 0) {
      this.#cause = t;
      if (data.length > 0) this.#lastWrite = undefined;
      const stream = this.#pieces.get(endpoint) ?? { bytes: [], length: 0, stretches: [], hidden: [] };
      for (const [from, to] of event.hidden ?? []) stream.hidden.push([stream.length + from, stream.length + to]);
      stream.stretches.push({ index, epoch: this.#calls.length, status, from: stream.length, to: stream.length + data.length, meaning: event.meaning });
      stream.bytes.push(data);
      stream.length += data.length;
      this.#pieces.set(endpoint, stream);
    } else if (kind === 'bulk' || kind === 'interrupt') {
      const before = Math.max(this.#cause, this.#lastIn.get(endpoint) ?? 0);
      this.#lastIn.set(endpoint, t);
      const outs = new Map([...this.#pieces].map(([address, { length }]) => [address, length]));
      this.#ins.push({ index, endpoint, kind, status, data, needs: { epoch: this.#calls.length, outs, write: this.#lastWrite }, after: before === 0 ? 0 : Math.max(0, t - before) });
    }
  }

  build(): Section {
    const outs = new Map([...this.#pieces].map(([endpoint, { bytes, stretches, hidden }]) => [endpoint, { bytes: new Uint8Array(Buffer.concat(bytes)), stretches, hidden }]));
    return { begins: this.#begins, name: this.#name, index: this.#index, calls: this.#calls, controls: this.#controls, outs, ins: this.#ins, exchanges: this.#exchanges.build() };
  }
}
