import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import type { QuirkAssessment } from './assessor.ts';
import type { Database } from './database.ts';
import type { Device } from './generated/device.ts';
import { fullName } from './identify-device.ts';
import type { Match } from './identity/match-devices.ts';
import type { IndexedAnswers } from './index/indexed-answers.ts';
import { openAnswers } from './index/open-lookup.ts';
import type { ListedFacts, ListedModel } from './lookup/public-lists.ts';
import type { BadLine } from './read-results.ts';
import type { Assessment } from './verdicts/assess-device.ts';

/** The answer to "does this model work?". */
export interface DeviceCheck {
  readonly device: Device;
  /** Why this device is meant, where what was typed is not one of its names. */
  readonly match: Match | undefined;
  /** One an image, by image id; also for images on which nothing was tested. */
  readonly assessments: readonly Assessment[];
  /** What is known of the device with quirks that it was given; it counts for no headline. One an image and set of quirks. */
  readonly quirks: readonly QuirkAssessment[];
  /** What public lists say of it; beside the answer, never in it. */
  readonly lists: ListedFacts | undefined;
  /** Lines of the database that could not be read. */
  readonly badLines: readonly BadLine[];
}

/** The answer about a model that only public lists know. */
export interface ListedCheck {
  readonly listed: ListedModel;
  readonly match: Match;
}

/**
 * Identifies a model by what a person typed and assesses it on one image or on all that are known, through the index of the database.
 * @throws HwlabError `unknown-device`, `ambiguous-device` or `unknown-image`, blame `usage`, with the near matches
 */
export async function checkDevice(database: CheckedDatabase, asked: string, options: CheckDeviceOptions): Promise<DeviceCheck> {
  const check = await checkModel(database, asked, options);
  if ('device' in check) return check;
  const { fullName: name, id } = check.listed;
  throw new HwlabError({ code: 'unknown-device', blame: 'usage', message: `"${asked.slice(0, 80)}" is ${name}, which only public lists know: there is no device file and no result`, advice: `what the lists say: hwlab check ${id}`, facts: { asked: asked.slice(0, 80), near: [] } });
}

export type CheckedDatabase = Pick<Database, 'folder' | 'folderOf' | 'coverageFolder'>;

export interface CheckDeviceOptions {
  readonly image?: string;
  readonly now: Date;
}

/** The same, also for a model that only imported public lists know. @throws like `checkDevice` */
export async function checkModel(database: CheckedDatabase, asked: string, options: CheckDeviceOptions): Promise<DeviceCheck | ListedCheck> {
  const lookup = await openAnswers(database, { now: options.now });
  try {
    const found = await identified(asked, lookup);
    if ('listed' in found) return found;
    const { device, match } = found;
    const images = lookup.images.map(({ id }) => id).sort();
    const wanted = options.image === undefined ? images : [knownImage(options.image, images)];
    const quirks = wanted.flatMap((image) => lookup.quirksOf(device, image));
    return {
      device,
      match,
      assessments: wanted.map((image) => lookup.assess(device, image)),
      quirks: quirks.sort((left, right) => left.personalities.join().localeCompare(right.personalities.join(), 'en')),
      lists: lookup.lists.factsOf(device.id),
      badLines: lookup.badLines(),
    };
  } finally {
    lookup.close();
  }
}

/** The one device that is meant; never one of several. Matching by likeness is loaded only when no device has just that name. */
async function identified(asked: string, lookup: IndexedAnswers): Promise<Pick<DeviceCheck, 'device' | 'match'> | ListedCheck> {
  const [only, ...others] = lookup.named(asked);
  if (only !== undefined && others.length === 0) return { device: only, match: undefined };
  const [{ matchDevices }, { decide }, { IndexedSource }, { IndexedCatalogue }] = await Promise.all([import('./identity/match-devices.ts'), import('./identity/decide.ts'), import('./index/indexed-source.ts'), import('./index/indexed-catalogue.ts')]);
  const source = new IndexedSource(lookup);
  const decision = decide(matchDevices(asked, new IndexedCatalogue(lookup.index, { lists: true })));
  const shown = asked.slice(0, 80);
  const named = (matches: readonly Match[]): readonly { readonly id: string; readonly name: string }[] => matches.flatMap(({ device: id }) => {
    const device = lookup.device(id);
    const name = device === undefined ? lookup.lists.model(id)?.fullName : fullName(device);
    return name === undefined ? [] : [{ id, name }];
  });
  switch (decision.kind) {
    case 'one': {
      const device = lookup.device(decision.match.device);
      if (device !== undefined) return { device, match: decision.match };
      const listed = lookup.lists.model(decision.match.device);
      if (listed !== undefined) return { listed, match: decision.match };
      throw new HwlabError({ code: 'unknown-device', blame: 'usage', message: `no model is known as "${shown}"`, facts: { asked: shown, near: [] } });
    }
    case 'several': {
      const names = named(decision.matches).map(({ name, id }) => `${name} (${id})`);
      throw new HwlabError({ code: 'ambiguous-device', blame: 'usage', message: `"${shown}" is the name of ${names.join(', and of ')}`, advice: 'use the id in parentheses', facts: { asked: shown, near: names } });
    }
    case 'related':
    case 'none': {
      const related = decision.kind === 'none' ? [] : named(decision.matches.slice(0, 5)).map(({ name }) => name);
      const near = related.length > 0 ? related : source.search({ text: asked, offset: 0, limit: 3 }).hits.map((hit) => hit.device.fullName);
      throw new HwlabError({
        code: 'unknown-device',
        blame: 'usage',
        message: `no model is known as "${shown}"${near.length > 0 ? `; did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` : ''}`,
        advice: 'all models that are known: hwlab db devices; what imported public lists know: hwlab identify',
        facts: { asked: shown, near },
      });
    }
  }
}

function knownImage(asked: string, known: readonly string[]): string {
  if (known.includes(asked)) return asked;
  throw new HwlabError({ code: 'unknown-image', blame: 'usage', message: `there is no image "${asked.slice(0, 80)}"${didYouMean(asked, known)}`, advice: 'all images: hwlab image list' });
}
