import type { Investigation, InvestigationCheck } from '../../db/generated/investigations.ts';
import { because, failsToo, notTried, whyOf, type Both } from './because.ts';

export type CheckKind = InvestigationCheck['check'];
export type Verdict = Investigation['verdict'];

/** What is not as it was at the last good result of the same cell; `undefined` where there is none. */
export interface SinceLastGood {
  readonly result: string;
  readonly image: boolean;
  readonly suite: boolean;
  readonly model: boolean;
  /** QEMU, accelerator, machine profile, harness: what of them changed, for people. */
  readonly surroundings: readonly string[];
}

export interface Decision {
  readonly verdict: Verdict;
  readonly reasons: readonly Both[];
}

export type NextStep = { readonly check: CheckKind } | Decision;

/** A failure that does not come in the first run is asked so many times altogether. */
export const againRuns = 3;

/**
 * What to look at next, or whose failure it is. Each check changes one thing of the failing run; where the failure goes with a thing, it is that thing's. The
 * cheap and the decisive come first: once it is decided, no more machines are started.
 */
export function nextCheck(since: SinceLastGood | undefined, done: readonly InvestigationCheck[]): NextStep {
  const again = done.filter(({ check }) => check === 'again');
  const fails = again.filter(failed);
  const passes = again.filter(({ answer }) => answer === 'passes');
  const [, second] = again.filter(({ answer }) => answer === 'no answer');
  if (fails.length === 0 && second) return { verdict: 'environment', reasons: [because.cannotRun(whyOf(second))] };
  const impossible = again.find(({ answer }) => answer === 'not done');
  if (fails.length === 0 && impossible) return { verdict: 'undecided', reasons: [because.cannotRepeat(whyOf(impossible))] };
  // It came in the night: one failure more makes it steady, and a pass has to be looked at.
  if (passes.length === 0 ? fails.length === 0 : again.length < againRuns) return { check: 'again' };
  if (passes.length > 0) return { verdict: 'sporadic', reasons: [because.sporadic(passes.length, again.length)] };
  const steady = because.steady(fails.some(({ answer }) => answer === 'other failure'));
  return steadyFailure(steady, since, (check) => done.find((each) => each.check === check));
}

function steadyFailure(steady: Both, since: SinceLastGood | undefined, find: (check: CheckKind) => InvestigationCheck | undefined): NextStep {
  const image = find('last-good-image');
  const suite = find('last-good-suite');
  const machine = find('other-machine');
  const model = find('other-model');
  if (since?.image && !image) return { check: 'last-good-image' };
  if (image?.answer === 'passes') return { verdict: 'product', reasons: [steady, because.lastGoodImage(image.on)] };
  if (since?.suite && !suite) return { check: 'last-good-suite' };
  if (suite?.answer === 'passes') return { verdict: 'test', reasons: [steady, ...keeps(image), because.lastGoodSuite(suite.on)] };
  if (!model) return { check: 'other-model' };
  if (since?.model && model.answer === 'passes') return { verdict: 'device', reasons: [steady, ...keeps(image, suite), because.modelChanged(since.result), because.modelOfClass(model.on)] };
  if (!machine) return { check: 'other-machine' };
  const kept = keeps(image, suite);
  if (machine.answer === 'passes' && model.answer !== 'passes') return { verdict: 'environment', reasons: [steady, ...kept, because.machinePasses(machine.on)] };
  if (model.answer === 'passes' && machine.answer !== 'passes') return { verdict: 'device', reasons: [steady, ...kept, because.modelOnSameImage(model.on), ...(failed(machine) ? [because.machineFails(machine.on)] : [])] };
  if (model.answer === 'passes' && machine.answer === 'passes') return { verdict: 'environment', reasons: [steady, ...kept, because.onlyTogether(machine.on, model.on)] };
  return nothingPasses(steady, since, [image, suite, machine, model]);
}

/** Whatever was changed, it fails: what is left is what could not be changed. */
function nothingPasses(steady: Both, since: SinceLastGood | undefined, checks: readonly (InvestigationCheck | undefined)[]): Decision {
  const kept = keeps(...checks);
  const [image, suite] = checks;
  const open = checks.flatMap((each) => (each && (each.answer === 'not done' || each.answer === 'no answer') ? [notTried(each)] : []));
  const reasons = [steady, ...kept, ...open];
  if (!since) return { verdict: 'undecided', reasons: [...reasons, because.neverPassed] };
  if (since.image && !failed(image)) return { verdict: 'product', reasons: [...reasons, because.imageChanged(since.result, !since.suite ? 'same' : failed(suite) ? 'fails' : 'changed')] };
  if (since.suite && !failed(suite)) return { verdict: 'test', reasons: [...reasons, because.suiteChanged(since.result, since.image ? 'fails' : 'same')] };
  if (since.surroundings.length > 0) return { verdict: 'environment', reasons: [...reasons, because.surroundings(since.result, since.surroundings)] };
  return { verdict: 'undecided', reasons: [...reasons, because.nothingChanged(since.result)] };
}

function keeps(...checks: readonly (InvestigationCheck | undefined)[]): readonly Both[] {
  return checks.flatMap((each) => (each && failed(each) ? [failsToo(each)] : []));
}

function failed(check: InvestigationCheck | undefined): boolean {
  return check?.answer === 'same failure' || check?.answer === 'other failure';
}

/** What is known when the time ends before it is decided. */
export function outOfTime(done: readonly InvestigationCheck[]): Decision {
  return { verdict: 'undecided', reasons: [because.timeEnded(done.length), ...keeps(...done)] };
}
