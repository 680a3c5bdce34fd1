import type { Deadline } from '../harness/base/deadline.ts';
import type { MachineProfile } from '../harness/machines/machine.ts';
import type { StoredImage } from '../harness/images/stored-image.ts';

/** What every measurement gets. */
export interface BenchParts {
  readonly image: StoredImage;
  readonly profile: MachineProfile;
  readonly accelerator: 'kvm' | 'tcg';
  readonly deadline: Deadline;
  /** Takes one line of progress. */
  readonly say: (line: string) => void;
}
