import type { CellTraceKind, CellTraceLine } from '../../wire/cell-trace/cell-trace.ts';
import type { ItemPart, ItemState, TraceItem } from './trace-item.ts';

type LineOf<Kind extends CellTraceKind> = Extract<CellTraceLine, { readonly kind: Kind }>;

const stateOfOutcome: Readonly<Record<string, ItemState>> = { PASS: 'ok', SKIP: 'skip' };

/** The lines that a cell wrote of itself as items: what has a beginning and an end becomes one of them. `end`: when the attempt ended, for what has no end. */
export function storyItems(lines: readonly CellTraceLine[], end: number): TraceItem[] {
  const items: TraceItem[] = [];
  const commandEnds = new Map(lines.filter((line) => line.kind === 'command-end').map((line) => [line.n, line]));
  const waitEnds = new Map(lines.filter((line) => line.kind === 'wait-end').map((line) => [line.n, line]));
  const testEnds = endsOfTests(lines);
  const phaseEnds = endsOfPhases(lines);
  for (const line of lines) {
    switch (line.kind) {
      case 'phase': {
        if (line.phase !== 'end') items.push({ lane: 'phase', t: line.t, took: Math.max(0, (phaseEnds.get(line) ?? end) - line.t), text: line.phase });
        break;
      }
      case 'test':
        items.push(testItem(line, testEnds.get(line)));
        break;
      case 'command':
        items.push(commandItem(line, commandEnds.get(line.n)));
        break;
      case 'wait':
        items.push(waitItem(line, waitEnds.get(line.n)));
        break;
      case 'assertion':
        items.push({ lane: 'assertion', t: line.t, text: line.said, state: line.ok ? 'ok' : 'bad', parts: partsOf({ expected: line.expected, actual: line.actual, at: line.at }) });
        break;
      case 'exchange':
        items.push({ lane: 'exchange', t: line.t, took: line.ms, text: `${line.protocol === 'ipp' ? 'IPP' : line.protocol === 'escl' ? 'eSCL' : 'HTTP'} ${line.asked}${line.answered === undefined ? '' : ` → ${line.answered}`}`, ...(line.ok ? {} : { state: 'warn' }), parts: partsOf({ request: line.request, reply: line.reply }) });
        break;
      case 'divergence':
        items.push({ lane: 'wire', t: line.t, text: `≠ ${line.found}`, state: 'bad', parts: partsOf({ divergence: line.what, expected: line.expected, actual: line.found, before: line.before }) });
        break;
      case 'measured':
        items.push({ lane: 'note', t: line.t, text: `${line.name} = ${line.value}` });
        break;
      case 'kept':
        items.push({ lane: 'note', t: line.t, text: line.name, parts: partsOf({ file: line.path }) });
        break;
      case 'trace':
      case 'test-end':
      case 'command-end':
      case 'wait-end':
      case 'screenshot':
      case 'console':
      case 'uptime':
      case 'cut':
        break;
    }
  }
  return items;
}

/** Parts that are there. */
export function partsOf(parts: Readonly<Record<string, string | undefined>>): readonly ItemPart[] {
  return Object.entries(parts).flatMap(([name, text]) => (text === undefined || text === '' ? [] : [{ name, text }]));
}

/** The end of a test is the first behind its beginning that names it. */
function endsOfTests(lines: readonly CellTraceLine[]): ReadonlyMap<LineOf<'test'>, LineOf<'test-end'>> {
  const next = new Map<string, LineOf<'test-end'>>();
  const ends = new Map<LineOf<'test'>, LineOf<'test-end'>>();
  for (const line of lines.toReversed()) {
    if (line.kind === 'test-end') next.set(line.id, line);
    const end = line.kind === 'test' ? next.get(line.id) : undefined;
    if (line.kind === 'test' && end) ends.set(line, end);
  }
  return ends;
}

/** A phase ends when a later one begins. */
function endsOfPhases(lines: readonly CellTraceLine[]): ReadonlyMap<LineOf<'phase'>, number> {
  const ends = new Map<LineOf<'phase'>, number>();
  let [at, later]: (number | undefined)[] = [];
  for (const line of lines.toReversed()) {
    if (line.kind !== 'phase') continue;
    if (line.t !== at) [at, later] = [line.t, at];
    if (later !== undefined) ends.set(line, later);
  }
  return ends;
}

function testItem(line: LineOf<'test'>, end: LineOf<'test-end'> | undefined): TraceItem {
  const parts = partsOf({ said: end?.said, feature: line.feature, expected: end?.expected, actual: end?.actual, stack: end?.stack });
  return { lane: 'test', t: line.t, took: end ? end.t - line.t : -1, text: line.title, state: end ? (stateOfOutcome[end.outcome] ?? 'bad') : 'bad', parts: [{ name: 'outcome', text: end?.outcome ?? '…' }, ...parts] };
}

function commandItem(line: LineOf<'command'>, end: LineOf<'command-end'> | undefined): TraceItem {
  const wrong = end?.error !== undefined;
  const cut = (length: number | undefined, text: string | undefined): string | undefined => (length !== undefined && text !== undefined && length > text.length ? `${length}` : undefined);
  const parts = partsOf({ command: line.command, input: line.input === undefined ? undefined : `${line.input}`, code: end?.code === undefined ? undefined : `${end.code}`, error: end?.error, out: end?.out, outLength: cut(end?.outLength, end?.out), err: end?.err, errLength: cut(end?.errLength, end?.err) });
  const state: ItemState | undefined = !end || wrong ? 'bad' : end.code !== undefined && end.code !== 0 ? 'warn' : undefined;
  return { lane: 'command', t: line.t, took: end ? end.t - line.t : -1, text: `${line.command.split('\n')[0] ?? ''}${end?.code ? ` → ${end.code}` : ''}`, ...(state ? { state } : {}), parts };
}

function waitItem(line: LineOf<'wait'>, end: LineOf<'wait-end'> | undefined): TraceItem {
  return { lane: 'wait', t: line.t, took: end ? end.t - line.t : -1, text: line.what, ...(end?.ok ? {} : { state: 'bad' }), parts: partsOf({ looks: end ? `${end.looks}` : undefined, saw: end?.saw }) };
}
