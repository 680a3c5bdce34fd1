import type { OnRelease, ReleaseComparison, ReleaseRow } from '../compare-releases.ts';
import { firstLine } from '../night-view.ts';
import { html, type Html } from './html.ts';
import { stateWord } from './icons.ts';
import { deviceNameOf, machineNameOf, nameOf, searchWords, type PageContext } from './page-context.ts';

const mostAlike = 400;

/** Same device, same test, other release: what differs first, what is alike folded away. */
export function releasesSection(compared: ReleaseComparison, context: PageContext): Html {
  const { texts } = context;
  const { broken, skipped, alike, notCompared } = compared;
  const count = alike.length + broken.length + skipped.length;
  const facts = [texts.releases.compared(count), ...(notCompared > 0 ? [texts.releases.notCompared(notCompared)] : [])].join(' ');
  const shown = alike.slice(0, mostAlike);
  return html`${broken.length + skipped.length === 0 ? html`<p class="calm">${texts.releases.none} <span class="dim">${facts}</span></p>` : html`<p class="intro">${facts}</p>${table([...broken, ...skipped], compared, context)}`}
${alike.length === 0 ? '' : html`<details class="alike"><summary>${texts.releases.alike(alike.length)}</summary>${table(shown, compared, context)}${alike.length > shown.length ? html`<p class="dim">${texts.more(alike.length - shown.length)}</p>` : ''}</details>`}`;
}

function table(rows: readonly ReleaseRow[], { images, kernels }: ReleaseComparison, context: PageContext): Html {
  const { texts } = context;
  const head = images.map((image) => html`<th scope="col" lang="en">${nameOf(image, context)}${kernels.has(image) ? html`<span class="dim kernel">${kernels.get(image) ?? ''}</span>` : ''}</th>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.section.releases}"><table class="plain-table releases"><thead><tr><th scope="col">${texts.testColumns.test}</th>${head}</tr></thead>
<tbody>${rows.map((row) => line(row, images, context))}</tbody></table></div>`;
}

function line({ cell, test, on }: ReleaseRow, images: readonly string[], context: PageContext): Html {
  const { texts } = context;
  const of = new Map(on.map((each) => [each.image, each]));
  const words = searchWords(cell, context, test.title, test.feature, ...on.map(({ state, image }) => `${image} ${texts.state[state]}`));
  return html`<tr class="item" data-words="${words}"${on.some(({ state }) => state === 'FAIL') ? html` data-trouble` : ''}><th scope="row"><span lang="en">${test.title}</span><span class="dim where"><span lang="en">${deviceNameOf(cell, context)} · ${nameOf(cell.suite, context)} · ${machineNameOf(cell, context)}</span> · ${texts.requirement[test.requirement]}</span></th>${images.map((image) => place(of.get(image), context))}</tr>
`;
}

function place(found: OnRelease | undefined, context: PageContext): Html {
  const { texts } = context;
  if (!found) return html`<td><span class="dim">${texts.releases.unknown}</span></td>`;
  const anchor = context.anchors.get(found.cell.id);
  const word = stateWord(found.state, texts);
  return html`<td>${anchor === undefined ? word : html`<a href="#cell-${anchor}">${word}</a>`}${found.message === undefined ? '' : html`<span class="why" lang="en">${firstLine(found.message).slice(0, 160)}</span>`}</td>`;
}
