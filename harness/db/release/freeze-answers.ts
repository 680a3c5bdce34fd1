import { deviceAnswer } from '../answers/device-answer.ts';
import type { Device } from '../generated/device.ts';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import type { ImageRecord } from '../generated/image.ts';
import type { Assessment } from '../verdicts/assess-device.ts';

/** A database whose answers can be frozen: read whole (`openAssessor`), or its index. */
export interface Freezable {
  /** Sorted by id. */
  readonly allDevices: () => Iterable<Device>;
  /** Ids, sorted. */
  readonly imageIds: readonly string[];
  /** By id; an image that only results name has none. */
  readonly records: ReadonlyMap<string, ImageRecord>;
  readonly assess: (device: Device, image: string) => Assessment;
}

/** The answers for devices that say anything, in their order and then by image; of all others "Not tested" is the answer. */
export function* freezeAnswers({ imageIds, records, assess }: Pick<Freezable, 'imageIds' | 'records' | 'assess'>, devices: Iterable<Device>, now: Date): Generator<FrozenAnswer> {
  for (const device of devices) {
    const { id } = device;
    for (const image of imageIds) {
      const assessment = assess(device, image);
      if (assessment.lastTestedAt === '' && assessment.headline === 'not-tested') continue;
      const { device: { fullName }, images: [answer] } = deviceAnswer(device, [assessment], { images: records, now });
      yield {
        device: id,
        name: fullName,
        image,
        headline: assessment.headline,
        headlineWhenTested: assessment.headlineWhenTested,
        level: assessment.level ?? null,
        freshness: assessment.freshness ?? null,
        contested: assessment.contested,
        lastTestedAt: assessment.lastTestedAt || null,
        validUntil: answer?.valid?.date ?? null,
        features: featuresOf(assessment),
      };
    }
  }
}

function featuresOf({ features }: Assessment): FrozenAnswer['features'] {
  const told = features.filter(({ level, requirement }) => level !== undefined && (requirement === 'required' || requirement === 'recommended'));
  return Object.fromEntries(told.map(({ suite, feature, verdict }): [string, FrozenAnswer['features'][string]] => [`${suite}/${feature}`, verdict.verdict]).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The last moment of a day, UTC: a verdict of that day. */
export function endOfDay(date: string): Date {
  return new Date(`${date}T23:59:59.999Z`);
}
