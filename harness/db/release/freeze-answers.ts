import { deviceAnswer } from '../answers/device-answer.ts';
import type { Assessor } from '../assessor.ts';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import type { Assessment } from '../verdicts/assess-device.ts';

/** The answers of a database that say anything, by device and then by image; of all others "Not tested" is the answer. */
export function* freezeAnswers(assessor: Assessor, now: Date): Generator<FrozenAnswer> {
  for (const id of [...assessor.devices.keys()].sort()) {
    const device = assessor.devices.get(id);
    if (device === undefined) continue;
    for (const image of assessor.images) {
      const assessment = assessor.assess(device, image);
      if (assessment.lastTestedAt === '' && assessment.headline === 'not-tested') continue;
      const { device: { fullName }, images: [answer] } = deviceAnswer(device, [assessment], { images: assessor.records, now });
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
