import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Result, TestResult } from '../../db/generated/result.ts';
import type { Cell } from '../../run/cell.ts';
import { judgeRepro } from '../judge-repro.ts';
import { prepareAgain, runAgain, type AgainParts } from '../run-again.ts';
import type { Experiment, Subject, Trial } from './experiment.ts';

export interface GuestExperimentParts extends Omit<AgainParts, 'image' | 'machine' | 'repeats'> {
  /** The result whose failure is looked for. */
  readonly was: Result;
  readonly test?: TestResult;
  /** Any failure counts, and not only the same one. */
  readonly any: boolean;
  readonly cellOn: (image: string) => Promise<Cell>;
  readonly deadline: Deadline;
  readonly progress: (step: string) => void;
}

/** Runs the test on pristine clones of the lab's machines, and compares how it fails with the result that is asked about. */
export class GuestExperiment implements Experiment {
  readonly #parts: GuestExperimentParts;
  readonly #prepared = new Map<string, Pick<AgainParts, 'image' | 'machine'>>();

  constructor(parts: GuestExperimentParts) {
    this.#parts = parts;
  }

  async run(subject: Subject): Promise<Trial> {
    const parts = this.#parts;
    const started = performance.now();
    const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
    try {
      await subject.make?.();
      const cell = await parts.cellOn(subject.image);
      const prepared = this.#prepared.get(subject.image) ?? (await prepareAgain(parts.lab, cell, parts.deadline, parts.progress));
      this.#prepared.set(subject.image, prepared);
      const order: Cell = { ...cell, ...(subject.packages ? { packages: subject.packages } : {}) };
      for await (const { result } of runAgain(order, 1, { ...parts, ...prepared, repeats: parts.was.id })) {
        const { answer, tests } = judgeRepro(parts.was, result, parts.test?.id);
        const { kernel } = result.environment;
        if (subject.kernel !== undefined && kernel !== undefined && kernel !== subject.kernel) return { outcome: 'untestable', result: result.id, said: `it started with the kernel ${kernel}, not with ${subject.kernel}`, seconds: seconds() };
        const said = (tests.find((each) => each.said !== undefined)?.said ?? result.reason?.message)?.slice(0, 300);
        const outcome = answer === 'same failure' || (parts.any && answer === 'other failure') ? 'bad' : answer === 'passes' ? 'good' : 'untestable';
        return { outcome, result: result.id, ...(said === undefined ? {} : { said }), seconds: seconds() };
      }
      throw new HwlabError({ code: 'nothing-ran', blame: 'harness', message: 'nothing was run' });
    } catch (error) {
      // An image that cannot be opened or booted is a state that cannot be tested; an interruption ends the bisection.
      if (parts.signal.aborted) throw parts.signal.reason as Error;
      if (!(error instanceof HwlabError) || error.blame === 'harness') throw error;
      return { outcome: 'untestable', said: error.message.slice(0, 300), seconds: seconds() };
    }
  }
}
