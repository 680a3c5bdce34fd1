import type { Investigation, InvestigationCheck } from '../../db/generated/investigations.ts';

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
  readonly reasons: readonly string[];
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
  if (fails.length === 0 && again.filter(({ answer }) => answer === 'no answer').length >= 2) {
    return { verdict: 'environment', reasons: [`the lab could not run it again on a pristine clone: ${again.at(-1)?.why ?? 'no answer'}`] };
  }
  const impossible = again.find(({ answer }) => answer === 'not done');
  if (fails.length === 0 && impossible) return { verdict: 'undecided', reasons: [`it cannot be run again: ${impossible.why ?? 'no reason'}`] };
  // It came in the night: one failure more makes it steady, and a pass has to be looked at.
  if (passes.length === 0 ? fails.length === 0 : again.length < againRuns) return { check: 'again' };
  if (passes.length > 0) return { verdict: 'sporadic', reasons: [`the same image, suite, machine and device passed ${passes.length} of ${again.length} times on pristine clones`] };
  const steady = `it comes again on a pristine clone${fails.some(({ answer }) => answer === 'other failure') ? ', with another failure than before' : ''}`;
  return steadyFailure(steady, since, (check) => done.find((each) => each.check === check));
}

function steadyFailure(steady: string, since: SinceLastGood | undefined, find: (check: CheckKind) => InvestigationCheck | undefined): NextStep {
  const image = find('last-good-image');
  const suite = find('last-good-suite');
  const machine = find('other-machine');
  const model = find('other-model');
  if (since?.image && !image) return { check: 'last-good-image' };
  if (image?.answer === 'passes') return { verdict: 'product', reasons: [steady, `today's suite passes on the last good image, ${image.on}`] };
  if (since?.suite && !suite) return { check: 'last-good-suite' };
  if (suite?.answer === 'passes') return { verdict: 'test', reasons: [steady, ...keeps(image), `the suite of the last good run, ${suite.on}, passes on today's image`] };
  if (!model) return { check: 'other-model' };
  if (since?.model && model.answer === 'passes') return { verdict: 'device', reasons: [steady, ...keeps(image, suite), `the model's data changed since ${since.result}`, `another model of the class, ${model.on}, passes`] };
  if (!machine) return { check: 'other-machine' };
  const kept = keeps(image, suite);
  if (machine.answer === 'passes' && model.answer !== 'passes') return { verdict: 'environment', reasons: [steady, ...kept, `it passes on another machine, ${machine.on}`] };
  if (model.answer === 'passes' && machine.answer !== 'passes') return { verdict: 'device', reasons: [steady, ...kept, `another model of the class, ${model.on}, passes on the same image`, ...(failed(machine) ? [`on another machine, ${machine.on}, it fails too`] : [])] };
  if (model.answer === 'passes' && machine.answer === 'passes') return { verdict: 'environment', reasons: [steady, ...kept, `it passes on another machine, ${machine.on}, and with another model, ${model.on}: only the two together fail`] };
  return nothingPasses(steady, since, [image, suite, machine, model]);
}

/** Whatever was changed, it fails: what is left is what could not be changed. */
function nothingPasses(steady: string, since: SinceLastGood | undefined, checks: readonly (InvestigationCheck | undefined)[]): Decision {
  const kept = keeps(...checks);
  const [image, suite] = checks;
  const open = checks.filter((each) => each?.answer === 'not done' || each?.answer === 'no answer').map((each) => `${each?.check ?? ''} ${each?.answer ?? ''}: ${each?.why ?? 'no reason'}`);
  const reasons = [steady, ...kept, ...open];
  if (!since) return { verdict: 'undecided', reasons: [...reasons, 'it never passed in this database, so that image and test cannot be told apart'] };
  if (since.image && !failed(image)) return { verdict: 'product', reasons: [...reasons, `since it passed in ${since.result}, the image changed${since.suite && !failed(suite) ? ', and the suite' : since.suite ? '; the suite of then fails too' : '; suite and device did not'}`] };
  if (since.suite && !failed(suite)) return { verdict: 'test', reasons: [...reasons, `since it passed in ${since.result}, the suite changed${since.image ? '; the image of then fails too' : '; the image did not'}`] };
  if (since.surroundings.length > 0) return { verdict: 'environment', reasons: [...reasons, `neither image nor suite brings it; since it passed in ${since.result}, this changed: ${since.surroundings.join(', ')}`] };
  return { verdict: 'undecided', reasons: [...reasons, `nothing that is recorded changed since it passed in ${since.result}`] };
}

function keeps(...checks: readonly (InvestigationCheck | undefined)[]): readonly string[] {
  const words = { again: 'again', 'last-good-image': 'on the last good image', 'last-good-suite': 'with the last good suite', 'other-machine': 'on another machine', 'other-model': 'with another model' } as const;
  return checks.flatMap((each) => (each && failed(each) ? [`it fails ${words[each.check]}, ${each.on}, too${each.answer === 'other failure' ? ', but otherwise' : ''}`] : []));
}

function failed(check: InvestigationCheck | undefined): boolean {
  return check?.answer === 'same failure' || check?.answer === 'other failure';
}

/** What is known when the time ends before it is decided. */
export function outOfTime(done: readonly InvestigationCheck[]): Decision {
  return { verdict: 'undecided', reasons: [`the time ended after ${done.length} ${done.length === 1 ? 'run' : 'runs'}`, ...keeps(...done)] };
}
