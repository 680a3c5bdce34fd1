import type { Result, TestResult } from '../../db/generated/result.ts';
import { stateOfCell, stateOfTest } from '../night-counts.ts';
import { firstLine } from '../night-view.ts';
import { rerunCommand } from '../rerun-command.ts';
import { duration } from './formats.ts';
import { fileLink, html, type Html } from './html.ts';
import { stateIcon, stateWord } from './icons.ts';
import { commandLine, deviceNameOf, nameOf, searchWords, type PageContext } from './page-context.ts';
import { isTrouble } from './section-matrix.ts';

/** Every cell with every test of it, closed; what the matrix links to. */
export function testsSection(context: PageContext): Html {
  return html`<div class="cells">${context.view.summary.results.map((result) => cellDetails(result, context))}</div>`;
}

function cellDetails(result: Result, context: PageContext): Html {
  const { texts } = context;
  const { cell } = result;
  const state = stateOfCell(result);
  const words = searchWords(cell, context, texts.state[state], result.reason?.code, ...result.tests.map((test) => `${test.title} ${test.feature}`));
  return html`<details class="cell-details item" id="cell-${context.anchors.get(cell.id) ?? 0}" data-words="${words}"${isTrouble(state) ? html` data-trouble` : ''}${context.view.summary.results.length === 1 ? html` open` : ''}><summary>${stateIcon(state)} <span class="visually-hidden">${texts.state[state]}:</span> <span class="cell-name" lang="en">${deviceNameOf(cell, context)}</span> <span class="dim" lang="en">${nameOf(cell.suite, context)} · ${nameOf(cell.image, context)} · ${nameOf(cell.machine, context)}</span> <span class="cell-time">${duration(result.timings['total'] ?? 0, texts)}</span></summary>
${result.reason ? html`<p class="message" lang="en">${result.reason.code}: ${firstLine(result.reason.message)}</p>` : ''}
${result.tests.length === 0 ? '' : table(result.tests, context)}
${commandLine(rerunCommand(cell), context)}${files(result)}</details>
`;
}

function table(tests: readonly TestResult[], context: PageContext): Html {
  const { texts } = context;
  const columns = texts.testColumns;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.section.tests}"><table class="plain-table tests"><thead><tr><th scope="col">${columns.outcome}</th><th scope="col">${columns.test}</th><th scope="col">${columns.feature}</th><th scope="col">${columns.requirement}</th><th scope="col" class="n">${columns.took}</th></tr></thead><tbody>${tests.map((test) => row(test, context))}</tbody></table></div>`;
}

function row(test: TestResult, context: PageContext): Html {
  const { texts } = context;
  const last = test.attempts.at(-1);
  const note = last?.skipReason ?? (last?.failure ? `${last.failure.code}: ${firstLine(last.failure.message)}` : undefined);
  const measured = Object.entries(last?.measurements ?? {}).map(([name, value]) => `${name} ${value.toLocaleString(texts.locale)}`);
  return html`<tr><td>${stateWord(stateOfTest(test), texts)}</td><td lang="en">${test.title}${note === undefined ? '' : html`<br><span class="dim">${note}</span>`}${measured.length === 0 ? '' : html`<br><span class="dim">${measured.join(' · ')}</span>`}</td><td lang="en"><code>${test.feature}</code></td><td>${texts.requirement[test.requirement]}</td><td class="n">${duration(test.attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0), texts)}</td></tr>
`;
}

function files(result: Result): Html {
  const links = result.artefacts.map((artefact) => ({ name: artefact.name, link: fileLink(artefact.path) })).filter((file) => file.link !== undefined);
  return links.length === 0 ? html`` : html`<p class="files" lang="en">${links.map((file, index) => html`${index > 0 ? ' · ' : ''}<a href="${file.link ?? ''}" download>${file.name}</a>`)}</p>`;
}
