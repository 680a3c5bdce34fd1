import type { CellTraceKind, CellTraceLine } from '../../wire/cell-trace/cell-trace.ts';
import type { ItemPart, ItemState, TraceItem } from './trace-item.ts';

type LineOf<Kind extends CellTraceKind> = Extract<CellTraceLine, { readonly kind: Kind }>;

const stateOfOutcome: Readonly<Record<string, ItemState>> = { PASS: 'ok', SKIP: 'skip' };

/** The lines that a cell wrote of itself as items: what has a beginning and an end becomes one of them. `end`: when the attempt ended, for what has no end. */
export function storyItems(lines: readonly CellTraceLine[], end: number): TraceItem[] {
  const items: TraceItem[] = [];
  const commandEnds = new Map(lines.filter((line) => line.kind === 'command-end').map((line) => [line.n, line]));
  const waitEnds = new Map(lines.filter((line) => line.kind === 'wait-end').map((line) => [line.n, line]));
  const phases = lines.filter((line) => line.kind === 'phase');
  lines.forEach((line, index) => {
    switch (line.kind) {
      case 'phase': {
        const next = phases.find(({ t }) => t > line.t);
        if (line.phase !== 'end') items.push({ lane: 'phase', t: line.t, took: Math.max(0, (next?.t ?? end) - line.t), text: line.phase });
        return;
      }
      case 'test':
        items.push(testItem(line, lines, index));
        return;
      case 'command':
        items.push(commandItem(line, commandEnds.get(line.n)));
        return;
      case 'wait':
        items.push(waitItem(line, waitEnds.get(line.n)));
        return;
      case 'assertion':
        items.push({ lane: 'assertion', t: line.t, text: line.said, state: line.ok ? 'ok' : 'bad', parts: partsOf({ expected: line.expected, actual: line.actual, at: line.at }) });
        return;
      case 'exchange':
        items.push({ lane: 'exchange', t: line.t, took: line.ms, text: `${line.protocol === 'ipp' ? 'IPP' : line.protocol === 'escl' ? 'eSCL' : 'HTTP'} ${line.asked}${line.answered === undefined ? '' : ` → ${line.answered}`}`, ...(line.ok ? {} : { state: 'warn' }), parts: partsOf({ request: line.request, reply: line.reply }) });
        return;
      case 'measured':
        items.push({ lane: 'note', t: line.t, text: `${line.name} = ${line.value}` });
        return;
      case 'kept':
        items.push({ lane: 'note', t: line.t, text: line.name, parts: partsOf({ file: line.path }) });
        return;
      case 'trace':
      case 'test-end':
      case 'command-end':
      case 'wait-end':
      case 'screenshot':
      case 'console':
      case 'uptime':
      case 'cut':
        return;
    }
  });
  return items;
}

/** Parts that are there. */
export function partsOf(parts: Readonly<Record<string, string | undefined>>): readonly ItemPart[] {
  return Object.entries(parts).flatMap(([name, text]) => (text === undefined || text === '' ? [] : [{ name, text }]));
}

/** The end of a test is the first behind its beginning that names it. */
function testItem(line: LineOf<'test'>, lines: readonly CellTraceLine[], index: number): TraceItem {
  const end = lines.find((other, place): other is LineOf<'test-end'> => place > index && other.kind === 'test-end' && other.id === line.id);
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
