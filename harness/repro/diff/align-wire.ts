import type { WireEvent } from '../../emulation/usb-device.ts';

/** One step of two traces side by side. */
export interface WireStep {
  readonly kind: 'same' | 'only-first' | 'only-second';
  readonly first?: WireEvent;
  readonly second?: WireEvent;
}

export interface WireAlignment {
  readonly steps: readonly WireStep[];
  /** Index in `steps` of the first that is not the same; undefined when none is. */
  readonly divergesAt: number | undefined;
  /** True when the traces were too different, or too long, to be aligned to their end. */
  readonly cut: boolean;
}

/** Most events of a trace that are looked at, and most differences that are followed. */
const mostEvents = 20_000;
const mostDifferences = 1500;
/** Of traces that cannot be aligned, what is shown behind their common beginning. */
const screenful = 50;

/** Two things on the cable beside each other; `undefined` on the side that has none. */
export interface WireRow {
  readonly same: boolean;
  readonly first: WireEvent | undefined;
  readonly second: WireEvent | undefined;
}

/** Steps as rows of two columns: where the traces part, the first's next thing stands beside the second's. */
export function sideBySide(steps: readonly WireStep[]): readonly WireRow[] {
  const rows: WireRow[] = [];
  for (let at = 0; at < steps.length; ) {
    const { kind, first, second } = steps[at] as WireStep;
    if (kind === 'same') {
      rows.push({ same: true, first, second });
      at += 1;
      continue;
    }
    let end = at;
    while (end < steps.length && steps[end]?.kind !== 'same') end += 1;
    const parted = steps.slice(at, end);
    const ofFirst = parted.flatMap((step) => step.first ?? []);
    const ofSecond = parted.flatMap((step) => step.second ?? []);
    for (let row = 0; row < Math.max(ofFirst.length, ofSecond.length); row += 1) rows.push({ same: false, first: ofFirst[row], second: ofSecond[row] });
    at = end;
  }
  return rows;
}

/**
 * Two traces of the cable request by request. Requests are the same when driver or device did the same: kind, endpoint, setup packet, status and meaning;
 * times never matter, and of bulk data only its first bytes do where nothing names it; ids that are drawn anew each time do not. The shortest edit script (E. Myers, "An O(ND) difference
 * algorithm and its variations", 1986); beyond 1,500 differences the rest is left out and said to be.
 */
export function alignWire(first: readonly WireEvent[], second: readonly WireEvent[]): WireAlignment {
  const a = first.slice(0, mostEvents);
  const b = second.slice(0, mostEvents);
  const interchangeable = [...a, ...b].some(({ kind, meaning }) => kind === 'bulk' && / HTTP\/1\.[01]$/.test(meaning ?? ''));
  const key = (event: WireEvent): string => wireKey(event, interchangeable);
  const keysA = a.map(key);
  const keysB = b.map(key);
  const { path, cut } = shortestEdit(keysA, keysB);
  const steps = path.map(([x, y]): WireStep => (x !== undefined && y !== undefined ? { kind: 'same', ...at(a, x, 'first'), ...at(b, y, 'second') } : x !== undefined ? { kind: 'only-first', ...at(a, x, 'first') } : { kind: 'only-second', ...at(b, y ?? 0, 'second') }));
  const divergesAt = steps.findIndex(({ kind }) => kind !== 'same');
  return { steps, divergesAt: divergesAt < 0 ? undefined : divergesAt, cut: cut || first.length > mostEvents || second.length > mostEvents };
}

/**
 * What makes two events the same thing.
 * @param interchangeable requests of HTTP go over whichever bulk interface is free (IPP over USB), so that its number says nothing
 */
function wireKey({ from, kind, endpoint, setup, status, meaning, head, length }: WireEvent, interchangeable: boolean): string {
  const data = meaning?.replace(drawnIds, '-') ?? (kind === 'control' ? `${head ?? ''}` : `${withoutRequestId(head ?? '').slice(0, 16)} ${length ?? ''}`);
  return [from, kind, interchangeable && kind === 'bulk' ? '' : (endpoint ?? ''), setup ? `${setup.requestType} ${setup.request} ${setup.value} ${setup.index} ${setup.length}` : '', status ?? '', data].join('|');
}

/** Names that a client or a device draws anew each time, such as that of a scan job in its address (RFC 9562, 4). */
const drawnIds = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** The number of a request of IPP is drawn by who asks (RFC 8010, 3.4.2): version, code, number, and the tag 01 of the first group. */
function withoutRequestId(head: string): string {
  return head.replace(/^(0[12]0[0-2][0-9a-f]{4})[0-9a-f]{8}(?=01)/, '$1--------');
}

function at(events: readonly WireEvent[], index: number, side: 'first' | 'second'): { readonly first?: WireEvent; readonly second?: WireEvent } {
  const event = events[index];
  return event === undefined ? {} : side === 'first' ? { first: event } : { second: event };
}

type Pair = readonly [number | undefined, number | undefined];

function shortestEdit(a: readonly string[], b: readonly string[]): { readonly path: readonly Pair[]; readonly cut: boolean } {
  let begin = 0;
  while (begin < a.length && begin < b.length && a[begin] === b[begin]) begin += 1;
  const head: Pair[] = Array.from({ length: begin }, (_, index) => [index, index]);
  const n = a.length - begin;
  const m = b.length - begin;
  const most = Math.min(n + m, mostDifferences);
  const rows: Int32Array[] = [];
  let row = new Int32Array(2 * most + 3);
  const middle = most + 1;
  for (let d = 0; d <= most; d += 1) {
    rows.push(row.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (row[middle + k - 1] ?? 0) < (row[middle + k + 1] ?? 0));
      let x = down ? (row[middle + k + 1] ?? 0) : (row[middle + k - 1] ?? 0) + 1;
      while (x < n && x - k < m && a[begin + x] === b[begin + x - k]) x += 1;
      row[middle + k] = x;
      if (x >= n && x - k >= m) return { path: [...head, ...walkBack(rows, middle, d, n, m).map(([p, q]): Pair => [p === undefined ? p : p + begin, q === undefined ? q : q + begin])], cut: false };
    }
    row = row.slice();
  }
  // Not to be aligned: what comes behind the common beginning stands apart, a screenful of each.
  const rest = (length: number): number[] => Array.from({ length: Math.min(length, screenful) }, (_, index) => begin + index);
  return { path: [...head, ...rest(n).map((x): Pair => [x, undefined]), ...rest(m).map((y): Pair => [undefined, y])], cut: true };
}

function walkBack(rows: readonly Int32Array[], middle: number, last: number, n: number, m: number): Pair[] {
  const path: Pair[] = [];
  let x = n;
  let y = m;
  for (let d = last; d > 0; d -= 1) {
    const row = rows[d] ?? new Int32Array(0);
    const k = x - y;
    const down = k === -d || (k !== d && (row[middle + k - 1] ?? 0) < (row[middle + k + 1] ?? 0));
    const fromK = down ? k + 1 : k - 1;
    const fromX = row[middle + fromK] ?? 0;
    const fromY = fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0) path.push([(x -= 1), (y -= 1)]);
    if (down) path.push([undefined, (y -= 1)]);
    else path.push([(x -= 1), undefined]);
  }
  while (x > 0 && y > 0) path.push([(x -= 1), (y -= 1)]);
  return path.reverse();
}
