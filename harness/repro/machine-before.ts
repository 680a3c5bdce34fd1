import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Result, TestResult } from '../db/generated/result.ts';
import type { Machine } from '../machines/machine.ts';
import type { Cell } from '../run/cell.ts';
import { isFailure } from './judge-repro.ts';

export interface BeforeParts {
  readonly was: Result;
  readonly test: TestResult;
  /** The cell that runs just this test. */
  readonly cell: Cell;
  readonly machine: Machine;
  readonly kernelParameters: readonly string[];
  /** Runs a cell once on a machine. */
  readonly run: (machine: Machine, cell: Cell) => Promise<Result>;
  readonly deadline: Deadline;
  readonly progress: (step: string) => void;
}

/** The first test of a result that failed. @throws HwlabError usage `no-failure` */
export function failedTest(result: Result): TestResult {
  const found = result.tests.find(isFailure);
  if (!found) throw new HwlabError({ code: 'no-failure', blame: 'usage', message: `no test of ${result.id} failed, so there is nothing to stand before`, advice: `name a test: ${result.id}#TEST` });
  return found;
}

/**
 * The machine as it was right before a test of a result: the tests that ran before it are run once, the device is pulled out, and memory and disk are kept. The
 * next call with the same tests of the same suite, model and seed is that machine at once. A test that was the first stands on the pristine machine.
 * @throws HwlabError usage `no-snapshot` for a machine that cannot be kept so; lab `snapshot-failed` where the tests before could not be run
 */
export async function machineBefore({ was, test, cell, machine, kernelParameters, run, deadline, progress }: BeforeParts): Promise<Machine> {
  const before = was.tests.slice(0, was.tests.findIndex(({ id }) => id === test.id)).map(({ id }) => id);
  if (before.length === 0) {
    progress(`"${test.title}" was the first test: it stands on the pristine machine`);
    return machine;
  }
  if (!machine.snapshot) throw new HwlabError({ code: 'no-snapshot', blame: 'usage', message: `${cell.id.machine} is no virtual machine: its memory cannot be kept`, advice: 'without --snapshot it boots anew' });
  const label = JSON.stringify([cell.id.id, cell.suiteRevision, cell.modelSha256, cell.seed ?? 0, before, cell.blacklist, cell.sabotage, kernelParameters]);
  return await machine.snapshot(
    label,
    async (filling) => {
      progress(`bringing the machine to where it was before "${test.title}": ${before.length} tests`);
      const { reason } = await run(filling, { ...cell, only: before });
      if (reason) throw new HwlabError({ code: 'snapshot-failed', blame: 'lab', message: `the tests before "${test.title}" could not be run: ${reason.message}` });
    },
    deadline,
    progress,
  );
}
