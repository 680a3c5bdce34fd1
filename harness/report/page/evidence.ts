import { open, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artefact } from '../../db/generated/result.ts';
import type { NightView, Trouble } from '../night-view.ts';
import { isMoment } from '../../wire/cell-trace/cell-trace.ts';
import { fileLink } from './html.ts';

/** One line of a wire trace as the page reads it back; the emulation's WireEvent wrote it. */
export interface WireLine {
  readonly t: number;
  readonly from: 'host' | 'device';
  readonly kind: string;
  readonly endpoint?: number;
  readonly length?: number;
  readonly head?: string;
  readonly meaning?: string;
  readonly status?: string;
  readonly setup?: Readonly<Record<string, unknown>>;
}

/** What of an artefact goes into the page itself; the rest is a link. */
export type EvidenceBody =
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly more: boolean }
  | { readonly kind: 'wire'; readonly events: readonly WireLine[]; readonly total: number; readonly unreadable: number; readonly start: number }
  | { readonly kind: 'image' }
  | { readonly kind: 'link' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-inlined' };

/** Loaded evidence by artefact path. */
export type LoadedEvidence = ReadonlyMap<string, EvidenceBody>;

export interface EvidenceLimits {
  readonly lines: number;
  readonly events: number;
  /** Bytes read from the end of one file. */
  readonly fileBytes: number;
  /** Bytes of text in one page; failures are served first, what comes later is only linked. */
  readonly pageBytes: number;
}

export const defaultLimits: EvidenceLimits = { lines: 200, events: 200, fileBytes: 96 * 1024, pageBytes: 2 * 1024 * 1024 };
const longestLine = 600;

/** Reads bounded slices of the evidence of all troubles, product failures first. */
export async function loadEvidence(view: NightView, limits: EvidenceLimits = defaultLimits): Promise<LoadedEvidence> {
  const loaded = new Map<string, EvidenceBody>();
  let left = limits.pageBytes;
  for (const artefact of wanted(view)) {
    if (loaded.has(artefact.path)) continue;
    const body = left > 0 ? await loadOne(view.summary.night.folder, artefact, limits) : ({ kind: 'not-inlined' } as const);
    loaded.set(artefact.path, body);
    left -= sizeOf(body);
  }
  return loaded;
}

function wanted(view: NightView): Artefact[] {
  const firstOfEach = [...view.failures, ...view.labFaults, ...view.trials].map((group) => group.troubles[0]);
  const rest = [...view.failures, ...view.labFaults, ...view.trials].flatMap((group) => group.troubles.slice(1));
  const flakes = view.flakes.flatMap(({ test }) => test.attempts.filter((attempt) => attempt.failure).flatMap((attempt) => attempt.artefacts));
  return [...[...firstOfEach, ...rest].flatMap((trouble: Trouble) => trouble.artefacts), ...flakes];
}

async function loadOne(folder: string, artefact: Artefact, limits: EvidenceLimits): Promise<EvidenceBody> {
  if (fileLink(artefact.path) === undefined) return { kind: 'missing' };
  const path = join(folder, artefact.path);
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return { kind: 'missing' };
  if (/^image\/(png|jpeg|webp)$/.test(artefact.mediaType)) return { kind: 'image' };
  if (artefact.name === 'wire-trace') return loadWire(path, limits);
  if (artefact.mediaType.startsWith('text/') || /json/.test(artefact.mediaType)) return loadLines(path, limits);
  return { kind: 'link' };
}

async function loadLines(path: string, limits: EvidenceLimits): Promise<EvidenceBody> {
  const { text, cut } = await readTail(path, limits.fileBytes);
  const lines = text.replace(/\n$/, '').split(/\r?\n/);
  const shown = lines.slice(-limits.lines).map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line));
  return { kind: 'lines', lines: shown.length === 1 && shown[0] === '' ? [] : shown, more: cut || shown.length < lines.length };
}

async function loadWire(path: string, limits: EvidenceLimits): Promise<EvidenceBody> {
  const { text, cut } = await readTail(path, limits.fileBytes * 4);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const events = lines.map(parseEvent);
  const good = events.filter((event) => event !== undefined);
  const first = cut ? await readHead(path) : lines[0];
  const start = parseEvent(first ?? '')?.t ?? good[0]?.t ?? 0;
  const total = cut ? await countLines(path) : lines.length;
  return { kind: 'wire', events: good.slice(-limits.events), total, unreadable: events.length - good.length, start };
}

/** A line of a wire trace, or undefined. The file is ours but its bytes are the device's, so each field is looked at. */
export function parseEvent(line: string): WireLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const { t, from, kind } = record;
  if (!isMoment(t) || (from !== 'host' && from !== 'device') || typeof kind !== 'string') return undefined;
  const text = (name: string): Record<string, string> => (typeof record[name] === 'string' ? { [name]: (record[name] as string).slice(0, 400) } : {});
  const number = (name: string): Record<string, number> => (typeof record[name] === 'number' ? { [name]: record[name] as number } : {});
  const setup = record['setup'];
  const optional = { ...number('endpoint'), ...number('length'), ...text('head'), ...text('meaning'), ...text('status') };
  return { t, from, kind: kind.slice(0, 40), ...optional, ...(typeof setup === 'object' && setup !== null ? { setup: setup as Readonly<Record<string, unknown>> } : {}) };
}

async function readTail(path: string, bytes: number): Promise<{ readonly text: string; readonly cut: boolean }> {
  await using file = await open(path);
  const { size } = await file.stat();
  const from = Math.max(0, size - bytes);
  const buffer = Buffer.alloc(Math.min(size, bytes));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  const text = buffer.toString('utf8', 0, bytesRead);
  // The first line of a tail is most likely half of one.
  return from === 0 ? { text, cut: false } : { text: text.slice(text.indexOf('\n') + 1), cut: true };
}

async function readHead(path: string): Promise<string> {
  await using file = await open(path);
  const buffer = Buffer.alloc(4096);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '';
}

async function countLines(path: string): Promise<number> {
  await using file = await open(path);
  const buffer = Buffer.alloc(256 * 1024);
  let count = 0;
  for (let read = 0; read < 256; read += 1) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    for (let at = buffer.indexOf(10); at !== -1 && at < bytesRead; at = buffer.indexOf(10, at + 1)) count += 1;
  }
  return count;
}

function sizeOf(body: EvidenceBody): number {
  if (body.kind === 'lines') return body.lines.reduce((sum, line) => sum + line.length + 8, 0);
  return body.kind === 'wire' ? body.events.length * 220 : 100;
}
