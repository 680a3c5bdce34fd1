import { oneLine } from '../base/one-line.ts';
import type { AuditedControl, AuditedSuite, FeatureAudit, SuiteAudit } from '../run/audit/audit-report.ts';
import { auditOf, controlState } from '../run/audit/audit-report.ts';

const marks = { 'can-fail': '  ok      ', 'fails-anyway': '  ANYWAY  ', alive: '  ALIVE   ', untargeted: '  none    ', unknown: '  ?       ' } as const;
const verdicts = { failed: '', alive: ' did NOT make it fail', lab: ' could not be judged', 'not-run': ' has not been run' } as const;

/** One suite's features with the controls that make each fail, as lines. `dry`: nothing was run, so what is not known is no fault. */
export function auditLines({ suite, features }: SuiteAudit, dry = false): readonly string[] {
  const width = Math.max(0, ...features.map(({ feature }) => feature.length));
  return [suite, ...features.flatMap((feature) => featureLines(feature, width, dry))];
}

function featureLines({ feature, requirement, state, controls }: FeatureAudit, width: number, dry: boolean): readonly string[] {
  const named = controls.map(({ id, state: own, unbroken }) => `${id}${dry && own === 'not-run' ? ' (to be run)' : verdicts[own]}${unbroken?.outcome === 'FAIL' ? ` (it fails without that too: ${unbroken.result})` : ''}`);
  const why = state === 'untargeted' ? 'no control can make this fail: none is for it' : named.join(', ');
  const saw = controls.flatMap(({ id, state: own, saw: words }) => (own === 'failed' || words === undefined ? [] : [`${' '.repeat(12)}${id}: ${oneLine(words, 240)}`]));
  return [`${dry && state === 'unknown' ? '  -       ' : marks[state]}${requirement.padEnd(12)}${feature.padEnd(width)}  ${why}`, ...saw];
}

/** One line as soon as a control has run: `[3/45] robotics no-driver: 5 of 5 features failed, as they must (12 s), about 8 min left`. */
export function controlLine(suite: string, { control, run }: AuditedControl, progress: { readonly done: number; readonly total: number; readonly secondsLeft: number }): string {
  const states = control.mustFail.map((feature) => ({ feature, state: controlState(run, feature) }));
  const alive = states.filter(({ state }) => state === 'alive').map(({ feature }) => feature);
  const lost = states.some(({ state }) => state === 'lab');
  const said = alive.length > 0 ? `NOT noticed by ${alive.join(', ')}` : lost ? `could not be judged: ${oneLine(run?.reason?.message ?? 'the lab', 240)}` : `noticed by ${control.mustFail.join(', ')}`;
  const left = progress.done < progress.total ? `, about ${Math.ceil(progress.secondsLeft / 60)} min left` : '';
  return `[${progress.done}/${progress.total}] ${suite} ${control.id}: ${said} (${run?.seconds ?? 0} s${left})`;
}

/** What the audit found, in figures. */
export interface AuditCounts {
  readonly features: number;
  readonly canFail: number;
  /** Of those, seen to pass without a break. */
  readonly seenToPass: number;
  /** Failed for their controls, and without them as well. */
  readonly failsAnyway: number;
  readonly alive: number;
  readonly requiredAlive: number;
  readonly untargeted: number;
  readonly requiredUntargeted: number;
  readonly unknown: number;
}

export function auditCounts(suites: readonly AuditedSuite[]): AuditCounts {
  const features = suites.flatMap((suite) => auditOf(suite).features);
  const count = (state: FeatureAudit['state'], requirement?: string): number => features.filter((each) => each.state === state && (requirement === undefined || each.requirement === requirement)).length;
  return { features: features.length, canFail: count('can-fail'), seenToPass: features.filter(({ state, controls }) => state === 'can-fail' && controls.some(({ unbroken }) => unbroken?.outcome === 'PASS')).length, failsAnyway: count('fails-anyway'), alive: count('alive'), requiredAlive: count('alive', 'required'), untargeted: count('untargeted'), requiredUntargeted: count('untargeted', 'required'), unknown: count('unknown') };
}

export function countsLine({ features, canFail, seenToPass, failsAnyway, alive, requiredAlive, untargeted, requiredUntargeted, unknown }: AuditCounts): string {
  const parts = [
    `${canFail} of ${features} features fail where they must${canFail > 0 ? `, ${seenToPass} of which the results here show to pass without a break` : ''}`,
    ...(failsAnyway > 0 ? [`${failsAnyway} fail without a break too`] : []),
    ...(alive > 0 ? [`${alive} did not (${requiredAlive} required)`] : []),
    ...(untargeted > 0 ? [`${untargeted} have no control (${requiredUntargeted} required)`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ];
  return parts.join('; ');
}
