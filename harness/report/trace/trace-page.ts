import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { html, trusted, visibleText } from '../page/html.ts';
import { lanes, type CellTrace, type TraceItem, type TraceLoss } from './trace-item.ts';
import { traceScript } from './trace-script.ts';
import { traceTexts } from './trace-texts.ts';

const style = readFileSync(join(import.meta.dirname, 'trace.css'), 'utf8');
const script = traceScript();
const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only our own style and script run; pictures are in the page; nothing is asked from anywhere. */
const policy = `default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; img-src data:; base-uri 'none'; form-action 'none'`;

/** Characters of details in a page; beyond that they are left out, and said to be. */
const mostText = 12 * 2 ** 20;
const longestText = 600;
const longestPart = 16_000;

/** The trace of a cell as one HTML file that needs nothing beside it. All text of it is the guest's or the device's: it is data of the page, never HTML. */
export function tracePage(trace: CellTrace): string {
  const start = trace.items[0]?.t ?? 0;
  const losses: TraceLoss[] = [...trace.losses];
  const items = packed(trace.items, start, losses);
  const data = {
    cell: visibleText(trace.cell),
    result: trace.result,
    outcome: trace.outcome,
    start,
    facts: trace.facts.map(([name, value]) => [name, visibleText(value)]),
    attempts: trace.attempts.map(({ number, t }) => [number, round(t - start)]),
    lanes,
    items,
    pictures: trace.pictures.map(({ mediaType, base64 }) => `data:${mediaType};base64,${base64}`),
    losses: losses.map(({ kind, what, count }) => [kind, visibleText(what), count]),
    texts: traceTexts,
  };
  const tests = trace.items.filter(({ lane }) => lane === 'test');
  return `${html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${`${traceTexts.en.title}: ${trace.cell}`}</title><style>${trusted(style)}</style></head>
<body>
<div id="app"></div>
<noscript><main class="plain"><h1>${trace.cell}</h1><p>${traceTexts.en.noScript}</p><p lang="ru">${traceTexts.ru.noScript}</p><ul>${tests.map((test) => html`<li>${partOf(test, 'outcome')} ${test.text} ${partOf(test, 'said')}</li>`)}</ul></main></noscript>
<script type="application/json" id="data">${trusted(jsonForHtml(data))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.text}`;
}

/** JSON that cannot end the element that it stands in. */
export function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`).replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`);
}

type Packed = readonly [lane: number, t: number, took: number | null, text: string, state: string, parts: readonly (readonly [string, string])[], picture: number | null];

/** Items as rows of the page's data; texts made visible and cut. When there is too much of it, details go: first of what is well, in the order of time. */
function packed(items: readonly TraceItem[], start: number, losses: TraceLoss[]): readonly Packed[] {
  const rows = items.map((item): Packed => [lanes.indexOf(item.lane), round(item.t - start), item.took === undefined ? null : round(item.took), cut(visibleText(item.text), longestText), item.state ?? '', [], item.picture ?? null]);
  const important = ({ lane, state }: TraceItem): boolean => state === 'bad' || state === 'warn' || lane === 'test';
  const order = [...items.keys()].sort((a, b) => Number(important(items[b] as TraceItem)) - Number(important(items[a] as TraceItem)) || a - b);
  let left = mostText;
  let dropped = 0;
  for (const index of order) {
    const parts = (items[index]?.parts ?? []).map(({ name, text }) => [name, cut(visibleText(text), longestPart)] as const);
    if (parts.length === 0) continue;
    const size = parts.reduce((sum, [, text]) => sum + text.length, 0);
    const row = rows[index];
    if (row && size <= left) {
      left -= size;
      rows[index] = [row[0], row[1], row[2], row[3], row[4], parts, row[6]];
    } else dropped += 1;
  }
  if (dropped > 0) losses.push({ kind: 'page-full', what: 'trace.html', count: dropped });
  return rows;
}

function partOf(item: TraceItem, name: string): string {
  return item.parts?.find((part) => part.name === name)?.text.slice(0, 400) ?? '';
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
