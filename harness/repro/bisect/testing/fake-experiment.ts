import type { Experiment, Subject, Trial } from '../experiment.ts';
import type { TrialOutcome } from '../search.ts';

/** Answers of a function instead of a guest's; every run is in `ran`. Rejects, as a run that is interrupted, once `stopAfter` runs are done. */
export class FakeExperiment implements Experiment {
  readonly ran: Subject[] = [];
  readonly #answer: (subject: Subject, run: number) => TrialOutcome;
  readonly #stopAfter: number;

  constructor(answer: (subject: Subject, run: number) => TrialOutcome, stopAfter = Infinity) {
    this.#answer = answer;
    this.#stopAfter = stopAfter;
  }

  async run(subject: Subject): Promise<Trial> {
    if (this.ran.length >= this.#stopAfter) throw new Error('interrupted');
    this.ran.push(subject);
    return Promise.resolve({ outcome: this.#answer(subject, this.ran.length), seconds: 1, result: `20261122-000000-fake-${String(this.ran.length).padStart(3, '0')}` });
  }
}
