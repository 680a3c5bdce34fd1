import type { Deadline } from '../../base/deadline.ts';
import type { TypedEvents } from '../../base/typed-events.ts';
import type { Investigation } from '../../db/generated/investigations.ts';
import type { Result } from '../../db/generated/result.ts';
import { keepInvestigation } from '../../db/investigations.ts';
import type { NightEvents } from '../../report/night-events.ts';
import type { Catalogue } from '../../run/catalogue.ts';
import { harnessRevision } from '../../run/harness-revision.ts';
import type { NightLab } from '../../run/night-lab.ts';
import type { RunCellProcess } from '../../run/worker/cell-process.ts';
import { passesBefore } from '../last-good.ts';
import { checkText } from './because.ts';
import { GuestChecks } from './guest-checks.ts';
import { investigate } from './investigate.ts';
import type { OpenFailure } from './new-failures.ts';
import { sinceLastGood } from './since-last-good.ts';

export interface InvestigateParts {
  /** Of the failing results; what is found out is kept there. */
  readonly database: string;
  /** Where the runs go. */
  readonly folder: string;
  /** Results of the same night. */
  readonly night: readonly Result[];
  readonly catalogue: Catalogue;
  readonly lab: NightLab;
  readonly events: TypedEvents<NightEvents>;
  readonly signal: AbortSignal;
  readonly deadline: Deadline;
  /** Milliseconds for all failures together; no run begins after that. */
  readonly budget: number;
  /** Milliseconds for one run. */
  readonly limit: number;
  readonly progress: (step: string) => void;
  readonly runProcess?: RunCellProcess;
}

/** Looks into one failure after another until the time ends; each is kept beside its result as soon as it is decided. */
export async function investigateFailures(failures: readonly OpenFailure[], parts: InvestigateParts): Promise<readonly Investigation[]> {
  const { database, events, budget, deadline, signal, progress } = parts;
  const harness = await harnessRevision();
  const ends = Date.now() + budget;
  const found: Investigation[] = [];
  for (const [index, { result, test, signature }] of failures.entries()) {
    if (Date.now() >= ends) {
      await events.emit('warning', { message: `the time for investigating ended: ${failures.length - index} of ${failures.length} new failures were not looked into`, advice: `./hwlab investigate ${result.id}` });
      break;
    }
    const passes = await passesBefore(database, result, test);
    const ofThis = test ? `${result.id}#${test.id}` : result.id;
    progress(`investigating ${index + 1} of ${failures.length}: ${ofThis}`);
    await using checks = new GuestChecks({ ...parts, was: result, ...(test ? { test } : {}), passes, deadline, signal, progress: () => undefined });
    // What stood before this night; a good image of the same night is found by itself.
    const good = passes.find(({ night }) => night !== result.night) ?? passes[0];
    const one = await investigate({ result: result.id, ...(test ? { test: test.id } : {}), signature, since: sinceLastGood(result, good), harness, outOfTime: () => Date.now() >= ends, now: Date.now }, checks, (check) => progress(`  ${checkText(check)}`));
    await keepInvestigation(database, result.night, one);
    progress(`  ${one.verdict}: ${one.reasons.at(-1) ?? ''}`);
    found.push(one);
  }
  return found;
}
