import type { Headline } from '../../db/verdicts/headline.ts';
import type { Verdict } from '../../db/verdicts/feature-verdict.ts';
import { html, trusted, type Html } from '../../report/page/html.ts';
import type { SiteTexts } from '../texts/site-texts.ts';

/**
 * One sign a headline, told apart without colour: solid where a real device was tried, a dashed ring where none was, a dotted empty ring
 * where nothing is known. 20 x 20, `currentColor`; `--cut` is the colour of what is cut out of a solid sign.
 */
const shapes: Readonly<Record<Headline, string>> = {
  certified: '<path class="solid" d="M10 .8l2.3 1.7 2.8-.3 1.2 2.6 2.6 1.2-.3 2.8L20 11l-1.4 2.3.3 2.8-2.6 1.2-1.2 2.6-2.8-.3L10 21l-2.3-1.4-2.8.3-1.2-2.6-2.6-1.2.3-2.8L0 11l1.4-2.2-.3-2.8 2.6-1.2 1.2-2.6 2.8.3z" transform="translate(0 -.9)"/><path class="cut" d="m5.6 10.3 3 3 5.8-6.4"/>',
  works: '<circle class="solid" cx="10" cy="10" r="9"/><path class="cut" d="m5.6 10.3 3 3 5.8-6.4"/>',
  'works-with-limits': '<circle class="line" cx="10" cy="10" r="8"/><path class="solid" d="M10 1a9 9 0 0 0 0 18z"/><path class="line" d="M13 7.2v3.6M13 13.4v.1"/>',
  'expected-to-work': '<circle class="line dash" cx="10" cy="10" r="8"/><path class="line" d="m6 10.2 2.7 2.7 5.2-5.7"/>',
  conflicting: '<path class="solid" d="M10 0 20 10 10 20 0 10z"/><path class="cut" d="M6 8.2h7.4M11 5.8l2.6 2.4M14 11.8H6.6M9 14.2l-2.6-2.4"/>',
  'not-tested': '<circle class="line dots" cx="10" cy="10" r="8"/><path class="line thin" d="M7.8 8.1a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M10 14.2v.1"/>',
  'expected-not-to-work': '<circle class="line dash" cx="10" cy="10" r="8"/><path class="line" d="m7 7 6 6M13 7l-6 6"/>',
  'does-not-work': '<path class="solid" d="M6 .8h8L19.2 6v8L14 19.2H6L.8 14V6z"/><path class="cut" d="m6.4 6.4 7.2 7.2M13.6 6.4l-7.2 7.2"/>',
};

const verdictShapes: Readonly<Record<Verdict, string>> = {
  works: '<path class="line" d="m3.5 10.6 4.2 4.2L16.5 5"/>',
  limited: '<circle class="line" cx="10" cy="10" r="7"/><path class="solid" d="M10 3a7 7 0 0 0 0 14z"/>',
  broken: '<path class="line" d="m5 5 10 10M15 5 5 15"/>',
  unsupported: '<circle class="line" cx="10" cy="10" r="7"/><path class="line" d="m5 5 10 10"/>',
  unstable: '<path class="line" d="M2.5 12c2-5.4 4.6-5.4 7.5-1.8s5.5 3.6 7.5-1.8"/>',
  unknown: '<path class="line thin" d="M7.4 7.2a2.7 2.7 0 1 1 4 2.5c-1 .6-1.4 1.1-1.4 2.1M10 15.2v.1"/>',
  not_applicable: '<path class="line" d="M5 10h10"/>',
};

/** The signs, once a page. */
export function markSymbols(): Html {
  const symbol = (id: string, shape: string): string => `<symbol id="${id}" viewBox="-.5 -.5 21 21">${shape}</symbol>`;
  return trusted(`<svg class="symbols" aria-hidden="true" focusable="false">${[...Object.entries(shapes).map(([id, shape]) => symbol(`m-${id}`, shape)), ...Object.entries(verdictShapes).map(([id, shape]) => symbol(`v-${id}`, shape))].join('')}</svg>`);
}

/** A sign by itself; its word stands beside it. */
export function mark(headline: Headline): Html {
  return html`<svg class="mark h-${headline}" aria-hidden="true" focusable="false"><use href="#m-${headline}"/></svg>`;
}

/** Sign and word. */
export function markedWord(headline: Headline, texts: SiteTexts): Html {
  return html`<span class="marked h-${headline}">${mark(headline)}<span>${texts.headline[headline]}</span></span>`;
}

/** Sign and word of a feature's verdict; of one that works once something is set up, that. */
export function verdictWord(verdict: Verdict, texts: SiteTexts, afterSetup = false): Html {
  if (afterSetup) return html`<span class="verdict f-limited"><svg class="tick" aria-hidden="true" focusable="false"><use href="#v-limited"/></svg><span>${texts.afterSetup}</span></span>`;
  return html`<span class="verdict f-${verdict}"><svg class="tick" aria-hidden="true" focusable="false"><use href="#v-${verdict}"/></svg><span>${texts.verdict[verdict]}</span></span>`;
}
