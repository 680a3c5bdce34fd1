import type { Investigation } from '../../db/generated/investigations.ts';
import { rerunCommand } from '../rerun-command.ts';
import { firstLine, type Trouble, type TroubleGroup } from '../night-view.ts';
import { difference, markedSide } from './difference.ts';
import { evidenceDetails, looksSuspicious } from './evidence-view.ts';
import { html, visibleText, type Html } from './html.ts';
import { stateIcon } from './icons.ts';
import { cellLine, commandLine, searchWords, traceLink, type PageContext } from './page-context.ts';
import { issueTitle } from './section-issues.ts';
import type { Language } from './texts.ts';

const openCells = 1;

/** Groups of troubles, worst first; `prefix` keeps the ids of the two sections that use it apart. */
export function troubleGroups(groups: readonly TroubleGroup[], prefix: string, context: PageContext): Html {
  return html`${groups.map((group, index) => troubleGroup(group, `${prefix}-${index + 1}`, index, context))}`;
}

function troubleGroup(group: TroubleGroup, id: string, index: number, context: PageContext): Html {
  const { texts } = context;
  const [first] = group.troubles;
  const several = group.troubles.length > 1;
  const state = first.trial ? 'TRIAL' : first.outcome;
  return html`<article class="trouble item s-${state}" id="${id}" aria-labelledby="${id}-title">
<header><h3 id="${id}-title">${stateIcon(state)} <span lang="en">${group.title}</span></h3>
<p class="badges"><span class="badge s-${state}">${texts.state[first.outcome]}</span>${group.troubles.some((trouble) => trouble.isNew) ? html` <span class="badge fresh">${texts.fresh}</span>` : ''}${first.test ? html` <span class="badge plain">${texts.requirement[first.test.requirement]}</span> <code lang="en">${first.test.feature}</code>` : html` <code lang="en">${first.failure.code}</code>`}${first.outcome === 'FAIL' ? '' : html` <span class="badge plain">${texts.blame[first.failure.blame]}</span>`} ${spread(group, context)}</p></header>
${several ? group.troubles.map((trouble, place) => troubleInGroup(trouble, index === 0 && place < openCells, context)) : html`<div class="single" data-words="${words(first, context)}"><p class="place">${cellLine(first.result.cell, context)} ${attemptLine(first, context)}</p>${troubleBody(first, index < 2, context)}</div>`}
</article>
`;
}

/** Where the same test ran and did not fail: everywhere means the image, one place means the device. */
function spread(group: TroubleGroup, context: PageContext): Html {
  const { texts } = context;
  const [first] = group.troubles;
  if (!first.test || first.outcome !== 'FAIL') return group.troubles.length > 1 ? html`<span class="dim">${texts.cells(group.troubles.length)}</span>` : html``;
  const failing = group.troubles.length;
  if (group.executedIn <= 1) return html``;
  return html`<span class="dim">${failing >= group.executedIn ? texts.failsEverywhere(group.executedIn) : texts.failsOn(failing, group.executedIn)}</span>`;
}

function troubleInGroup(trouble: Trouble, open: boolean, context: PageContext): Html {
  return html`<details class="in-group" data-words="${words(trouble, context)}"${open ? html` open` : ''}><summary>${cellLine(trouble.result.cell, context, true)} ${trouble.isNew ? html`<span class="badge fresh">${context.texts.fresh}</span>` : ''} ${attemptLine(trouble, context)}</summary>${troubleBody(trouble, open, context)}</details>`;
}

function words(trouble: Trouble, context: PageContext): string {
  return searchWords(trouble.result.cell, context, trouble.test?.title, trouble.test?.feature, trouble.failure.code, firstLine(trouble.failure.message), context.texts.state[trouble.outcome]);
}

function attemptLine(trouble: Trouble, context: PageContext): Html {
  if (!trouble.test || !trouble.attempt) return html``;
  return html`<span class="dim attempt">${context.texts.inAttempt(trouble.attempt.attempt, trouble.test.attempts.length)}</span>`;
}

/** Whose failure it is, why, and the runs that show it. */
function investigationOf({ investigation, result }: Trouble, { texts }: PageContext): Html {
  if (!investigation) return html``;
  const { verdict, checks } = investigation;
  const words = texts.investigation;
  return html`<div class="investigation"><p><b>${words.title}:</b> <span class="badge plain verdict-${verdict}">${words.verdict[verdict]}</span>${investigation.result === result.id ? '' : html` <span class="dim">${words.of} <code lang="en">${investigation.result}</code></span>`}</p>
${reasonsOf(investigation, texts.language)}
<details class="evidence"><summary><span class="evidence-name">${words.runs(checks.filter(({ answer }) => answer !== 'not done').length)}</span></summary><div class="evidence-body"><table><tbody>${checks.map(({ check, on, answer, result: run, why, whyInRussian }) => html`<tr><td>${words.check[check]}</td><td lang="en">${run === undefined ? '—' : on}</td><td>${words.answer[answer]}</td><td><code lang="en">${run ?? ''}</code></td><td class="dim">${whyOf(why, texts.language === 'ru' ? whyInRussian : undefined)}</td></tr>`)}</tbody></table></div></details></div>`;
}

/** In the language of the page; an investigation from before has the English ones only. */
function reasonsOf({ reasons, reasonsInRussian }: Investigation, language: Language): Html {
  const russian = language === 'ru' ? reasonsInRussian : undefined;
  return html`<ul lang="${russian ? 'ru' : 'en'}">${(russian ?? reasons).map((reason) => html`<li>${visibleText(reason)}</li>`)}</ul>`;
}

function whyOf(why: string | undefined, russian: string | undefined): Html {
  if (russian !== undefined) return html`${visibleText(russian)}`;
  return why === undefined ? html`` : html`<span lang="en">${visibleText(why)}</span>`;
}

/** The known issue that names the failure, and by what the failure is recognised. Links lead out, so they are text. */
function issueOf({ issue, signature }: Trouble, context: PageContext): Html {
  const { texts } = context;
  const words = texts.knownIssue;
  const named = issue ? html`<b>${words[issue.state === 'returned' ? 'returned' : 'present']}:</b> <span lang="en">${issue.id}:</span> ${issueTitle(issue, context)} <span class="dim" lang="en">${issue.link}</span> ` : '';
  return issue || signature !== undefined ? html`<p class="issue">${named}${signature === undefined ? '' : html`<span class="dim">${words.signature} <code lang="en">${signature}</code></span>`}</p>` : html``;
}

/** Message, comparison, advice, evidence and the command, of one cell. */
export function troubleBody(trouble: Trouble, prominent: boolean, context: PageContext): Html {
  const { texts } = context;
  const { failure } = trouble;
  const stack = failure.stack;
  const opened = prominent && trouble.outcome === 'FAIL' ? trouble.artefacts.find((artefact) => looksSuspicious(context.evidence.get(artefact.path))) : undefined;
  return html`<div class="trouble-body">
<p class="message" lang="en">${firstLine(failure.message)}</p>
${comparison(trouble, context)}
${issueOf(trouble, context)}
${investigationOf(trouble, context)}
${failure.advice ? html`<p class="advice"><b>${texts.advice}:</b> <span lang="en">${failure.advice}</span></p>` : ''}
<div class="evidences">${trouble.artefacts.filter(({ name }) => name !== 'trace').map((artefact) => evidenceDetails(artefact, context, artefact === opened))}${stack ? html`<details class="evidence"><summary><span class="evidence-name">${texts.evidence.stack}</span></summary><div class="evidence-body"><pre class="log stack" lang="en" tabindex="0" role="region" aria-label="${texts.evidence.stack}">${stack.slice(0, 8000)}</pre></div></details>` : ''}</div>
${traceLink(trouble.result.cell, trouble.test?.title, context)}
${commandLine(rerunCommand(trouble.result.cell, trouble.test?.title), context)}
</div>`;
}

function comparison(trouble: Trouble, context: PageContext): Html {
  const { expected, actual } = trouble.failure;
  const { texts } = context;
  if (expected === undefined && actual === undefined) return html``;
  const found = difference(visibleText((expected ?? '').slice(0, 4000)), visibleText((actual ?? '').slice(0, 4000)));
  const side = (which: 'expected' | 'actual'): Html => html`<div class="side ${which}"><p class="side-name">${texts[which]}</p><pre lang="en" tabindex="0" role="region" aria-label="${texts[which]}">${markedSide(found, which)}</pre></div>`;
  return html`<div class="comparison">${side('expected')}${side('actual')}</div>`;
}
