import type { DatabaseSync } from 'node:sqlite';
import { deviceAnswer, type DeviceAnswer } from '../answers/device-answer.ts';
import type { QuirkAssessment } from '../assessor.ts';
import type { Device } from '../generated/device.ts';
import type { ImageRecord } from '../generated/image.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { Profile } from '../generated/profile.ts';
import { matchDevices } from '../identity/match-devices.ts';
import { headlineRank, headlines } from '../lookup/headline-rank.ts';
import { imageFacts } from '../lookup/image-order.ts';
import { longestQuery, mostCounted, mostHits, type DataFacts, type ImageFacts, type ImageHeadline, type LookupSource, type SearchHit, type SearchQuery, type SearchResult } from '../lookup/lookup-source.ts';
import { wordsOf } from '../lookup/search-words.ts';
import { isDeterministicFailure } from '../match-known-issues.ts';
import { assessDevice, type Assessment } from '../verdicts/assess-device.ts';
import type { EvidenceLevel } from '../verdicts/best-evidence.ts';
import { newerPointReleases } from '../verdicts/newer-point-releases.ts';
import { ImageHistory } from '../verdicts/test-history.ts';
import { faultsOf, faultyTests } from './index-faults.ts';
import type { StoredEnvironment } from './index-freshness.ts';
import { classBit } from './class-bit.ts';
import { IndexedCatalogue } from './indexed-catalogue.ts';
import { CellReader } from './read-cell.ts';
import type { IndexedCounts } from './update-index.ts';

/** Most devices that identity matching proposes for a text that no name begins with. */
const mostProposed = 12;

/** Answers from the index; the results themselves are read from the JSON lines, at their places. */
export class IndexedSource implements LookupSource {
  readonly #index: DatabaseSync;
  readonly #now: Date;
  readonly #reader: CellReader;
  readonly #issues: readonly KnownIssue[];
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #records: ReadonlyMap<string, ImageRecord>;
  readonly #images: readonly (ImageFacts & { readonly number: number })[];
  readonly #current: ReadonlyMap<string, StoredEnvironment>;
  readonly #faulty: ReadonlySet<string>;
  readonly #catalogue: IndexedCatalogue;
  readonly #about: DataFacts;
  readonly #cells;
  readonly #answers;
  readonly #device;

  constructor(index: DatabaseSync, now: Date) {
    this.#index = index;
    this.#now = now;
    this.#reader = new CellReader(index);
    this.#issues = index.prepare('SELECT json FROM known_issue').all().map(({ json }) => JSON.parse(String(json)) as KnownIssue);
    this.#profiles = new Map(index.prepare('SELECT suite, json FROM profile').all().map(({ suite, json }) => [String(suite), JSON.parse(String(json)) as Profile]));
    const images = index.prepare('SELECT i.id, i.name, i.json, e.json AS environment FROM image i LEFT JOIN environment e ON e.id = i.environment').all() as unknown as readonly { id: number; name: string; json: string | null; environment: string | null }[];
    this.#records = new Map(images.flatMap(({ name, json }) => (json === null ? [] : [[name, JSON.parse(json) as ImageRecord] as const])));
    this.#current = new Map(images.flatMap(({ name, environment }) => (environment === null ? [] : [[name, JSON.parse(environment) as StoredEnvironment] as const])));
    const numbers = new Map(images.map(({ id, name }) => [name, id]));
    this.#images = imageFacts(numbers.keys(), this.#records).map((facts) => ({ ...facts, number: numbers.get(facts.id) ?? 0 }));
    this.#faulty = faultyTests(index);
    this.#catalogue = new IndexedCatalogue(index);
    const meta = (key: string): string => (index.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string }).value;
    const { newestResultAt, devices, results, badLines, vendors } = JSON.parse(meta('about')) as IndexedCounts;
    this.#about = { version: meta('data'), newestResultAt, devices, results, images: this.#images.map(({ id, name, line, releasedAt, supportedUntil }) => ({ id, name, line, releasedAt, supportedUntil })), vendors, badLines };
    this.#cells = index.prepare('SELECT id, personalities FROM cell WHERE device = ? AND image = ?');
    this.#answers = index.prepare('SELECT image, rank, level FROM answer WHERE device = ?');
    this.#device = index.prepare('SELECT id, json, best, classes, vendor FROM device WHERE name = ?');
  }

  about(): DataFacts {
    return this.#about;
  }

  /** The catalogue of identity matching. */
  get catalogue(): IndexedCatalogue {
    return this.#catalogue;
  }

  device(id: string): Device | undefined {
    const row = this.#device.get(id) as { json: string } | undefined;
    return row && (JSON.parse(row.json) as Device);
  }

  /** Lines that could not be read, the first thousand. */
  badLines(): readonly { readonly file: string; readonly line: number; readonly reason: string; readonly unfinished: boolean }[] {
    return this.#index.prepare('SELECT s.path, b.line, b.reason FROM bad_line b JOIN source s ON s.id = b.source ORDER BY s.night, b.line LIMIT 1000').all().map(({ path, line, reason }) => ({ file: String(path), line: Number(line), reason: String(reason), unfinished: false }));
  }

  search(query: SearchQuery): SearchResult {
    const typed = query.text.slice(0, longestQuery);
    const words = wordsOf(typed);
    const nothing: SearchResult = { total: 0, more: false, hits: [] };
    const found = words.length === 0 && typed.trim() !== '' ? nothing : this.#select(query, words);
    if (found.total > 0 || typed.trim() === '') return found;
    if (words.length > 0 && this.#select({ text: '', offset: 0, limit: 1 }, words).total > 0) return nothing;
    const proposed = matchDevices(typed, this.#catalogue).slice(0, mostProposed).map((match) => match.device);
    return proposed.length === 0 ? found : this.#select({ ...query, text: '' }, [], proposed);
  }

  answer(id: string): DeviceAnswer | undefined {
    const device = this.device(id);
    return device && deviceAnswer(device, this.#images.map((image) => this.assess(device, image.id)), { images: this.#records, now: this.#now });
  }

  /** What the results of a device on an image say, computed now from their lines. */
  assess(device: Device, image: string): Assessment {
    return this.#assess(device, image, '');
  }

  quirksOf(device: Device, image: string): readonly QuirkAssessment[] {
    return (this.#cells.all(device.id, image) as unknown as readonly { personalities: string }[])
      .filter(({ personalities }) => personalities !== '')
      .map(({ personalities }) => {
        const { features, lastTestedAt, nights } = this.#assess(device, image, personalities);
        return { device: device.id, image, personalities: personalities.split('+'), lastTestedAt, nights, features: features.filter((feature) => feature.level !== undefined) };
      });
  }

  alternatives(id: string, image: string, most: number): readonly SearchHit[] {
    const own = this.#device.get(id) as { id: number; classes: number; vendor: string } | undefined;
    const number = this.#images.find((each) => each.id === image)?.number;
    if (own === undefined || number === undefined) return [];
    const rank = (this.#index.prepare('SELECT rank FROM answer WHERE device = ? AND image = ?').get(own.id, number) as { rank: number } | undefined)?.rank ?? headlineRank['not-tested'];
    const better = this.#index.prepare('SELECT d.id FROM answer a JOIN device d ON d.id = a.device WHERE a.image = ? AND a.rank = ? AND d.id <> ? AND d.classes & ? ORDER BY d.vendor = ? DESC, d.full LIMIT ?');
    const found: number[] = [];
    for (let each = 0; each < rank && found.length < most; each += 1) found.push(...better.all(number, each, own.id, own.classes, own.vendor, most - found.length).map((row) => Number(row['id'])));
    return found.map((each) => this.#hit(each));
  }

  close(): void {
    this.#reader.close();
    this.#index.close();
  }

  #assess(device: Device, image: string, personalities: string): Assessment {
    const history = new ImageHistory((result, test, failure) => isDeterministicFailure(result, test, failure, this.#issues, this.#now));
    const cell = (this.#cells.all(device.id, image) as unknown as readonly { id: number; personalities: string }[]).find((each) => each.personalities === personalities);
    for (const place of cell === undefined ? [] : this.#reader.places(cell.id)) history.add(this.#reader.read(place));
    const record = this.#records.get(image);
    const current = this.#current.get(image);
    return assessDevice({
      device,
      image,
      history,
      profiles: this.#profiles,
      current: current && { kernel: current.kernel ?? undefined, packages: current.packages },
      faultOf: faultsOf(history, image, device.id, this.#faulty),
      newerPointReleases: record ? newerPointReleases(record, this.#records.values(), this.#now) : 0,
      retired: device.retired !== undefined && device.retired <= this.#now.toISOString().slice(0, 10),
      now: this.#now,
    });
  }

  /** Devices by words, filters, or names, in the order of their headline; words are in the order of the headline too. */
  #select({ class: deviceClass, vendor, image, headline, offset, limit }: SearchQuery, words: readonly string[], among?: readonly string[]): SearchResult {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const add = (sql: string, ...given: readonly (string | number)[]): void => {
      where.push(sql);
      values.push(...given);
    };
    const number = image === undefined ? undefined : this.#images.find((each) => each.id === image)?.number;
    if (image !== undefined && number === undefined) return { total: 0, more: false, hits: [] };
    if (words.length > 0) add('d.id IN (SELECT rowid FROM words WHERE words MATCH ?)', words.map((word) => `"${word}"*`).join(' '));
    if (among !== undefined) add(`d.name IN (${among.map(() => '?').join(', ')})`, ...among);
    if (deviceClass !== undefined) add('d.classes & ?', classBit[deviceClass]);
    if (vendor !== undefined) add('d.vendor = ?', vendor);
    if (number !== undefined) add('a.image = ?', number);
    if (headline !== undefined && number !== undefined) add('a.rank = ?', headlineRank[headline]);
    if (headline !== undefined && number === undefined) add('d.id IN (SELECT device FROM answer WHERE rank = ?)', headlineRank[headline]);
    const from = `FROM device d ${number === undefined ? '' : 'CROSS JOIN answer a ON a.device = d.id'} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}`;
    const order = `ORDER BY ${number === undefined ? 'd.best' : 'a.rank'}, d.full`;
    const counted = Number((this.#index.prepare(`SELECT COUNT(*) AS n FROM (SELECT 1 ${from} LIMIT ${mostCounted + 1})`).get(...values) as { n: number }).n);
    const rows = this.#index.prepare(`SELECT d.id ${from} ${among === undefined ? order : ''} LIMIT ? OFFSET ?`).all(...values, Math.min(limit, mostHits), offset);
    const hits = rows.map((row) => this.#hit(Number(row['id'])));
    const sorted = among === undefined ? hits : hits.sort((left, right) => among.indexOf(left.device.id) - among.indexOf(right.device.id));
    return { total: Math.min(counted, mostCounted), more: counted > mostCounted, hits: sorted };
  }

  #hit(number: number): SearchHit {
    const entry = JSON.parse((this.#index.prepare('SELECT json FROM device WHERE id = ?').get(number) as { json: string }).json) as Device;
    const found = new Map((this.#answers.all(number) as unknown as readonly { image: number; rank: number; level: EvidenceLevel | null }[]).map((row) => [row.image, row]));
    return {
      device: { id: entry.id, vendor: entry.vendor, name: entry.name, fullName: `${entry.vendor} ${entry.name}`, classes: entry.classes, path: `d/${entry.id}` },
      headlines: this.#images.map(({ id, number: image }): ImageHeadline => {
        const row = found.get(image);
        return { image: id, headline: headlines[row?.rank ?? headlineRank['not-tested']] ?? 'not-tested', level: row?.level ?? null };
      }),
    };
  }
}
