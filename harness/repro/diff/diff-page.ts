import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { html, trusted, type Html } from '../../report/page/html.ts';
import type { WireEvent } from '../../emulation/usb-device.ts';
import { sideBySide, type WireAlignment, type WireRow } from './align-wire.ts';
import { diffTexts, type SectionId } from './diff-page-texts.ts';
import { eventText } from './event-text.ts';

/** A line of a comparison; undefined on the side that has nothing. */
export interface DiffRow {
  readonly name: string;
  readonly was: string | undefined;
  readonly is: string | undefined;
  /** True for what a person looks at first. */
  readonly hot?: boolean;
}

export interface DiffSection {
  readonly id: SectionId;
  readonly rows: readonly DiffRow[];
  /** Rows that are the same or hardly moved; shown on demand. */
  readonly quiet?: readonly DiffRow[];
  /** Why there is nothing to compare. */
  readonly absent?: 'no-log' | 'no-wire' | 'no-images';
}

export interface DiffSide {
  readonly name: string;
  readonly said: string;
  /** Of a night. */
  readonly cells?: number;
}

/** A comparison as a page shows it. */
export interface DiffView {
  readonly kind: 'result' | 'night' | 'image';
  readonly a: DiffSide;
  readonly b: DiffSide;
  readonly sections: readonly DiffSection[];
  readonly wire?: WireAlignment;
  /** The two drew other contents, so that what a test sent differs by that alone. */
  readonly otherSeed?: boolean;
}

const style = readFileSync(join(import.meta.dirname, 'diff-page.css'), 'utf8');
const script = readFileSync(join(import.meta.dirname, 'diff-page.browser.js'), 'utf8');
const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = `default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; base-uri 'none'; form-action 'none'`;

/** Rows shown at once, and at most; what is left out is said. */
const few = 15;
const mostRows = 5000;
const longest = 2000;

/** A comparison as one HTML file: short first, all on demand. It needs no script to be read; with it there are a search and the language. */
export function diffPage(view: DiffView): string {
  const sections = view.sections.filter(({ rows, quiet = [], absent }) => rows.length + quiet.length > 0 || absent !== undefined);
  const wire = view.wire?.divergesAt === undefined ? undefined : view.wire;
  const differing = wire?.steps.filter(({ kind }) => kind !== 'same').length ?? 0;
  // The cable stands before the numbers.
  const numbers = sections.findIndex(({ id }) => id === 'measures');
  const place = numbers < 0 ? sections.length : numbers;
  const links = sections.map(({ id, rows }): { readonly id: SectionId; readonly count: number } => ({ id, count: rows.length }));
  if (wire) links.splice(place, 0, { id: 'wire', count: differing });
  const differs = links.filter(({ id }) => id !== 'measures').some(({ count }) => count > 0);
  const measured = links.some(({ count }) => count > 0);
  return `${html`<!doctype html>
<html lang="en" data-language="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${view.a.name} / ${view.b.name}</title><style>${trusted(style)}</style></head>
<body>
<header><p class="kind">${both((texts) => texts.kind[view.kind])} <button type="button" id="language" hidden>Русский</button></p>
<h1><span class="a" lang="en">${side(view.a)}</span> <span class="b" lang="en">${side(view.b)}</span></h1>
<nav><ul>${links.map(({ id, count }) => html`<li><a href="#${id}">${both((texts) => texts.section[id])} <b>${count}</b></a></li>`)}</ul><input id="words" type="search" hidden data-en="${diffTexts.en.search}" data-ru="${diffTexts.ru.search}"></nav></header>
<main>${differs ? '' : html`<p class="calm">${both((texts) => (measured ? texts.onlyMeasures : texts.nothing))}</p>`}
${sections.slice(0, place).map(section)}
${wire ? wireSection(wire, differing, view.otherSeed ?? false) : ''}
${sections.slice(place).map(section)}
</main>
<script>${trusted(script)}</script>
</body>
</html>
`.text}`;
}

function side({ name, said, cells }: DiffSide): Html {
  return html`${name} <small>${cells === undefined ? said : both((texts) => texts.cells(cells))}</small>`;
}

/** A text of ours in both languages; the style shows one of them. */
function both(pick: (texts: (typeof diffTexts)['en'] | (typeof diffTexts)['ru']) => string): Html {
  return html`<span class="in-en" lang="en">${pick(diffTexts.en)}</span><span class="in-ru" lang="ru">${pick(diffTexts.ru)}</span>`;
}

function section({ id, rows, quiet = [], absent }: DiffSection): Html {
  const sorted = rows.toSorted((x, y) => Number(y.hot ?? false) - Number(x.hot ?? false)).slice(0, mostRows);
  const rest = sorted.slice(few);
  return html`<section id="${id}"><h2>${both((texts) => texts.section[id])} <b>${rows.length}</b></h2>
${absent === undefined ? '' : html`<p class="dim">${both((texts) => texts.absent[absent])}</p>`}
${sorted.length === 0 ? '' : table(sorted.slice(0, few))}
${rest.length === 0 ? '' : html`<details><summary>${both((texts) => texts.more(rest.length))}</summary>${table(rest)}</details>`}
${rows.length <= mostRows ? '' : html`<p class="dim">${both((texts) => texts.left(rows.length - mostRows))}</p>`}
${quiet.length === 0 ? '' : html`<details><summary>${both((texts) => texts.quiet(quiet.length))}</summary>${table(quiet.slice(0, mostRows))}</details>`}</section>
`;
}

function table(rows: readonly DiffRow[]): Html {
  return html`<div class="scroll" tabindex="0"><table lang="en"><tbody>${rows.map(({ name, was, is, hot }) => html`<tr class="${was === undefined ? 'added' : is === undefined ? 'gone' : 'changed'}${hot ? ' hot' : ''}"><th scope="row">${name.slice(0, longest)}</th><td class="was">${was?.slice(0, longest) ?? html`<span class="none">–</span>`}</td><td class="is">${is?.slice(0, longest) ?? html`<span class="none">–</span>`}</td></tr>
`)}</tbody></table></div>`;
}

/** The cable, side by side; what is the same for long is folded, the ten before a difference and behind it are not. */
function wireSection({ steps, divergesAt = 0, cut }: WireAlignment, differing: number, otherSeed: boolean): Html {
  const rows = sideBySide(steps);
  const near = new Set<number>();
  rows.forEach(({ same }, index) => {
    if (!same && near.size < mostRows) for (let at = Math.max(0, index - 10); at <= Math.min(rows.length - 1, index + 3); at += 1) near.add(at);
  });
  const parts: Html[] = [];
  let begin = 0;
  for (let at = 0; at <= rows.length; at += 1) {
    if (at < rows.length && near.has(at) === near.has(begin)) continue;
    const run = rows.slice(begin, at);
    if (run.length > 0) parts.push(near.has(begin) ? wireTable(run) : html`<details><summary>${both((texts) => texts.same(run.length))}</summary>${run.length > mostRows ? '' : wireTable(run)}</details>`);
    begin = at;
  }
  return html`<section id="wire"><h2>${both((texts) => texts.section.wire)} <b>${differing}</b></h2>
<p>${both((texts) => texts.parts(divergesAt, differing))} ${cut ? both((texts) => texts.cut) : ''}</p>
${otherSeed ? html`<p class="dim">${both((texts) => texts.otherSeed)}</p>` : ''}
${parts}</section>`;
}

function wireTable(rows: readonly WireRow[]): Html {
  const text = (event: WireEvent | undefined): HtmlSide => (event ? eventText(event).slice(0, 400) : html`<span class="none">–</span>`);
  return html`<div class="scroll" tabindex="0"><table class="wire" lang="en"><tbody>${rows.map(({ same, first, second }) => html`<tr class="${same ? 'same' : second === undefined ? 'gone' : first === undefined ? 'added' : 'changed'}"><td class="was">${text(first)}</td><td class="is">${text(second)}</td></tr>
`)}</tbody></table></div>`;
}

type HtmlSide = Html | string;
