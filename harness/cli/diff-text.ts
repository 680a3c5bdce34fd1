import type { WireAlignment, WireStep } from '../repro/diff/align-wire.ts';
import type { FactChange } from '../repro/diff/diff-facts.ts';
import type { LogChange } from '../repro/diff/diff-log.ts';
import { eventText } from '../repro/diff/event-text.ts';
import type { MeasureChange, TestChange } from '../repro/diff/diff-results.ts';

/** How many lines of a part are shown where not all are asked for. */
const few = 12;

/** A part of a comparison: its heading and its lines; nothing where nothing differs. */
export function partLines(heading: string, lines: readonly string[], all: boolean): readonly string[] {
  if (lines.length === 0) return [];
  const shown = all ? lines : lines.slice(0, few);
  return ['', `${heading}: ${lines.length}`, ...shown.map((line) => `  ${line}`), ...(shown.length < lines.length ? [`  ... ${lines.length - shown.length} more (--all)`] : [])];
}

export function factLine({ name, was, is }: FactChange): string {
  return was === undefined ? `+ ${name} ${short(is)}` : is === undefined ? `- ${name} ${short(was)}` : `  ${name} ${short(was)} -> ${short(is)}`;
}

export function testLine({ test, was, is, failure }: TestChange): string {
  return `${failure ? '(another failure) ' : ''}${test}\n      was ${was}\n      is  ${is}`;
}

export function logLine({ line, was, is }: LogChange): string {
  return was === 0 ? `+ ${line}` : is === 0 ? `- ${line}` : `  ${was} times -> ${is}: ${line}`;
}

/** What moved; the rest only where all is asked for. */
export function measureLines(measures: readonly MeasureChange[], all: boolean): readonly string[] {
  return (all ? measures : measures.filter(({ moved }) => moved)).map(({ name, was, is }) => `${name}: ${numberText(was)} -> ${numberText(is)}${was > 0 ? ` (x ${(is / was).toFixed(2)})` : ''}`);
}

/** A measured number in as many digits as a person reads. */
export function numberText(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** The first request that differs with the ten before it and what either side did then, and how many differ; all steps where they are asked for. */
export function wireLines({ steps, divergesAt, cut }: WireAlignment, all: boolean): readonly string[] {
  if (divergesAt === undefined) return [];
  const differing = steps.filter(({ kind }) => kind !== 'same').length;
  const marks = { same: ' ', 'only-first': '-', 'only-second': '+' } as const;
  const shown = all ? steps : around(steps, divergesAt);
  const lines = shown.map(({ kind, first, second }) => `${marks[kind]} ${first || second ? eventText((first ?? second) as NonNullable<typeof first>) : ''}`);
  return [`${divergesAt} things on the cable are the same, then they part; ${differing} differ${cut ? ', and more: they could not be aligned to their end' : ''}`, ...lines];
}

/** Ten steps before the first that differs, of what differs there ten of each side, and what comes behind it where that is little. */
function around(steps: readonly WireStep[], divergesAt: number): readonly WireStep[] {
  const again = steps.findIndex(({ kind }, index) => index > divergesAt && kind === 'same');
  const end = again < 0 ? steps.length : again;
  const parted = steps.slice(divergesAt, end);
  const few = (['only-first', 'only-second'] as const).flatMap((side) => parted.filter(({ kind }) => kind === side).slice(0, 10));
  const whole = few.length === parted.length;
  return [...steps.slice(Math.max(0, divergesAt - 10), divergesAt), ...(whole ? parted : few), ...(whole ? steps.slice(end, end + Math.max(0, 10 - parted.length)) : [])];
}

function short(text: string | undefined): string {
  const value = text ?? '';
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value.slice(0, 160);
}
