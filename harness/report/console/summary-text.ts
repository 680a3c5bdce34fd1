import { deviceWord } from '../../db/cell-device.ts';
import { relative } from 'node:path';
import type { NightSummary, WrittenReport } from '../night-events.ts';
import { firstLine, viewNight, type NightView, type TroubleGroup } from '../night-view.ts';
import { nightState, verdictSentence } from '../page/section-header.ts';
import { english } from '../page/text-en.ts';
import { planName } from '../plan-name.ts';
import { rerunCommand } from '../rerun-command.ts';
import { nightPace } from '../night-pace.ts';
import { states, type State, type StateCounts } from '../night-counts.ts';
import { oneLine, spokenSeconds, type Paint } from './paint.ts';

// So much of each that the whole is read in a minute; all of it is on the page.
const mostFailures = 8;
const mostFaults = 5;
const mostCells = 2;
const mostChanges = 4;
const mostOthers = 6;

/** The end of a night for a tired person: the verdict, failures first with how to run them again, what is new, what is not the product's fault. */
export function summaryText(summary: NightSummary, reports: readonly WrittenReport[], paint: Paint, folder = process.cwd()): string {
  const view = viewNight(summary);
  const { night } = summary;
  const sections = [
    `${paint.state(nightState(view), '■')} ${paint.bold(verdictSentence(view, english))}`,
    `${paint.dim(`${planName(night.plan)} · ${night.id} · ${spokenSeconds(view.seconds)} · ${night.slots} ${night.slots === 1 ? 'slot' : 'slots'} · ${night.accelerator === 'tcg' ? 'software emulation' : 'KVM'}`)}`,
    ...returnedText(summary, paint),
    countsText(view, paint),
    ...(summary.stopped ? [`${paint.state('MISS', 'STOPPED')} ${oneLine(summary.stopped.code)}: ${oneLine(summary.stopped.message, 300)}\n  go on with: ./hwlab nightly --resume ${night.id}`] : []),
    ...groupsText('Failures', view.failures, mostFailures, paint),
    ...releasesText(view, paint),
    ...changesText(view, paint),
    ...groupsText("Not the product's fault", view.labFaults, mostFaults, paint),
    ...trialsText(view, paint),
    ...flakesText(view, paint),
    ...skipsText(view, paint),
    ...issuesText(summary, paint),
    reportsText(reports, folder, paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`.replace('\n\n', '\n');
}

/** An issue that was closed and is back stands above everything. */
function returnedText({ issues = [] }: NightSummary, paint: Paint): string[] {
  const back = issues.filter(({ state }) => state === 'returned');
  if (back.length === 0) return [];
  return [`${paint.bold(paint.state('FAIL', 'Closed issues that are back'))}\n${back.map(({ id, title, link, cells }) => `  ${paint.state('FAIL', '✕')} ${oneLine(id)}: ${oneLine(title)}\n      ${oneLine(link)}\n      in ${cells.slice(0, mostCells).map((cell) => oneLine(cell)).join(', ')}${cells.length > mostCells ? ` and ${cells.length - mostCells} more cells` : ''}`).join('\n')}`];
}

function issuesText({ issues = [] }: NightSummary, paint: Paint): string[] {
  const known = issues.filter(({ state }) => state !== 'returned');
  if (known.length === 0) return [];
  const line = (state: 'present' | 'otherwise' | 'absent', says: string): string[] => {
    const ids = known.filter((issue) => issue.state === state).map(({ id }) => oneLine(id));
    return ids.length === 0 ? [] : [`  ${says}: ${ids.slice(0, mostOthers).join(', ')}${ids.length > mostOthers ? ` and ${ids.length - mostOthers} more` : ''}`];
  };
  return [[paint.bold('Known issues'), ...line('present', 'seen'), ...line('otherwise', 'fails otherwise, not carried over'), ...line('absent', 'looked for and absent')].join('\n')];
}

function countsText(view: NightView, paint: Paint): string {
  const line = (name: string, counts: StateCounts): string => {
    const parts = states.filter((state) => counts[state] > 0).map((state) => paint.state(state, `${counts[state]} ${english.state[state]}`));
    return `${name.padEnd(6)} ${parts.join(paint.dim(' · ')) || 'none'}`;
  };
  const pace = nightPace(view.summary.results, view.summary.finishedAt);
  const speed = pace ? `\n${'speed'.padEnd(6)} ${paint.dim(`${pace.cellsPerHour.toFixed(0)} cells an hour; ${(pace.ownShare * 100).toFixed(1)} % of a cell is the harness's own`)}` : '';
  return `${line('tests', view.counts.tests)}\n${line('cells', view.counts.cells)}${speed}`;
}

function groupsText(title: string, groups: readonly TroubleGroup[], most: number, paint: Paint): string[] {
  if (groups.length === 0) return [];
  const shown = groups.slice(0, most).map((group) => groupText(group, paint));
  const rest = groups.slice(most).reduce((sum, group) => sum + group.troubles.length, 0);
  return [`${paint.bold(title)}\n${shown.join('\n')}${rest > 0 ? `\n  and ${rest} more on the page` : ''}`];
}

function groupText(group: TroubleGroup, paint: Paint): string {
  const [first] = group.troubles;
  const state: State = first.outcome;
  const what = first.test ? `${oneLine(first.test.title)} ${paint.dim(`[${first.test.feature}, ${first.test.requirement}]`)}` : `${paint.dim(`[${first.failure.blame}]`)} ${oneLine(first.failure.code)}`;
  const head = `  ${paint.state(state, `${state === 'FAIL' ? '✕' : state === 'MISS' ? '⚡' : '!'} ${state}`)} ${what}${group.troubles.some((trouble) => trouble.isNew) ? ` ${paint.state('FAIL', 'NEW')}` : ''}${first.signature === undefined ? '' : ` ${paint.dim(first.signature)}`}`;
  const lines = [head, `      ${oneLine(firstLine(first.failure.message))}`];
  for (const trouble of group.troubles.slice(0, mostCells)) {
    const { cell } = trouble.result;
    lines.push(`      ${oneLine(deviceWord(cell))} · ${oneLine(cell.image)} · ${oneLine(cell.machine)}`, `        ${paint.dim(rerunCommand(cell, trouble.test?.title))}`);
  }
  if (group.troubles.length > mostCells) lines.push(`      and in ${group.troubles.length - mostCells} more cells`);
  const found = group.troubles.find((trouble) => trouble.investigation)?.investigation;
  if (found) lines.push(`      whose it is: ${paint.bold(english.investigation.verdict[found.verdict])}${paint.dim(`, ${oneLine(found.reasons.at(-1) ?? '', 200)}`)}`);
  const named = group.troubles.filter(({ issue }) => issue !== undefined);
  const issue = named[0]?.issue;
  if (issue) lines.push(`      ${issue.state === 'returned' ? paint.state('FAIL', 'closed issue that is back') : 'known issue'}: ${oneLine(issue.id)}${named.length < group.troubles.length ? `, in ${named.length} of ${group.troubles.length} cells` : ''} ${paint.dim(oneLine(issue.link))}`);
  if (first.failure.advice) lines.push(`      what to do: ${oneLine(first.failure.advice)}`);
  return lines.join('\n');
}

function releasesText({ releases }: NightView, paint: Paint): string[] {
  if (!releases) return [];
  const rows = [...releases.broken, ...releases.skipped];
  const lines = rows.slice(0, mostChanges).map(({ cell, test, on }) => {
    const where = on.map(({ image, state }) => `${oneLine(image)} ${paint.state(state, english.state[state])}`).join(paint.dim(' · '));
    return `  ${oneLine(test.title, 90)} ${paint.dim(deviceWord(cell))}: ${where}`;
  });
  if (rows.length > mostChanges) lines.push(`  and ${rows.length - mostChanges} more on the page`);
  return [`${paint.bold('Differs between releases')} ${paint.dim(releases.images.map((image) => oneLine(image)).join(', '))}\n${rows.length === 0 ? `  nothing: ${releases.alike.length} tests behave alike` : lines.join('\n')}`];
}

function changesText(view: NightView, paint: Paint): string[] {
  const { changes } = view;
  if (!changes) return [];
  const lists = [
    ['new failures', changes.newFailures, 'FAIL'],
    ['fixed', changes.fixed, 'PASS'],
    ['newly flaky', changes.newFlakes, 'FLAKY'],
    ['newly skipped', changes.newlySkipped, 'SKIP'],
    ['no longer tested', changes.newlyUntested, 'MISS'],
    ['gone', changes.goneTests, 'SKIP'],
  ] as const;
  const lines = lists.filter(([, list]) => list.length > 0).flatMap(([name, list, state]) => [
    `  ${paint.state(state, `${list.length} ${name}`)}`,
    // New failures are listed above with their reasons.
    ...(name === 'new failures' ? [] : list.slice(0, mostChanges).map((change) => `      ${oneLine(change.title, 90)} ${paint.dim(`${deviceWord(change.cell)} · ${change.cell.image}`)}`)),
    ...(name !== 'new failures' && list.length > mostChanges ? [`      and ${list.length - mostChanges} more`] : []),
  ]);
  const updated = changes.environment.filter((change) => change.what !== 'suite' && change.what !== 'model' && change.what !== 'harness');
  if (updated.length > 0) lines.push(`  updated: ${updated.slice(0, 8).map((change) => (change.what === 'image' ? `image ${oneLine(change.name)}` : `${oneLine(change.name)} ${oneLine(change.before ?? 'none', 24)} → ${oneLine(change.now ?? 'none', 24)}`)).join(', ')}${updated.length > 8 ? `, and ${updated.length - 8} more` : ''}`);
  return [`${paint.bold('Since the night before')} ${paint.dim(view.summary.before?.id ?? '')}\n${lines.length === 0 ? '  nothing changed' : lines.join('\n')}`];
}

function trialsText(view: NightView, paint: Paint): string[] {
  if (view.trials.length === 0) return [];
  const lines = view.trials.slice(0, mostOthers).map((group) => `  ${paint.state('TRIAL', group.troubles[0].outcome)} ${oneLine(group.title)}${group.troubles.length > 1 ? ` in ${group.troubles.length} cells` : ''}`);
  return [`${paint.bold('On trial')} ${paint.dim('(counts for nothing yet)')}\n${lines.join('\n')}`];
}

function flakesText(view: NightView, paint: Paint): string[] {
  if (view.flakes.length === 0) return [];
  const lines = view.flakes.slice(0, mostOthers).map(({ result, test }) => `  ${paint.state('FLAKY', '~')} ${oneLine(test.title, 90)} ${paint.dim(`${deviceWord(result.cell)} · ${result.cell.image}`)}`);
  return [`${paint.bold('Flaky')} ${paint.dim('(passed in a second attempt)')}\n${lines.join('\n')}${view.flakes.length > mostOthers ? `\n  and ${view.flakes.length - mostOthers} more` : ''}`];
}

function skipsText(view: NightView, paint: Paint): string[] {
  if (view.skips.length === 0) return [];
  const lines = view.skips.slice(0, mostOthers).map((group) => `  ${String(group.entries.length).padStart(3)} × ${oneLine(group.reason === '' ? 'no reason was given' : group.reason)}`);
  return [`${paint.bold('Skipped')}\n${lines.join('\n')}${view.skips.length > mostOthers ? `\n  and ${view.skips.length - mostOthers} more reasons` : ''}`];
}

function reportsText(reports: readonly WrittenReport[], folder: string, paint: Paint): string {
  const names = { page: 'page', allure: 'Allure', junit: 'JUnit', index: 'nights' } as const;
  return (['page', 'allure', 'junit', 'index'] as const)
    .flatMap((kind) => reports.filter((report) => report.kind === kind))
    .map((report) => `${names[report.kind].padEnd(6)} ${paint.bold(near(report.path, folder))}`)
    .join('\n');
}

/** The shorter of the path from here and the whole path. */
function near(path: string, folder: string): string {
  const from = relative(folder, path);
  return from.startsWith('..') || from.length > path.length ? path : from;
}
