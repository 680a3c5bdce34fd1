import { openAssessor } from '../assessor.ts';
import type { Database } from '../database.ts';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import { fullName } from '../identify-device.ts';
import { freezeAnswers } from './freeze-answers.ts';

/** What a state of the data says, small enough to hold two of them. */
export interface Snapshot {
  /** What people call it: the id of a release, a folder, a git revision. */
  readonly label: string;
  /** Day of the verdicts. */
  readonly date: string;
  /** Names of all devices by id. */
  readonly devices: ReadonlyMap<string, string>;
  /** By device and image, see `answerKey`. Pairs that are not there were not tested. */
  readonly answers: ReadonlyMap<string, FrozenAnswer>;
}

export function answerKey({ device, image }: Pick<FrozenAnswer, 'device' | 'image'>): string {
  return `${device} ${image}`;
}

/** The state of a database at a moment, by the rules of today. */
export async function snapshotOf(database: Database, label: string, now: Date): Promise<Snapshot> {
  const assessor = await openAssessor(database, now);
  return {
    label,
    date: now.toISOString().slice(0, 10),
    devices: new Map([...assessor.devices].map(([id, device]) => [id, fullName(device)])),
    answers: new Map([...freezeAnswers(assessor, now)].map((answer) => [answerKey(answer), answer])),
  };
}
