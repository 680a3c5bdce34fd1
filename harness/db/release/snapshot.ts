import { openAssessor } from '../assessor.ts';
import type { Database } from '../database.ts';
import type { Device } from '../generated/device.ts';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import { fullName } from '../identify-device.ts';
import { freezeAnswers, type Freezable } from './freeze-answers.ts';

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

/** The state of a database at a moment, by the rules of today, read whole: for states of which there will be no second question, and so no index. */
export async function snapshotOf(database: Database, label: string, now: Date): Promise<Snapshot> {
  const { devices, images, records, assess } = await openAssessor(database, now);
  return frozenNow({ imageIds: images, records, assess }, devices.values(), label, now);
}

/** What is known of devices at a moment. */
export function frozenNow(source: Pick<Freezable, 'imageIds' | 'records' | 'assess'>, devices: Iterable<Device>, label: string, now: Date): Snapshot {
  const names = new Map<string, string>();
  const counted = function* (): Generator<Device> {
    for (const device of devices) {
      names.set(device.id, fullName(device));
      yield device;
    }
  };
  const answers = new Map([...freezeAnswers(source, counted(), now)].map((answer) => [answerKey(answer), answer]));
  return { label, date: now.toISOString().slice(0, 10), devices: names, answers };
}
