import type { State } from '../night-counts.ts';
import { html, trusted, type Html } from './html.ts';
import type { Texts } from './texts.ts';

/** Shapes that differ without colour; 16 x 16, drawn with the text's colour. */
const shapes: Readonly<Record<State, string>> = {
  PASS: '<path d="M3 8.6 6.6 12 13 4.4"/>',
  FAIL: '<path d="m4 4 8 8M12 4l-8 8"/>',
  ERROR: '<path d="M8 2.2 14.4 13.4H1.6zM8 6.4v3.2M8 11.4v.2"/>',
  MISS: '<path d="M9.4 1.8 4 9h3.6l-1 5.2L12 7H8.4z"/>',
  SKIP: '<path d="M3 8h7M7.2 4.8 10.6 8l-3.4 3.2M13 4.4v7.2"/>',
  DONE: '<path d="M2.4 11.4a5.8 5.8 0 1 1 11.2 0M8 10l2.8-3.6"/>',
  TRIAL: '<path d="M6.2 2h3.6M7 2v4.2L3.4 12.6c-.4.8 0 1.4.8 1.4h7.6c.8 0 1.2-.6.8-1.4L9 6.2V2"/>',
  FLAKY: '<path d="M2 9.4c1.6-4.2 3.6-4.2 6-1.4s4.4 2.8 6-1.4"/>',
  'NOT-RUN': '<circle cx="8" cy="8" r="5"/>',
};

/** The symbols, once a page. */
export function iconSymbols(): Html {
  const symbols = Object.entries(shapes).map(([state, shape]) => `<symbol id="i-${state}" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round">${shape}</symbol>`);
  return trusted(`<svg class="symbols" aria-hidden="true" focusable="false">${symbols.join('')}</svg>`);
}

/** An icon that says nothing by itself; the word stands beside it. */
export function stateIcon(state: State): Html {
  return html`<svg class="icon s-${state}" aria-hidden="true" focusable="false"><use href="#i-${state}"/></svg>`;
}

/** Icon and word. */
export function stateWord(state: State, texts: Texts): Html {
  return html`<span class="state s-${state}">${stateIcon(state)} ${texts.state[state]}</span>`;
}
