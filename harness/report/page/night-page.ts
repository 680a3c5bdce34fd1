import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planName } from '../plan-name.ts';
import { dateOnly } from './formats.ts';
import { html, trusted, type Html } from './html.ts';
import { iconSymbols } from './icons.ts';
import type { PageContext } from './page-context.ts';
import { changesSection } from './section-changes.ts';
import { environmentSection, timingsSection } from './section-facts.ts';
import { headerSection } from './section-header.ts';
import { issuesSection } from './section-issues.ts';
import { matrixSection } from './section-matrix.ts';
import { flakesSection, labSection, skipsSection } from './section-notes.ts';
import { releasesSection } from './section-releases.ts';
import { testsSection } from './section-tests.ts';
import { troubleGroups } from './section-troubles.ts';
import type { Texts } from './texts.ts';

const style = readFileSync(join(import.meta.dirname, 'page.css'), 'utf8');
const script = readFileSync(join(import.meta.dirname, 'page.browser.js'), 'utf8');
const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only our own style and script run; images come from beside the page; nothing is sent anywhere. */
const policy = `default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; img-src 'self' file: data:; base-uri 'none'; form-action 'none'`;

/** A whole page of ours: head with its policy, top bar, content. `other` is the same page in the other language. */
export function pageDocument(title: string, texts: Texts, parts: { readonly home: Html; readonly other: Html; readonly main: Html; readonly withScript: boolean }): string {
  return `${html`<!doctype html>
<html lang="${texts.language}">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${trusted(style)}</style></head>
<body>
${iconSymbols()}
<a class="skip-link" href="#main">${texts.skipLink}</a>
<nav class="top" aria-label="hwlab"><div class="top-inner">${parts.home}${parts.other}</div></nav>
<main id="main" tabindex="-1">
${parts.main}
</main>
<footer><p>${texts.footer}</p></footer>
${parts.withScript ? html`<script>${trusted(script)}</script>` : ''}
</body>
</html>
`.text}`;
}

/** The page of a night in one language. */
export function nightPage(context: PageContext): string {
  const { texts, view } = context;
  const { night } = view.summary;
  const failures = view.failures.reduce((sum, group) => sum + group.troubles.length, 0);
  const lab = view.labFaults.reduce((sum, group) => sum + group.troubles.length, 0) + view.notRun.length;
  const skips = view.skips.reduce((sum, group) => sum + group.entries.length, 0);
  const { issues = [] } = view.summary;
  const returned = issues.filter(({ state }) => state === 'returned');
  const known = issues.filter(({ state }) => state !== 'returned');
  const names = texts.section;
  const sections: readonly Section[] = [
    ...(returned.length === 0 ? [] : [{ id: 'returned' as const, name: names.returned, count: returned.length, body: issuesSection(returned, context) }]),
    { id: 'failures', name: names.failures, count: failures, body: view.failures.length === 0 ? html`<p class="calm">${texts.noFailures} <span class="dim">${texts.noFailuresHint(view.counts.testsExecuted)}</span></p>` : troubleGroups(view.failures, 'failure', context) },
    ...(view.releases ? [{ id: 'releases' as const, name: names.releases, count: view.releases.broken.length + view.releases.skipped.length, body: releasesSection(view.releases, context) }] : []),
    { id: 'changes', name: names.changes, body: changesSection(context) },
    { id: 'matrix', name: names.matrix, count: view.counts.cellsPlanned, body: matrixSection(context) },
    { id: 'lab', name: names.lab, count: lab, body: labSection(context) },
    { id: 'flakes', name: names.flakes, count: view.flakes.length, body: flakesSection(context) },
    ...(view.trials.length === 0 ? [] : [{ id: 'trials' as const, name: names.trials, count: view.trials.reduce((sum, group) => sum + group.troubles.length, 0), body: html`<p class="intro">${texts.stateLong.TRIAL}</p>${troubleGroups(view.trials, 'trial', context)}` }]),
    { id: 'skips', name: names.skips, count: skips, body: skipsSection(context) },
    ...(known.length === 0 ? [] : [{ id: 'issues' as const, name: names.issues, count: known.length, body: issuesSection(known, context) }]),
    { id: 'tests', name: names.tests, count: view.counts.testsTotal, body: testsSection(context) },
    { id: 'timings', name: names.timings, body: timingsSection(context) },
    { id: 'environment', name: names.environment, body: environmentSection(context) },
  ];
  const main = html`${headerSection(context)}
${toolbar(sections, context)}
${sections.map((section) => html`<section class="block" id="${section.id}" aria-labelledby="${section.id}-name"><h2 id="${section.id}-name">${section.name}${section.count === undefined ? '' : html` <span class="count">${section.count}</span>`}</h2>
${section.body}</section>
`)}`;
  const home = html`<p class="home"><a href="../../index${texts.language === 'ru' ? '.ru' : ''}.html">${texts.allNights}</a> <span aria-hidden="true">/</span> <span lang="en">${planName(night.plan)}</span> <span class="dim night-id" lang="en">${night.id}</span></p>`;
  const links = [context.links.allure ? html`<a href="${context.links.allure}">${texts.reports.allure}</a>` : undefined, context.links.junit ? html`<a href="${context.links.junit}" download>${texts.reports.junit}</a>` : undefined];
  const other = html`<p class="tools"><span class="reports">${links}</span>${languageLink(texts)}</p>`;
  return pageDocument(texts.title(planName(night.plan), dateOnly(night.startedAt, texts)), texts, { home, other, main, withScript: true });
}

interface Section {
  readonly id: keyof Texts['section'];
  readonly name: string;
  readonly count?: number;
  readonly body: Html;
}

/** The link to the page in the other language, which lies beside this one. */
export function languageLink(texts: Texts): Html {
  const target = texts.language === 'en' ? { file: 'index.ru.html', language: 'ru' } : { file: 'index.html', language: 'en' };
  return html`<a class="language" href="${target.file}" lang="${target.language}" hreflang="${target.language}">${texts.otherLanguage}</a>`;
}

function toolbar(sections: readonly Section[], context: PageContext): Html {
  const { texts } = context;
  return html`<div class="toolbar"><nav class="jump" aria-label="${texts.jump.label}"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${texts.jump[section.id] ?? section.name}${section.count === undefined ? '' : html` <span class="count">${section.count}</span>`}</a></li>`)}</ul></nav>
<div class="filter" role="search" hidden><label for="filter-words" class="visually-hidden">${texts.filter.label}</label><input id="filter-words" type="search" placeholder="${texts.filter.placeholder}" autocomplete="off" spellcheck="false"><label class="only-trouble"><input id="filter-trouble" type="checkbox"> ${texts.filter.trouble}</label><p id="filter-said" class="dim" role="status" data-template="${texts.filter.shown(0, 1)}" data-nothing="${texts.filter.nothing}"></p></div>
<p class="keyboard dim" hidden>${texts.keyboard}</p></div>`;
}
