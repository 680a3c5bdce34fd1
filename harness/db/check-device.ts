import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { loadFolder, type Database } from './database.ts';
import type { Device } from './generated/device.ts';
import type { ImageRecord } from './generated/image.ts';
import { fullName, identifyDevice } from './identify-device.ts';
import { isDeterministicFailure } from './match-known-issues.ts';
import { observationsOf, readHistories } from './read-histories.ts';
import type { BadLine } from './read-results.ts';
import { assessDevice, type Assessment } from './verdicts/assess-device.ts';
import { flakeFaults } from './verdicts/flake-fault.ts';
import { newerPointReleases } from './verdicts/newer-point-releases.ts';
import { ImageHistory } from './verdicts/test-history.ts';

/** What is known of a device with personalities on an image. */
export interface QuirkAssessment extends Pick<Assessment, 'device' | 'image' | 'lastTestedAt' | 'nights' | 'features'> {
  /** Sorted ids. */
  readonly personalities: readonly string[];
}

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
  const { now } = options;
  const devices = await database.devices();
  const device = identified(asked, devices);
  const issues = await database.knownIssues();
  const profiles = await database.profiles();
  const images = await loadFolder<ImageRecord>(database.folderOf('images'), 'image');

  const { histories, quirks, current, badLines } = await readHistories(database, (result, test, failure) => isDeterministicFailure(result, test, failure, issues, now));
  const known = [...new Set([...images.keys(), ...histories.keys(), ...quirks.keys()])].sort();
  const wanted = options.image === undefined ? known : [knownImage(options.image, known)];
  const retired = device.retired !== undefined && device.retired <= now.toISOString().slice(0, 10);
  const assess = (image: string, history: ImageHistory): Assessment => {
    const record = images.get(image);
    const faultOf = flakeFaults(observationsOf(histories.get(image) ?? new Map<string, ImageHistory>(), (id) => devices.get(id)?.vendor ?? id));
    return assessDevice({
      device,
      image,
      history,
      profiles,
      current: current.get(image),
      faultOf: (test, machine) => faultOf(test, device.id, machine),
      newerPointReleases: record ? newerPointReleases(record, images.values(), now) : 0,
      retired,
      now,
    });
  };
  const assessments = wanted.map((image) => assess(image, histories.get(image)?.get(device.id) ?? new ImageHistory(() => false)));
  const quirky = wanted.flatMap((image) =>
    [...(quirks.get(image)?.get(device.id) ?? [])].map(([ids, history]): QuirkAssessment => {
      const { features, lastTestedAt, nights } = assess(image, history);
      return { device: device.id, image, personalities: ids.split('+'), lastTestedAt, nights, features: features.filter((feature) => feature.level !== undefined) };
    }),
  );
  return { device, assessments, quirks: quirky.sort((left, right) => left.personalities.join().localeCompare(right.personalities.join(), 'en')), badLines };
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
