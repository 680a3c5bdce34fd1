import type { DatabaseSync } from 'node:sqlite';
import { deviceAnswer, type DeviceAnswer } from '../answers/device-answer.ts';
import type { QuirkAssessment } from '../assessor.ts';
import type { Device } from '../generated/device.ts';
import type { ImageRecord } from '../generated/image.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { Profile } from '../generated/profile.ts';
import { plainName } from '../identify-device.ts';
import { imageFacts } from '../lookup/image-order.ts';
import type { DataFacts, ImageFacts } from '../lookup/lookup-source.ts';
import type { PublicLists } from '../lookup/public-lists.ts';
import { assessDevice, type Assessment } from '../verdicts/assess-device.ts';
import type { ImageHistory } from '../verdicts/test-history.ts';
import { newerPointReleases } from '../verdicts/newer-point-releases.ts';
import { FoldedCells, type CellHistory } from './folded-cells.ts';
import { faultsOf, knownFaultyTests } from './index-faults.ts';
import type { StoredEnvironment } from './index-freshness.ts';
import { IndexedLists } from './indexed-lists.ts';
import { CellReader } from './read-cell.ts';
import { recordsIn } from './records-of.ts';
import type { IndexedCounts } from './update-index.ts';

/** Answers kept in memory: those that one page asks for again. One is a hundred kilobytes as objects, and the interface keeps what it sent. */
const mostKept = 64;

/** An image with its number in the index. */
export interface IndexedImage extends ImageFacts {
  readonly number: number;
}

/** What is known of single devices, from the index and, where it has not folded them, the lines of results at their places. */
export class IndexedAnswers {
  readonly index: DatabaseSync;
  readonly images: readonly IndexedImage[];
  readonly about: DataFacts;
  /** What was imported of public lists; it changes no answer. */
  readonly lists: PublicLists;
  readonly #now: Date;
  readonly #reader: CellReader;
  readonly #folded: FoldedCells;
  readonly #profiles: ReadonlyMap<string, Profile>;
  /** Records of images by id; an image that only results name has none. */
  readonly records: ReadonlyMap<string, ImageRecord>;
  readonly #current: ReadonlyMap<string, StoredEnvironment>;
  readonly #faulty: ReadonlySet<string>;
  readonly #recordsOf: ReturnType<typeof recordsIn>;
  readonly #device;
  readonly #kept = new Map<string, DeviceAnswer>();
  #last: { readonly device: string; readonly cells: readonly CellHistory[] } | undefined;

  constructor(index: DatabaseSync, now: Date) {
    this.index = index;
    this.#now = now;
    this.#reader = new CellReader(index);
    this.lists = new IndexedLists(index);
    const issues = index.prepare('SELECT json FROM known_issue').all().map(({ json }) => JSON.parse(String(json)) as KnownIssue);
    this.#folded = new FoldedCells(index, this.#reader, issues, now);
    this.#profiles = new Map(index.prepare('SELECT suite, json FROM profile').all().map(({ suite, json }) => [String(suite), JSON.parse(String(json)) as Profile]));
    const images = index.prepare('SELECT i.id, i.name, i.json, e.json AS environment FROM image i LEFT JOIN environment e ON e.id = i.environment').all() as unknown as readonly { id: number; name: string; json: string | null; environment: string | null }[];
    this.records = new Map(images.flatMap(({ name, json }) => (json === null ? [] : [[name, JSON.parse(json) as ImageRecord] as const])));
    this.#current = new Map(images.flatMap(({ name, environment }) => (environment === null ? [] : [[name, JSON.parse(environment) as StoredEnvironment] as const])));
    const numbers = new Map(images.map(({ id, name }) => [name, id]));
    this.images = imageFacts(numbers.keys(), this.records).map((facts) => ({ ...facts, number: numbers.get(facts.id) ?? 0 }));
    this.#faulty = knownFaultyTests(index);
    this.#recordsOf = recordsIn(index);
    const meta = (key: string): string => (index.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string }).value;
    const { newestResultAt, devices, results, badLines, vendors } = JSON.parse(meta('about')) as IndexedCounts;
    this.about = { version: meta('data'), newestResultAt, devices, results, images: this.images.map(({ id, name, line, releasedAt, supportedUntil }) => ({ id, name, line, releasedAt, supportedUntil })), vendors, badLines };
    this.#device = index.prepare('SELECT json FROM device WHERE name = ?');
  }

  /** Ids of all images, sorted. */
  get imageIds(): readonly string[] {
    return this.images.map(({ id }) => id).sort();
  }

  /** Ids of all devices, sorted. */
  deviceIds(): readonly string[] {
    return this.index.prepare('SELECT name FROM device ORDER BY name').all().map(({ name }) => String(name));
  }

  /** All devices, by id. */
  *allDevices(): Generator<Device> {
    for (const { json } of this.index.prepare('SELECT json FROM device ORDER BY name').iterate()) yield JSON.parse(String(json)) as Device;
  }

  device(id: string): Device | undefined {
    const row = this.#device.get(id) as { json: string } | undefined;
    return row && (JSON.parse(row.json) as Device);
  }

  /** Lines that could not be read, the first thousand. */
  badLines(): readonly { readonly file: string; readonly line: number; readonly reason: string; readonly unfinished: boolean }[] {
    return this.index.prepare('SELECT s.path, b.line, b.reason FROM bad_line b JOIN source s ON s.id = b.source ORDER BY s.night, b.line LIMIT 1000').all().map(({ path, line, reason }) => ({ file: String(path), line: Number(line), reason: String(reason), unfinished: false }));
  }

  /** The devices that have exactly this name or id, whatever its case, spaces and punctuation. */
  named(asked: string): readonly Device[] {
    const key = plainName(asked.slice(0, 200));
    return this.index.prepare('SELECT d.json FROM exact_name e JOIN device d ON d.id = e.device WHERE e.key = ? LIMIT 20').all(key).map(({ json }) => JSON.parse(String(json)) as Device);
  }

  /** The answer for a device; the ones asked for last are kept. */
  answer(id: string): DeviceAnswer | undefined {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const made = this.#makeAnswer(id);
    if (made === undefined) return undefined;
    this.#kept.set(id, made);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value ?? id);
    return made;
  }

  /** The answer for some images only, in their order; for lists, which ask for many devices once. */
  answerOn(id: string, images: readonly string[]): DeviceAnswer | undefined {
    const device = this.device(id);
    if (device === undefined) return undefined;
    const cells = this.#cellsOf(id);
    return deviceAnswer(device, images.map((image) => this.#assess(device, image, historyOf(cells, image))), { images: this.records, now: this.#now });
  }

  #makeAnswer(id: string): DeviceAnswer | undefined {
    return this.answerOn(id, this.images.map((image) => image.id));
  }

  /** What the results of a device on an image say, computed now from what is kept of them. */
  readonly assess = (device: Device, image: string): Assessment => this.#assess(device, image, historyOf(this.#cellsOf(device.id), image));

  quirksOf(device: Device, image: string): readonly QuirkAssessment[] {
    return this.#cellsOf(device.id)
      .filter((cell) => cell.image === image && cell.personalities !== '')
      .map(({ personalities, history }) => {
        const { features, lastTestedAt, nights } = this.#assess(device, image, history);
        return { device: device.id, image, personalities: personalities.split('+'), lastTestedAt, nights, features: features.filter((feature) => feature.level !== undefined) };
      });
  }

  close(): void {
    this.#reader.close();
    this.index.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Who asks for a device on one image asks for the others next. */
  #cellsOf(device: string): readonly CellHistory[] {
    if (this.#last?.device !== device) this.#last = { device, cells: this.#folded.ofDevice(device) };
    return this.#last.cells;
  }

  #assess(device: Device, image: string, known: ImageHistory | undefined): Assessment {
    const history = known ?? this.#folded.nothing;
    const record = this.records.get(image);
    const current = this.#current.get(image);
    return assessDevice({
      device,
      image,
      history,
      profiles: this.#profiles,
      current: current && { kernel: current.kernel ?? undefined, packages: current.packages },
      faultOf: faultsOf(history, image, device.id, this.#faulty),
      newerPointReleases: record ? newerPointReleases(record, this.records.values(), this.#now) : 0,
      retired: device.retired !== undefined && device.retired <= this.#now.toISOString().slice(0, 10),
      now: this.#now,
      ...this.#recordsOf(device.id, image),
    });
  }
}

/** The history of the device as it is. */
function historyOf(cells: readonly CellHistory[], image: string): ImageHistory | undefined {
  return cells.find((cell) => cell.image === image && cell.personalities === '')?.history;
}
