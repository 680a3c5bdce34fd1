import { Builder } from 'xml2js';
import type { Artefact, Failure, Result, TestAttempt, TestResult } from '../../db/generated/result.ts';
import type { NightSummary } from '../night-events.ts';
import { rerunCommand } from '../rerun-command.ts';
import { xmlText } from './xml-text.ts';

type Attributes = Readonly<Record<string, string | number>>;
/** An element for xml2js: `$` holds the attributes, `_` the text, the rest children in order. */
interface Element {
  readonly $?: Attributes;
  readonly _?: string;
  readonly [child: string]: Attributes | string | Element | readonly (Element | string)[] | undefined;
}

const longestText = 64 * 1024;

/**
 * A night as JUnit XML: one `testsuite` a cell, one `testcase` a test. FAIL is `failure`; ERROR and MISS are `error` with the code as type; SKIP is
 * `skipped` with its reason, and so is a test on trial that did not pass, because it may not turn a build red. Attempts before the last are `flakyFailure` when it passed and `rerunFailure` when it did not, as Maven Surefire writes them.
 */
export function junitDocument(summary: NightSummary): string {
  const suites = [...summary.results.map(cellSuite), ...notRunSuite(summary)];
  const sum = (name: string): number => suites.reduce((total, suite) => total + Number(suite.$?.[name] ?? 0), 0);
  const builder = new Builder({ xmldec: { version: '1.0', encoding: 'UTF-8' }, renderOpts: { pretty: true, indent: '  ', newline: '\n' } });
  return `${builder.buildObject({
    testsuites: {
      $: { name: xmlText(`hwlab ${summary.night.plan} ${summary.night.id}`), tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), time: sum('time').toFixed(3) },
      testsuite: suites,
    },
  })}\n`;
}

function cellSuite(result: Result): Element {
  const cases = result.tests.map((test) => testCase(result, test));
  if (!result.tests.some((test) => test.outcome === result.outcome) && result.reason) cases.push(wholeCell(result, result.reason));
  const count = (name: string): number => cases.filter((entry) => entry[name] !== undefined).length;
  return {
    $: {
      name: xmlText(result.cell.id),
      tests: cases.length,
      failures: count('failure'),
      errors: count('error'),
      skipped: count('skipped'),
      time: ((result.timings['total'] ?? 0) / 1000).toFixed(3),
      timestamp: result.startedAt.slice(0, 19),
      hostname: xmlText(result.cell.machine),
      package: xmlText(result.cell.suite),
      id: xmlText(result.id),
    },
    properties: { property: properties(result).map(([name, value]) => ({ $: { name, value: xmlText(value) } })) },
    testcase: cases,
    'system-out': xmlText([`run again: ${rerunCommand(result.cell)}`, ...attachments(result.artefacts)].join('\n')),
  };
}

function properties(result: Result): [string, string][] {
  const { cell, environment } = result;
  const optional = (name: string, value: string | undefined): [string, string][] => (value === undefined ? [] : [[name, value]]);
  return [
    ['image', cell.image],
    ['machine', cell.machine],
    ['model', cell.model],
    ...optional('personalities', cell.personalities?.join(', ')),
    ['device', cell.device],
    ['attachment', cell.attachment],
    ...optional('transport', cell.transport),
    ['evidence', result.evidence],
    ['outcome', result.outcome],
    ['imageSha256', environment.imageSha256],
    ['suiteRevision', environment.suiteRevision],
    ['harness', environment.harness],
    ['accelerator', environment.accelerator],
    ...optional('kernel', environment.kernel),
    ...optional('osRelease', environment.osRelease),
    ...optional('qemu', environment.qemu),
    ...Object.entries(environment.packages ?? {}).map(([name, version]): [string, string] => [`package.${xmlText(name)}`, version]),
  ];
}

function testCase(result: Result, test: TestResult): Element {
  const last = test.attempts.at(-1);
  const earlier = test.attempts.slice(0, -1);
  const trial = test.requirement === 'trial';
  const failed = test.outcome === 'FAIL' || test.outcome === 'ERROR' || test.outcome === 'MISS';
  const reruns = earlier.filter((attempt) => attempt.failure).map(rerun);
  const artefacts = test.attempts.flatMap((attempt) => attachments(attempt.artefacts));
  const said = [...Object.entries(last?.measurements ?? {}).map(([name, value]) => `${name} = ${value}`), ...(failed ? [`run again: ${rerunCommand(result.cell, test.title)}`] : []), ...artefacts];
  return {
    $: { name: xmlText(test.title), classname: xmlText(`${result.cell.id}.${test.feature}`), time: (test.attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0) / 1000).toFixed(3) },
    ...(trial && failed ? { skipped: { $: { message: xmlText(`on trial, does not count: ${test.outcome} ${last?.failure?.message ?? ''}`.slice(0, 1000)) } } } : {}),
    ...(test.outcome === 'SKIP' ? { skipped: { $: { message: xmlText(last?.skipReason ?? last?.failure?.message ?? '') } } } : {}),
    ...(!trial && (test.outcome === 'ERROR' || test.outcome === 'MISS') ? { error: problem(last?.failure, test.outcome) } : {}),
    ...(!trial && test.outcome === 'FAIL' ? { failure: problem(last?.failure, test.outcome) } : {}),
    ...(reruns.length > 0 ? { [failed ? 'rerunFailure' : 'flakyFailure']: reruns } : {}),
    ...(said.length > 0 ? { 'system-out': xmlText(said.join('\n')) } : {}),
  };
}

/** A cell that ended as a whole stands for the tests that it could not run. */
function wholeCell(result: Result, reason: Failure): Element {
  const base = { $: { name: xmlText(`${result.cell.suite}: the cell`), classname: xmlText(result.cell.id), time: '0.000' } };
  if (result.outcome === 'SKIP') return { ...base, skipped: { $: { message: xmlText(reason.message) } } };
  return result.outcome === 'FAIL' ? { ...base, failure: problem(reason, 'FAIL') } : { ...base, error: problem(reason, result.outcome) };
}

function problem(failure: Failure | undefined, outcome: string): Element {
  const message = failure?.message ?? outcome;
  const details = [message, ...(failure?.expected === undefined ? [] : [`expected: ${failure.expected}`]), ...(failure?.actual === undefined ? [] : [`actual:   ${failure.actual}`]), ...(failure?.advice ? [failure.advice] : []), ...(failure?.stack ? [failure.stack] : [])];
  return { $: { type: xmlText(failure?.code ?? outcome), message: xmlText(message.split('\n', 1)[0] ?? '') }, _: xmlText(details.join('\n').slice(0, longestText)) };
}

function rerun(attempt: TestAttempt): Element {
  const details = problem(attempt.failure, attempt.outcome);
  return { ...(details.$ ? { $: details.$ } : {}), stackTrace: details._ ?? '' };
}

/** The line that Jenkins and GitLab read as an attachment of the test. */
function attachments(artefacts: readonly Artefact[]): string[] {
  return artefacts.map((artefact) => `[[ATTACHMENT|${artefact.path}]]`);
}

/** Cells that never ran, when the night stopped early. */
function notRunSuite(summary: NightSummary): Element[] {
  const ran = new Set(summary.results.map((result) => result.cell.id));
  const missing = summary.night.cells.filter((cell) => !ran.has(cell.id));
  if (missing.length === 0) return [];
  const message = xmlText(summary.stopped ? `${summary.stopped.code}: ${summary.stopped.message}` : 'not run');
  const cases = missing.map((cell): Element => ({ $: { name: xmlText(cell.suite), classname: xmlText(cell.id), time: '0.000' }, error: { $: { type: xmlText(summary.stopped?.code ?? 'not-run'), message } } }));
  return [{ $: { name: 'cells that did not run', tests: cases.length, failures: 0, errors: cases.length, skipped: 0, time: '0.000', timestamp: summary.finishedAt.slice(0, 19), hostname: 'none' }, testcase: cases }];
}
