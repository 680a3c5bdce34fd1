import type { CellId } from '../../db/generated/result.ts';
import type { NightView } from '../night-view.ts';
import type { LoadedEvidence } from './evidence.ts';
import { fileLink, html, type Html } from './html.ts';
import type { Texts } from './texts.ts';

/** What every section of the page is made from. */
export interface PageContext {
  readonly view: NightView;
  readonly texts: Texts;
  readonly evidence: LoadedEvidence;
  /** The number of a cell's place on the page, by cell id. */
  readonly anchors: ReadonlyMap<string, number>;
  /** The page with the time line of a cell, relative to the night's folder, by cell id. */
  readonly traces?: ReadonlyMap<string, string>;
  readonly links: { readonly allure: string | undefined; readonly junit: string | undefined };
}

/** What people call an id. */
export function nameOf(id: string, context: PageContext): string {
  return context.view.summary.night.names?.[id] ?? id;
}

/** What people call the cell's device: the model, and its quirks. */
export function deviceNameOf(cell: CellId, context: PageContext): string {
  return [cell.model, ...(cell.personalities ?? [])].map((id) => nameOf(id, context)).join(' + ');
}

/** The machine, with the transport where that is not the usual one. */
export function machineNameOf(cell: CellId, context: PageContext): string {
  return `${nameOf(cell.machine, context)}${cell.transport === 'usbip' ? ', USB/IP' : ''}`;
}

/** Device · suite · image · machine. The device is a link to the cell's place on the page, except in a summary, which is a control itself. */
export function cellLine(cell: CellId, context: PageContext, plain = false): Html {
  const anchor = plain ? undefined : context.anchors.get(cell.id);
  const device = html`<span class="device" lang="en">${deviceNameOf(cell, context)}</span>`;
  return html`<span class="where">${anchor === undefined ? device : html`<a href="#cell-${anchor}">${device}</a>`} <span class="dim" lang="en">${nameOf(cell.suite, context)} · ${nameOf(cell.image, context)} · ${machineNameOf(cell, context)}</span></span>`;
}

/** Lower-case words that the filter looks in. */
export function searchWords(cell: CellId, context: PageContext, ...more: readonly (string | undefined)[]): string {
  return [cell.id, deviceNameOf(cell, context), cell.device, ...more].filter((word) => word !== undefined).join(' ').toLowerCase().slice(0, 600);
}

/** The link to the time line of a cell, at a test of it; nothing where the cell left none. */
export function traceLink(cell: CellId, test: string | undefined, context: PageContext): Html {
  const page = context.traces?.get(cell.id);
  const link = page === undefined ? undefined : fileLink(page);
  if (link === undefined) return html``;
  const at = new URLSearchParams({ lang: context.texts.language, ...(test === undefined ? {} : { test }) });
  return html`<p class="trace-link"><a href="${`${link}#${at.toString()}`}">${context.texts.trace}</a></p>`;
}

/** A command with a button that copies it; the button appears only where scripts run. */
export function commandLine(command: string, context: PageContext): Html {
  return html`<div class="command"><code lang="en" tabindex="0" role="region" aria-label="${context.texts.runAgain}">${command}</code><button type="button" class="copy" hidden data-done="${context.texts.copied}" aria-label="${context.texts.copy}: ${command}">${context.texts.copy}</button></div>`;
}
