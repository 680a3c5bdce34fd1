import type { EmulatedModel, WireListener } from '../../emulation/usb-device.ts';
import { describeExchange } from '../../wire/http/describe-exchange.ts';
import { HttpReader, type HttpMessage } from '../../wire/http/http-reader.ts';
import type { Trace } from './cell-trace-file.ts';

/** Requests without an answer that are remembered. */
const mostOpen = 64;

/** One connection over which HTTP goes; tells each request with its answer. */
export class ExchangeTrace {
  readonly #trace: Trace;
  readonly #open: { readonly t: number; readonly message: HttpMessage }[] = [];
  readonly #host: HttpReader;
  readonly #device: HttpReader;
  #began = 0;
  #now = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#host = new HttpReader((message) => {
      if (this.#open.length < mostOpen) this.#open.push({ t: this.#began, message });
      this.#began = 0;
    });
    this.#device = new HttpReader((message) => this.#answered(message));
  }

  /** Bytes that went over it at `t`, milliseconds since 1970. */
  moved(from: 'host' | 'device', data: Uint8Array, t: number): void {
    this.#now = t;
    if (from === 'device') {
      this.#device.feed(data);
      return;
    }
    this.#began ||= t;
    this.#host.feed(data);
  }

  reset(): void {
    this.#host.end();
    this.#device.end();
    this.#open.length = 0;
    this.#began = 0;
  }

  #answered(reply: HttpMessage): void {
    const asked = this.#open.shift();
    if (!asked) return;
    this.#trace({ kind: 'exchange', ms: Math.max(0, Math.round((this.#now - asked.t) * 10) / 10), ...describeExchange(asked.message, reply) }, asked.t);
  }
}

/** Watches the interfaces of a device that carry HTTP over USB (class 7, subclass 1, protocol 4); undefined for a device that has none. */
export function traceUsbExchanges(model: EmulatedModel, trace: Trace): WireListener | undefined {
  const byEndpoint = new Map<number, ExchangeTrace>();
  for (const { alternates } of model.usb.configuration.interfaces) {
    for (const { class: [major, minor, protocol], endpoints } of alternates) {
      if (major !== 7 || minor !== 1 || protocol !== 4) continue;
      const exchanges = new ExchangeTrace(trace);
      for (const { address } of endpoints) byEndpoint.set(Number(address), exchanges);
    }
  }
  if (byEndpoint.size === 0) return undefined;
  return (event, data) => {
    if (event.kind === 'bulk' && event.endpoint !== undefined && data) byEndpoint.get(event.endpoint)?.moved(event.from, data, event.t);
    else if (event.kind === 'plug' || event.kind === 'reset' || event.kind === 'configuration') for (const exchanges of new Set(byEndpoint.values())) exchanges.reset();
  };
}
