import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { openAssessor, type QuirkAssessment } from './assessor.ts';
import type { Database } from './database.ts';
import type { Device } from './generated/device.ts';
import { fullName, identifyDevice } from './identify-device.ts';
import type { BadLine } from './read-results.ts';
import type { Assessment } from './verdicts/assess-device.ts';

/** The answer to "does this model work?". */
export interface DeviceCheck {
  readonly device: Device;
  /** One an image, by image id; also for images on which nothing was tested. */
  readonly assessments: readonly Assessment[];
  /** What is known of the device with quirks that it was given; it counts for no headline. One an image and set of quirks. */
  readonly quirks: readonly QuirkAssessment[];
  /** Lines of the database that could not be read. */
  readonly badLines: readonly BadLine[];
}

/**
 * Identifies a model by what a person typed and assesses it on one image or on all that are known.
 * @throws HwlabError `unknown-device`, `ambiguous-device` or `unknown-image`, blame `usage`, with the near matches
 */
export async function checkDevice(database: Database, asked: string, options: { readonly image?: string; readonly now: Date }): Promise<DeviceCheck> {
  const device = identified(asked, await database.devices());
  const assessor = await openAssessor(database, options.now);
  const wanted = options.image === undefined ? assessor.images : [knownImage(options.image, assessor.images)];
  const quirks = wanted.flatMap((image) => assessor.quirksOf(device, image));
  return {
    device,
    assessments: wanted.map((image) => assessor.assess(device, image)),
    quirks: quirks.sort((left, right) => left.personalities.join().localeCompare(right.personalities.join(), 'en')),
    badLines: assessor.badLines,
  };
}

function identified(asked: string, devices: ReadonlyMap<string, Device>): Device {
  const found = identifyDevice(asked, devices.values());
  const shown = asked.slice(0, 80);
  switch (found.kind) {
    case 'found':
      return found.device;
    case 'ambiguous': {
      const names = found.devices.map((device) => `${fullName(device)} (${device.id})`);
      throw new HwlabError({ code: 'ambiguous-device', blame: 'usage', message: `"${shown}" is the name of ${names.join(', and of ')}`, advice: 'use the id in parentheses', facts: { asked: shown, near: names } });
    }
    case 'unknown': {
      const near = found.near.map((device) => fullName(device));
      throw new HwlabError({
        code: 'unknown-device',
        blame: 'usage',
        message: `no model is known as "${shown}"${near.length > 0 ? `; did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` : ''}`,
        advice: 'all models that are known: hwlab db devices',
        facts: { asked: shown, near },
      });
    }
  }
}

function knownImage(asked: string, known: readonly string[]): string {
  if (known.includes(asked)) return asked;
  throw new HwlabError({ code: 'unknown-image', blame: 'usage', message: `there is no image "${asked.slice(0, 80)}"${didYouMean(asked, known)}`, advice: 'all images: hwlab image list' });
}
