import { createHash } from 'node:crypto';
import { deviceAnswer, answeredDevice, type DeviceAnswer } from '../answers/device-answer.ts';
import { openAssessor, type Assessor } from '../assessor.ts';
import type { Database } from '../database.ts';
import type { Device } from '../generated/device.ts';
import { buildIdentityCatalogue, matchDevices, type IdentityCatalogue } from '../identity/match-devices.ts';
import { headlineRank, lastGoodRank } from './headline-rank.ts';
import { imageFacts } from './image-order.ts';
import { longestQuery, mostCounted, mostHits, type DataFacts, type ImageFacts, type ImageHeadline, type LookupSource, type SearchHit, type SearchQuery, type SearchResult } from './lookup-source.ts';
import { noPublicLists } from './public-lists.ts';
import { searchWords, sortKey, wordsOf } from './search-words.ts';

/** Answers from a database that is read whole into memory: for small ones, for static pages, and to check the index against. */
export async function openWholeDatabase(database: Database, now: Date): Promise<LookupSource> {
  return new WholeDatabaseSource(await openAssessor(database, now), now);
}

interface Entry {
  readonly device: Device;
  readonly words: readonly string[];
  readonly key: string;
  readonly hit: SearchHit;
  /** By image. */
  readonly byImage: ReadonlyMap<string, ImageHeadline>;
}

class WholeDatabaseSource implements LookupSource {
  readonly lists = noPublicLists;
  readonly #assessor: Assessor;
  readonly #now: Date;
  readonly #images: readonly ImageFacts[];
  readonly #entries: readonly Entry[];
  readonly #catalogue: IdentityCatalogue;

  constructor(assessor: Assessor, now: Date) {
    this.#assessor = assessor;
    this.#now = now;
    this.#images = imageFacts(assessor.images, assessor.records);
    this.#entries = [...assessor.devices.values()].map((device) => this.#entry(device));
    this.#catalogue = buildIdentityCatalogue(assessor.devices.values());
  }

  about(): DataFacts {
    const vendors = Map.groupBy(this.#entries, ({ device }) => device.vendor);
    const answered = this.#entries.map(({ hit }) => hit);
    return {
      version: createHash('sha256').update(JSON.stringify(answered)).digest('hex').slice(0, 16),
      newestResultAt: this.#assessor.newestAt || null,
      devices: this.#entries.length,
      results: this.#assessor.results,
      images: this.#images,
      vendors: [...vendors].map(([vendor, own]) => ({ vendor, devices: own.length })).sort((left, right) => left.vendor.localeCompare(right.vendor, 'en')),
      badLines: this.#assessor.badLines.length,
    };
  }

  search({ text, class: deviceClass, vendor, image, headline, offset, limit }: SearchQuery): SearchResult {
    const { entries, proposed } = this.#named(text);
    const found = entries.filter(({ device, hit, byImage }) => {
      if (deviceClass !== undefined && !device.classes.includes(deviceClass)) return false;
      if (vendor !== undefined && device.vendor !== vendor) return false;
      if (image !== undefined && !byImage.has(image)) return false;
      if (headline === undefined) return true;
      return image === undefined ? hit.headlines.some((each) => each.headline === headline) : byImage.get(image)?.headline === headline;
    });
    const ordered = proposed ? found : [...found].sort((left, right) => this.#rank(left, image) - this.#rank(right, image) || byKey(left, right));
    const total = Math.min(ordered.length, mostCounted);
    return { total, more: ordered.length > mostCounted, hits: ordered.slice(offset, offset + Math.min(limit, mostHits)).map(({ hit }) => hit) };
  }

  answer(id: string): DeviceAnswer | undefined {
    const device = this.#assessor.devices.get(id);
    if (device === undefined) return undefined;
    return deviceAnswer(device, this.#images.map((image) => this.#assessor.assess(device, image.id)), { images: this.#assessor.records, now: this.#now });
  }

  words(id: string): readonly string[] {
    return this.#entries.find(({ device }) => device.id === id)?.words ?? [];
  }

  alternatives(id: string, image: string, most: number): readonly SearchHit[] {
    const own = this.#entries.find(({ device }) => device.id === id);
    if (own === undefined) return [];
    const rank = this.#rank(own, image);
    return this.#entries
      .filter((other) => other !== own && other.device.invented === undefined && this.#rank(other, image) < rank && this.#rank(other, image) <= lastGoodRank && other.device.classes.some((name) => own.device.classes.includes(name)))
      .sort((left, right) => this.#rank(left, image) - this.#rank(right, image) || Number(right.device.vendor === own.device.vendor) - Number(left.device.vendor === own.device.vendor) || byKey(left, right))
      .slice(0, most)
      .map(({ hit }) => hit);
  }

  close(): void {
    // Nothing is open.
  }

  /** Devices that a text names: all of its words begin words of their names; else the ones that identity matching proposes, likely ones first. */
  #named(text: string): { readonly entries: readonly Entry[]; readonly proposed: boolean } {
    const wanted = wordsOf(text);
    if (wanted.length === 0 && text.trim() === '') return { entries: this.#entries, proposed: false };
    const direct = wanted.length === 0 ? [] : this.#entries.filter(({ words }) => wanted.every((word) => words.some((own) => own.startsWith(word))));
    if (direct.length > 0) return { entries: direct, proposed: false };
    return { entries: matchDevices(text.slice(0, longestQuery), this.#catalogue).flatMap((match) => this.#entries.filter(({ device }) => device.id === match.device)), proposed: true };
  }

  /** Place of the headline on an image, or on the newest one of which something is known. */
  #rank({ byImage, hit }: Entry, image: string | undefined): number {
    if (image !== undefined) return headlineRank[byImage.get(image)?.headline ?? 'not-tested'];
    return headlineRank[hit.headlines.find((each) => each.headline !== 'not-tested')?.headline ?? 'not-tested'];
  }

  #entry(device: Device): Entry {
    const headlines = this.#images.map(({ id }): ImageHeadline => {
      const { headline, level } = this.#assessor.assess(device, id);
      return { image: id, headline, level: level ?? null };
    });
    const { id, vendor, name, fullName, classes, invented, path } = answeredDevice(device);
    return { device, words: [...searchWords(device)], key: sortKey(device), hit: { device: { id, vendor, name, fullName, classes, invented, path }, headlines }, byImage: new Map(headlines.map((each) => [each.image, each])) };
  }
}

function byKey(left: Entry, right: Entry): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}
