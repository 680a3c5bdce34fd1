import type { Artefact } from '../../db/generated/result.ts';
import type { EvidenceBody, WireLine } from './evidence.ts';
import { fileLink, html, type Html } from './html.ts';
import type { PageContext } from './page-context.ts';
import type { Texts } from './texts.ts';

/** Lines that a person looks for first. */
export const suspicious = /\b(?:error|fail(?:ed|ure)?|stall(?:ed)?|timed? ?out|panic|oops|denied|refused|reset|unable|broken|warn(?:ing)?|segfault|killed)\b|(?:^|\s)-(?:32|71|75|84|110|121|19)\b/i;
/** Types that a browser shows without running anything in them; others are saved. */
const inertFile = /\.(?:log|txt|jsonl|json|png|jpe?g|webp)$/i;

/** One artefact as something that opens and closes, with its slice inside and the whole file behind a link. */
export function evidenceDetails(artefact: Artefact, context: PageContext, open: boolean): Html {
  const { texts } = context;
  const body = context.evidence.get(artefact.path) ?? { kind: 'link' };
  const label = isKnown(artefact.name) ? texts.evidence[artefact.name] : artefact.name;
  const link = body.kind === 'missing' ? undefined : fileLink(artefact.path);
  return html`<details class="evidence"${open ? html` open` : ''}><summary><span class="evidence-name">${label}</span> <span class="dim">${amount(body, texts)}</span></summary>
<div class="evidence-body">${inside(body, label, link, texts)}${link === undefined ? '' : html`<p class="file"><a href="${link}"${inertFile.test(artefact.path) ? '' : html` download`}>${texts.wholeFile}</a> <span class="dim" lang="en">${artefact.path}</span></p>`}</div></details>`;
}

/** True for a text in which a suspicious line is. */
export function looksSuspicious(body: EvidenceBody | undefined): boolean {
  return body?.kind === 'lines' && body.lines.some((line) => suspicious.test(line));
}

type KnownName = keyof Texts['evidence'];

function isKnown(name: string): name is KnownName {
  return ['kernel-log', 'console', 'journal', 'wire-trace', 'screenshot'].includes(name);
}

function amount(body: EvidenceBody, texts: Texts): string {
  if (body.kind === 'lines') return texts.lines(body.lines.length, body.more);
  return body.kind === 'wire' ? texts.events(body.events.length, body.total) : '';
}

function inside(body: EvidenceBody, label: string, link: string | undefined, texts: Texts): Html {
  if (body.kind === 'missing') return html`<p class="dim">${texts.missingFile}</p>`;
  if (body.kind === 'not-inlined') return html`<p class="dim">${texts.notInlined}</p>`;
  if (body.kind === 'image' && link !== undefined) return html`<a href="${link}"><img class="screen" src="${link}" alt="${label}" loading="lazy"></a>`;
  if (body.kind === 'wire') return wireTable(body, texts);
  if (body.kind !== 'lines') return html``;
  if (body.lines.length === 0) return html`<p class="dim">${texts.emptyFile}</p>`;
  return html`<div class="tail" tabindex="0" role="region" aria-label="${label}"><pre class="log" lang="en">${body.lines.map((line, index) => html`${index > 0 ? '\n' : ''}${suspicious.test(line) ? html`<span class="hot">${line}</span>` : line}`)}</pre></div>`;
}

function wireTable(body: Extract<EvidenceBody, { readonly kind: 'wire' }>, texts: Texts): Html {
  if (body.events.length === 0) return html`<p class="dim">${texts.emptyFile}</p>`;
  const words = texts.wire;
  return html`<div class="tail" tabindex="0" role="region" aria-label="${texts.evidence['wire-trace']}"><table class="wire"><caption>${words.caption}${body.unreadable > 0 ? html` · ${texts.unreadable(body.unreadable)}` : ''}</caption>
<thead><tr><th scope="col" class="n">${words.time}</th><th scope="col">${words.direction}</th><th scope="col">${words.kind}</th><th scope="col">${words.endpoint}</th><th scope="col">${words.meaning}</th><th scope="col" class="n">${words.bytes}</th></tr></thead>
<tbody lang="en">${body.events.map((event) => wireRow(event, body.start, texts))}</tbody></table></div>`;
}

function wireRow(event: WireLine, start: number, texts: Texts): Html {
  const bad = event.kind === 'fault' || (event.status !== undefined && event.status !== 'ok');
  const endpoint = event.endpoint === undefined ? '' : event.endpoint === 0 ? '0' : `${event.endpoint & 0x0f} ${event.endpoint & 0x80 ? 'IN' : 'OUT'}`;
  return html`<tr${bad ? html` class="hot-row"` : ''}><td class="n">${(event.t - start).toFixed(1)}</td><td class="from-${event.from}">${event.from === 'host' ? `${texts.wire.host} →` : `← ${texts.wire.device}`}</td><td>${event.kind}</td><td>${endpoint}</td><td>${meaning(event)}${event.head ? html` <span class="hex">${hexBytes(event.head)}</span>` : ''}</td><td class="n">${event.length ?? ''}</td></tr>
`;
}

function meaning(event: WireLine): Html {
  const status = event.status !== undefined && event.status !== 'ok' ? html`<b class="status">${event.status}</b> ` : '';
  const { setup } = event;
  const numbers = setup && `${hex(setup['requestType'], 2)} ${hex(setup['request'], 2)} ${hex(setup['value'], 4)} ${hex(setup['index'], 4)}`;
  return html`${status}${event.meaning ?? ''}${numbers === undefined ? '' : html` <span class="hex">${numbers}</span>`}`;
}

function hex(value: unknown, digits: number): string {
  return typeof value === 'number' ? value.toString(16).padStart(digits, '0') : '?';
}

/** At most 24 bytes, in pairs. */
function hexBytes(head: string): string {
  const bytes = head.match(/../g) ?? [];
  return bytes.slice(0, 24).join(' ') + (bytes.length > 24 ? ' …' : '');
}
