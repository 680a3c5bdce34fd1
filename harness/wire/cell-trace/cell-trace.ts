/** The format's name and version; the first line of a file carries it. */
export const cellTraceSchema = 'hwlab/cell-trace/1';

/** Milliseconds since 1970 of a clock that never goes back while a process lives, as the wire trace has them. */
interface At {
  readonly t: number;
}

/**
 * A line of `trace.jsonl`: what an attempt of a cell did, and when. What takes time has a line when it begins and one when it ends, so that a file that
 * ends in the middle says what was going on. The bytes on the cable are in `wire.jsonl` beside it, on the same clock. docs/cell-trace.md explains each.
 */
export type CellTraceLine = At &
  (
    | { readonly kind: 'trace'; readonly schema: string; readonly cell: string; readonly attempt: number }
    | { readonly kind: 'phase'; readonly phase: 'restore' | 'connect' | 'attach' | 'tests' | 'collect' | 'discard' | 'end' }
    | { readonly kind: 'test'; readonly id: string; readonly title: string; readonly feature: string }
    | { readonly kind: 'test-end'; readonly id: string; readonly outcome: string; readonly said?: string; readonly expected?: string; readonly actual?: string; readonly stack?: string }
    | { readonly kind: 'command'; readonly n: number; readonly command: string; readonly input?: number }
    | { readonly kind: 'command-end'; readonly n: number; readonly code?: number; readonly error?: string; readonly out?: string; readonly err?: string; readonly outLength?: number; readonly errLength?: number }
    | { readonly kind: 'wait'; readonly n: number; readonly what: string }
    | { readonly kind: 'wait-end'; readonly n: number; readonly ok: boolean; readonly looks: number; readonly saw?: string }
    | { readonly kind: 'assertion'; readonly ok: boolean; readonly said: string; readonly expected?: string; readonly actual?: string; readonly at?: string }
    | { readonly kind: 'exchange'; readonly protocol: string; readonly ms: number; readonly asked: string; readonly answered?: string; readonly ok: boolean; readonly request?: string; readonly reply?: string }
    | { readonly kind: 'divergence'; readonly what: string; readonly expected: string; readonly found: string; readonly before?: string }
    | { readonly kind: 'measured'; readonly name: string; readonly value: number }
    | { readonly kind: 'kept'; readonly name: string; readonly path: string; readonly mediaType: string }
    | { readonly kind: 'screenshot'; readonly path: string }
    | { readonly kind: 'console'; readonly bytes: number }
    | { readonly kind: 'uptime'; readonly seconds: number }
    | { readonly kind: 'cut'; readonly what: string }
  );

export type CellTraceKind = CellTraceLine['kind'];
type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'string?' | 'number?'>>;

const shapes: Readonly<Record<CellTraceKind, Shape>> = {
  trace: { schema: 'string', cell: 'string', attempt: 'number' },
  phase: { phase: 'string' },
  test: { id: 'string', title: 'string', feature: 'string' },
  'test-end': { id: 'string', outcome: 'string', said: 'string?', expected: 'string?', actual: 'string?', stack: 'string?' },
  command: { n: 'number', command: 'string', input: 'number?' },
  'command-end': { n: 'number', code: 'number?', error: 'string?', out: 'string?', err: 'string?', outLength: 'number?', errLength: 'number?' },
  wait: { n: 'number', what: 'string' },
  'wait-end': { n: 'number', ok: 'boolean', looks: 'number', saw: 'string?' },
  assertion: { ok: 'boolean', said: 'string', expected: 'string?', actual: 'string?', at: 'string?' },
  exchange: { protocol: 'string', ms: 'number', asked: 'string', answered: 'string?', ok: 'boolean', request: 'string?', reply: 'string?' },
  divergence: { what: 'string', expected: 'string', found: 'string', before: 'string?' },
  measured: { name: 'string', value: 'number' },
  kept: { name: 'string', path: 'string', mediaType: 'string' },
  screenshot: { path: 'string' },
  console: { bytes: 'number' },
  uptime: { seconds: 'number' },
  cut: { what: 'string' },
};

/** Milliseconds since 1970 that a Date can hold: one line that says otherwise would stretch the time of a whole trace until nothing is seen of it. */
export function isMoment(t: unknown): t is number {
  return typeof t === 'number' && t >= 0 && t <= 8.64e15;
}

/** A line of a cell's trace; undefined for one that is cut off, of a kind that this version does not know, or without what its kind has. */
export function parseTraceLine(text: string): CellTraceLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const { t, kind } = record;
  if (!isMoment(t) || typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return undefined;
  const read: Record<string, unknown> = { t, kind };
  for (const [name, type] of Object.entries(shapes[kind as CellTraceKind])) {
    const field = Object.hasOwn(record, name) ? record[name] : undefined;
    if (field === undefined && type.endsWith('?')) continue;
    if (typeof field !== type.replace('?', '') || (typeof field === 'number' && !Number.isFinite(field))) return undefined;
    read[name] = field;
  }
  return read as unknown as CellTraceLine;
}
