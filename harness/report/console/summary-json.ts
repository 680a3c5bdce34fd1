import type { NightSummary, WrittenReport } from '../night-events.ts';
import { viewNight, type TroubleGroup } from '../night-view.ts';
import { verdictSentence } from '../page/section-header.ts';
import { english } from '../page/text-en.ts';
import { nightPace } from '../night-pace.ts';
import { planName } from '../plan-name.ts';
import { rerunCommand } from '../rerun-command.ts';
import type { TestChange } from '../compare-nights.ts';
import type { ReleaseRow } from '../compare-releases.ts';
import { deviceWord } from '../../db/cell-device.ts';

/** The end of a night for a program: what `--json` prints, one object. */
export function summaryJson(summary: NightSummary, reports: readonly WrittenReport[]): Record<string, unknown> {
  const view = viewNight(summary);
  const { night } = summary;
  const { changes } = view;
  const change = (item: TestChange): Record<string, unknown> => ({ cell: item.cell.id, test: item.testId, title: item.title, before: item.before ?? null, now: item.now ?? null });
  return {
    schema: 'hwlab/night-summary/1',
    night: night.id,
    plan: planName(night.plan),
    startedAt: night.startedAt,
    finishedAt: summary.finishedAt,
    seconds: view.seconds,
    exitCode: summary.exitCode,
    verdict: verdictSentence(view, english),
    stopped: summary.stopped ?? null,
    counts: view.counts,
    pace: nightPace(summary.results, summary.finishedAt) ?? null,
    knownIssues: summary.issues ?? [],
    investigations: summary.investigations ?? [],
    failures: view.failures.flatMap(troubles),
    notTheProduct: view.labFaults.flatMap(troubles),
    onTrial: view.trials.flatMap(troubles),
    notRun: view.notRun.map((cell) => cell.id),
    flaky: view.flakes.map(({ result, test }) => ({ cell: result.cell.id, test: test.id, title: test.title, attempts: test.attempts.length })),
    skipped: view.skips.map((group) => ({ reason: group.reason, count: group.entries.length })),
    since: changes
      ? {
          night: summary.before?.id,
          newFailures: changes.newFailures.map(change),
          fixed: changes.fixed.map(change),
          stillFailing: changes.stillFailing.map(change),
          newFlakes: changes.newFlakes.map(change),
          newlySkipped: changes.newlySkipped.map(change),
          newlyUntested: changes.newlyUntested.map(change),
          gone: changes.goneTests.map(change),
          environment: changes.environment,
        }
      : null,
    releases: view.releases
      ? {
          images: view.releases.images,
          kernels: Object.fromEntries(view.releases.kernels),
          differ: [...view.releases.broken, ...view.releases.skipped].map(releaseRow),
          alike: view.releases.alike.length,
          notCompared: view.releases.notCompared,
        }
      : null,
    reports: Object.fromEntries(reports.map((report) => [report.kind, report.path])),
  };
}

function releaseRow({ cell, test, on }: ReleaseRow): Record<string, unknown> {
  return { device: deviceWord(cell), suite: cell.suite, machine: cell.machine, test: test.id, title: test.title, feature: test.feature, requirement: test.requirement, on: Object.fromEntries(on.map(({ image, state }) => [image, state])) };
}

function troubles(group: TroubleGroup): Record<string, unknown>[] {
  return group.troubles.map((trouble) => ({
    cell: trouble.result.cell.id,
    test: trouble.test?.id ?? null,
    title: trouble.test?.title ?? null,
    feature: trouble.test?.feature ?? null,
    requirement: trouble.test?.requirement ?? null,
    outcome: trouble.outcome,
    code: trouble.failure.code,
    blame: trouble.failure.blame,
    message: trouble.failure.message,
    advice: trouble.failure.advice ?? null,
    isNew: trouble.isNew,
    signature: trouble.signature ?? null,
    knownIssue: trouble.issue ? { id: trouble.issue.id, state: trouble.issue.state, link: trouble.issue.link } : null,
    investigation: trouble.investigation ? { verdict: trouble.investigation.verdict, reasons: trouble.investigation.reasons, result: trouble.investigation.result } : null,
    runAgain: rerunCommand(trouble.result.cell, trouble.test?.title),
  }));
}
