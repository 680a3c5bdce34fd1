import type { PackageOrder } from '../../machines/install-packages.ts';
import type { TrialOutcome } from './search.ts';

/** A state of the system that can be tested: an image, with other packages in a clone of it or as it is. */
export interface Subject {
  /** Id of a stored image. */
  readonly image: string;
  readonly packages?: PackageOrder;
  /** Release of the kernel that is to run, as uname says it; a run with another one says nothing of this state. */
  readonly kernel?: string;
  /** What the state is made of, so that the same state is known again: hashes and versions, no paths. */
  readonly key: string;
  /** For people. */
  readonly label: string;
  /** Makes the image where it is not there yet. */
  readonly make?: () => Promise<void>;
}

export interface Trial {
  readonly outcome: TrialOutcome;
  /** Id of the result that shows it. */
  readonly result?: string;
  /** First line of what it said. */
  readonly said?: string;
  readonly seconds: number;
}

/** One run of the test on a pristine clone in that state. Rejects only when it is interrupted; what cannot be tested is `untestable`. */
export interface Experiment {
  run(subject: Subject): Promise<Trial>;
}
