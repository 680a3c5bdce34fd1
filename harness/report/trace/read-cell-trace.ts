import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Result } from '../../db/generated/result.ts';
import { cellTraceSchema, parseTraceLine, type CellTraceLine } from '../../wire/cell-trace/cell-trace.ts';
import { consoleItems, kernelItems } from './log-items.ts';
import { readBounded } from './read-bounded.ts';
import { storyItems } from './story-items.ts';
import { lanes, type CellTrace, type Lane, type TraceItem, type TraceLoss, type TracePicture } from './trace-item.ts';
import { wireItems } from './wire-items.ts';

export interface TraceLimits {
  /** Bytes read of each file. */
  readonly fileBytes: number;
  /** Items of each lane in an attempt. */
  readonly itemsOfLane: number;
  readonly pictures: number;
  readonly pictureBytes: number;
}

export const usualTraceLimits: TraceLimits = { fileBytes: 20 * 2 ** 20, itemsOfLane: 20_000, pictures: 8, pictureBytes: 2 * 2 ** 20 };

/**
 * Reads what a cell left in its folder (`a1`, `a2`, one an attempt): its own trace, the wire, console, kernel log, screenshots. A file that is missing, cut
 * off or wrong in places costs just what it had, and is named in `losses`. All of it is text of the guest and the device, to be escaped by whoever shows it.
 * @param folder absolute, of the cell
 */
export async function readCellTrace(folder: string, result: Result | undefined, limits: TraceLimits = usualTraceLimits): Promise<CellTrace> {
  const attempts = (await readdir(folder).catch(() => [])).filter((name) => /^a\d{1,2}$/.test(name)).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const read = await Promise.all(attempts.map(async (name) => readAttempt(join(folder, name), Number(name.slice(1)), limits)));
  return {
    cell: result?.cell.id ?? read.find(({ cell }) => cell !== undefined)?.cell ?? basename(folder),
    ...(result ? { result: result.id, outcome: result.outcome } : {}),
    facts: result ? factsOf(result) : [],
    attempts: read.flatMap(({ number, t }) => (t === undefined ? [] : [{ number, t }])),
    items: read.flatMap(({ items }, index) => items.map((item) => (item.picture === undefined ? item : { ...item, picture: item.picture + read.slice(0, index).reduce((sum, one) => sum + one.pictures.length, 0) }))).sort((a, b) => a.t - b.t || lanes.indexOf(a.lane) - lanes.indexOf(b.lane)),
    pictures: read.flatMap(({ pictures }) => pictures),
    losses: read.flatMap(({ losses }) => losses),
  };
}

interface Attempt {
  readonly number: number;
  readonly cell: string | undefined;
  readonly t: number | undefined;
  readonly items: readonly TraceItem[];
  readonly pictures: readonly TracePicture[];
  readonly losses: readonly TraceLoss[];
}

async function readAttempt(folder: string, number: number, limits: TraceLimits): Promise<Attempt> {
  const losses: TraceLoss[] = [];
  const place = basename(folder);
  const file = async (name: string, needed: boolean): Promise<Buffer> => {
    const read = await readBounded(join(folder, name), limits.fileBytes);
    if (!read && needed) losses.push({ kind: 'file-missing', what: `${place}/${name}` });
    if (read && read.size > read.bytes.length) losses.push({ kind: 'file-cut', what: `${place}/${name}`, count: limits.fileBytes });
    return read?.bytes ?? Buffer.alloc(0);
  };
  const lines = storyLines((await file('trace.jsonl', true)).toString('utf8'), place, losses);
  const wire = wireItems((await file('wire.jsonl', true)).toString('utf8'));
  if (wire.unreadable > 0) losses.push({ kind: 'lines-unreadable', what: `${place}/wire.jsonl`, count: wire.unreadable });
  if (wire.folded > 0) losses.push({ kind: 'wire-folded', what: `${place}/wire.jsonl`, count: wire.folded });
  const known = [...lines.map(({ t }) => t), ...wire.items.map(({ t }) => t)];
  const begin = known.reduce((least, t) => Math.min(least, t), Infinity);
  const end = known.reduce((most, t) => Math.max(most, t), -Infinity);
  const anchor = lines.findLast((line) => line.kind === 'uptime');
  const bounded = (lane: Lane, items: Iterable<TraceItem>): readonly TraceItem[] => boundedLane(items, limits.itemsOfLane, `${place} ${lane}`, losses);
  const kernel = anchor ? bounded('kernel', kernelItems((await file('kernel.log', false)).toString('utf8'), anchor, begin)) : [];
  const console = known.length > 0 ? bounded('console', consoleItems(await file('console.log', false), lines, begin)) : [];
  const screens = await readScreens(folder, lines, limits, losses);
  const others = Map.groupBy([...storyItems(lines, end), ...wire.items, ...screens.items], ({ lane }) => lane);
  const items = [...[...others].flatMap(([lane, own]) => bounded(lane, own)), ...kernel, ...console];
  const head = lines.find((line) => line.kind === 'trace');
  return { number, cell: head?.cell, t: known.length > 0 ? begin : undefined, items, pictures: screens.pictures, losses };
}

function storyLines(text: string, place: string, losses: TraceLoss[]): readonly CellTraceLine[] {
  const all = text.split('\n').filter((line) => line !== '');
  const lines = all.map(parseTraceLine).filter((line) => line !== undefined);
  if (lines.length < all.length) losses.push({ kind: 'lines-unreadable', what: `${place}/trace.jsonl`, count: all.length - lines.length });
  const head = lines.find((line) => line.kind === 'trace');
  if (head && head.schema !== cellTraceSchema) losses.push({ kind: 'said', what: `${place}/trace.jsonl: ${head.schema.slice(0, 80)}, not ${cellTraceSchema}` });
  for (const line of lines) if (line.kind === 'cut') losses.push({ kind: 'said', what: `${place}: ${line.what.slice(0, 300)}` });
  return lines.toSorted((a, b) => a.t - b.t);
}

async function readScreens(folder: string, lines: readonly CellTraceLine[], limits: TraceLimits, losses: TraceLoss[]): Promise<{ readonly items: readonly TraceItem[]; readonly pictures: readonly TracePicture[] }> {
  const items: TraceItem[] = [];
  const pictures: TracePicture[] = [];
  for (const line of lines) {
    if (line.kind !== 'screenshot') continue;
    const name = basename(line.path);
    const read = pictures.length < limits.pictures ? await readBounded(join(folder, name), limits.pictureBytes) : undefined;
    const whole = read && read.size === read.bytes.length && read.bytes.subarray(1, 4).toString('latin1') === 'PNG';
    if (!whole) losses.push({ kind: 'pictures', what: line.path });
    items.push({ lane: 'screen', t: line.t, text: name, ...(whole ? { picture: pictures.push({ mediaType: 'image/png', base64: read.bytes.toString('base64') }) - 1 } : {}) });
  }
  return { items, pictures };
}

/** The most telling items of a lane that has too many: all that is bad, and of the others the beginning and the end. Never holds many more than it gives. */
function boundedLane(items: Iterable<TraceItem>, most: number, what: string, losses: TraceLoss[]): readonly TraceItem[] {
  const half = Math.floor(most / 2);
  const bad: (readonly [place: number, item: TraceItem])[] = [];
  const head: (typeof bad)[number][] = [];
  const tail: (typeof bad)[number][] = [];
  let count = 0;
  for (const item of items) {
    const own = item.state === 'bad' || item.state === 'warn' ? bad : head;
    (own.length < half ? own : tail).push([(count += 1), item]);
    if (tail.length > 2 * most) tail.splice(0, tail.length - most);
  }
  const room = most - bad.length;
  const rest = [...head, ...tail].sort(([a], [b]) => a - b);
  if (count > most) {
    losses.push({ kind: 'wire-cut', what, count: count - most });
    rest.splice(Math.floor(room / 2), rest.length - room);
  }
  return [...bad, ...rest].sort(([a], [b]) => a - b).map(([, item]) => item);
}

function factsOf({ cell, environment, manifest, startedAt }: Result): [string, string][] {
  const facts: Record<string, string | undefined> = { image: cell.image, machine: cell.machine, device: [cell.model, ...(cell.personalities ?? [])].join('+'), suite: cell.suite, kernel: environment.kernel, release: environment.osRelease, transport: manifest?.transport, accelerator: environment.accelerator, harness: environment.harness, started: startedAt };
  return Object.entries(facts).filter((entry): entry is [string, string] => entry[1] !== undefined);
}
