import { dirname, join } from 'node:path';
import type { State } from '../night-counts.ts';
import type { ReportWriter } from '../report-writer.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { dateTime, duration } from './formats.ts';
import { html, type Html } from './html.ts';
import { stateIcon } from './icons.ts';
import { loadNightCards, saveNightCard, type NightCard } from './night-card.ts';
import { languageLink, pageDocument } from './night-page.ts';
import { english } from './text-en.ts';
import { russian } from './text-ru.ts';
import type { Texts } from './texts.ts';

const shown: readonly State[] = ['FAIL', 'MISS', 'ERROR', 'FLAKY', 'SKIP', 'DONE', 'PASS'];

/** Keeps the list of nights, index.html and index.ru.html of the folder `reports`; two folders above a night's own by default. */
export function nightsIndexWriter(reports?: string): ReportWriter {
  return {
    kind: 'index',
    async write(summary) {
      await saveNightCard(summary);
      const cards = await loadNightCards(summary.night.folder);
      const folder = reports ?? dirname(dirname(summary.night.folder));
      for (const texts of [english, russian]) await writeWholeFile(join(folder, texts.fileName), nightsPage(cards, texts));
      return join(folder, english.fileName);
    },
  };
}

export function nightsPage(cards: readonly NightCard[], texts: Texts): string {
  const words = texts.nights;
  const main = html`<section class="block" id="failures"><h1>${words.title}</h1><p class="intro nights-intro">${cards.length === 0 ? words.none : words.intro}</p>
${cards.length === 0 ? '' : html`<div class="scroll" tabindex="0" role="region" aria-label="${words.title}"><table class="plain-table nights"><thead><tr><th scope="col">${words.night}</th><th scope="col">${texts.testColumns.outcome}</th><th scope="col">${texts.fact.plan}</th><th scope="col" class="n">${texts.fact.took}</th>${shown.map((state) => html`<th scope="col" class="n" title="${texts.state[state]}: ${texts.stateLong[state]}">${stateIcon(state)}<span class="visually-hidden">${texts.state[state]}</span></th>`)}</tr></thead><tbody>${cards.map((card) => row(card, texts))}</tbody></table></div>`}</section>`;
  return pageDocument(`${words.title} · hwlab`, texts, { home: html`<p class="home"><b lang="en">hwlab</b></p>`, other: html`<p class="tools">${languageLink(texts)}</p>`, main, withScript: false });
}

function row(card: NightCard, texts: Texts): Html {
  const state = shown.find((candidate) => candidate === card.state) ?? 'MISS';
  return html`<tr><th scope="row"><a href="./nights/${encodeURIComponent(card.id)}/${texts.fileName}"><time datetime="${card.startedAt}">${dateTime(card.startedAt, texts)}</time></a></th><td class="verdict">${stateIcon(state)} ${String(card.verdict[texts.language])}</td><td lang="en">${String(card.plan)}</td><td class="n">${duration(Number(card.seconds) * 1000, texts)}</td>${shown.map((item) => number(item, Number(card.tests[item] ?? 0)))}</tr>
`;
}

function number(state: State, count: number): Html {
  return html`<td class="n s-${state}">${count === 0 ? html`<span class="dim">0</span>` : html`<b class="state">${count}</b>`}</td>`;
}
