import { oneLine } from '../base/one-line.ts';
import { shownBytes } from '../emulation/cassette/divergence.ts';
import type { Cassette, CassetteEvent, CassetteOrigin } from '../wire/cassette/cassette.ts';

export interface CassetteSummary {
  readonly device: string;
  readonly origin: CassetteOrigin;
  readonly recordedAt: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly scrubbed: readonly string[];
  readonly events: number;
  readonly transfers: number;
  /** Bytes that were moved. */
  readonly bytes: number;
  readonly seconds: number;
  /** Ids of the tests that were recorded, in order. */
  readonly tests: readonly string[];
}

/** What a person wants to know of a cassette first. */
export function cassetteSummary({ head, events }: Cassette): CassetteSummary {
  const transfers = events.filter(({ kind }) => kind === 'control' || kind === 'bulk' || kind === 'interrupt');
  const { origin, recordedAt, environment, scrubbed, model } = head;
  return {
    device: `${typeof model['name'] === 'string' ? model['name'] : model.id} (${model.id})`,
    origin,
    recordedAt,
    environment,
    scrubbed,
    events: events.length,
    transfers: transfers.length,
    bytes: transfers.reduce((sum, { data }) => sum + (data?.length ?? 0), 0),
    seconds: Math.round(events.at(-1)?.t ?? 0) / 1000,
    tests: events.flatMap(({ kind, name }) => (kind === 'mark' && name !== undefined ? [name] : [])),
  };
}

/** One event in a line: number, seconds, who, what, bytes, meaning. What the device sent is untrusted: only hex and our own words are shown. */
export function cassetteEventLine({ t, from, kind, endpoint, setup, status, data, hidden, name, meaning }: CassetteEvent, number: number): string {
  const what = setup ? `${hex(setup.requestType)} ${hex(setup.request)} value ${hex(setup.value, 4)} index ${hex(setup.index, 4)} length ${setup.length}` : endpoint === undefined ? '' : `endpoint ${endpoint & 0x0f} ${(endpoint & 0x80) === 0 ? 'out' : 'in'}`;
  const bytes = data ? shownBytes(data, 24) : '';
  const words = [String(number).padStart(6), (t / 1000).toFixed(6).padStart(12), from.padEnd(6), kind.padEnd(9), name === undefined ? undefined : oneLine(name, 200), what, status === undefined || status === 'ok' ? undefined : oneLine(status, 200), bytes, hidden ? `(${hidden.reduce((sum, [from, to]) => sum + to - from, 0)} bytes hidden)` : undefined, meaning === undefined ? undefined : `| ${oneLine(meaning, 200)}`];
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}

function hex(value: number, digits = 2): string {
  return value.toString(16).padStart(digits, '0');
}
