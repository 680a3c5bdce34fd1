import type { DeviceAnswer } from '../answers/device-answer.ts';
import type { Device } from '../generated/device.ts';
import { matchDevices } from '../identity/match-devices.ts';
import { headlineRank, headlines, lastGoodRank } from '../lookup/headline-rank.ts';
import { longestQuery, mostCounted, mostHits, type DataFacts, type ImageHeadline, type LookupSource, type SearchHit, type SearchQuery, type SearchResult } from '../lookup/lookup-source.ts';
import type { PublicLists } from '../lookup/public-lists.ts';
import { searchWords, wordsOf } from '../lookup/search-words.ts';
import type { EvidenceLevel } from '../verdicts/best-evidence.ts';
import type { Headline } from '../verdicts/headline.ts';
import { BoundedCache } from './bounded-cache.ts';
import { classBit } from './class-bit.ts';
import type { IndexedAnswers } from './indexed-answers.ts';
import { IndexedCatalogue } from './indexed-catalogue.ts';
import { deviceOfRow } from './word-rows.ts';

/** Most devices that identity matching proposes for a text that no name begins with. */
const mostProposed = 12;

/** Texts whose hits are kept, and devices as hits: while people type, the first letters of makers come again and again. Some 25 KB each, and 1 KB. */
const mostSearches = 200;
const mostHitDevices = 5_000;
/** Fewer answers with a headline than that are looked through one by one. */
const fewAnswers = 5_000;

/** Search and answers from the index. */
export class IndexedSource implements LookupSource {
  readonly #answersOf: IndexedAnswers;
  readonly #index: IndexedAnswers['index'];
  readonly #catalogue: IndexedCatalogue;
  readonly lists: PublicLists;
  readonly #answers;
  readonly #device;
  readonly #entry;
  readonly #byWords;
  readonly #searches = new BoundedCache<SearchResult>(mostSearches);
  readonly #hits = new BoundedCache<SearchHit>(mostHitDevices);

  constructor(answers: IndexedAnswers) {
    this.#answersOf = answers;
    this.#index = answers.index;
    this.#catalogue = new IndexedCatalogue(answers.index, { lists: false });
    this.lists = answers.lists;
    this.#answers = this.#index.prepare('SELECT image, rank, level FROM answer WHERE device = ?');
    this.#device = this.#index.prepare('SELECT id, classes, vendor FROM device WHERE name = ?');
    this.#byWords = this.#index.prepare(`SELECT ${deviceOfRow} FROM words WHERE words MATCH ? ORDER BY words.rowid LIMIT ?`);
    this.#byWords.setReturnArrays(true);
    this.#entry = this.#index.prepare('SELECT json FROM device WHERE id = ?');
  }

  about(): DataFacts {
    return this.#answersOf.about;
  }

  /** The catalogue of identity matching. */
  get catalogue(): IndexedCatalogue {
    return this.#catalogue;
  }

  /** The index does not change while it is open, so neither do hits. */
  search(query: SearchQuery): SearchResult {
    return this.#searches.get(JSON.stringify({ ...query, text: query.text.slice(0, longestQuery) }), () => this.#search(query));
  }

  #search(query: SearchQuery): SearchResult {
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
    return this.#answersOf.answer(id);
  }

  words(id: string): Iterable<string> {
    const device = this.#answersOf.device(id);
    return device === undefined ? [] : searchWords(device);
  }

  alternatives(id: string, image: string, most: number): readonly SearchHit[] {
    const device = this.#device.get(id) as { id: number; classes: number; vendor: string } | undefined;
    const number = this.#answersOf.images.find((each) => each.id === image)?.number;
    if (device === undefined || number === undefined) return [];
    const rank = (this.#index.prepare('SELECT rank FROM answer WHERE device = ? AND image = ?').get(device.id, number) as { rank: number } | undefined)?.rank ?? headlineRank['not-tested'];
    // Devices of a vendor by its name, others as the answers come: neither sorts a hundred thousand of them.
    const own = this.#index.prepare('SELECT d.id FROM device d CROSS JOIN answer a ON a.device = d.id AND a.image = ? WHERE a.rank = ? AND d.id <> ? AND d.classes & ? AND d.vendor = ? AND NOT d.invented ORDER BY d.id LIMIT ?');
    const others = this.#index.prepare('SELECT d.id FROM answer a CROSS JOIN device d ON d.id = a.device WHERE a.image = ? AND a.rank = ? AND d.id <> ? AND d.classes & ? AND d.vendor <> ? AND NOT d.invented ORDER BY d.id LIMIT ?');
    const found: number[] = [];
    for (let each = 0; each < rank && each <= lastGoodRank && found.length < most; each += 1) {
      for (const better of [own, others]) found.push(...better.all(number, each, device.id, device.classes, device.vendor, most - found.length).map((row) => Number(row['id'])));
    }
    return found.map((each) => this.#hit(each));
  }

  close(): void {
    this.#answersOf.close();
  }

  /** Devices by words, filters, or names, in the order of their headline; words are in the order of the headline too. */
  #select({ class: deviceClass, vendor, image, headline, offset, limit }: SearchQuery, words: readonly string[], among?: readonly string[]): SearchResult {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const add = (sql: string, ...given: readonly (string | number)[]): void => {
      where.push(sql);
      values.push(...given);
    };
    const number = image === undefined ? undefined : this.#answersOf.images.find((each) => each.id === image)?.number;
    if (image !== undefined && number === undefined) return { total: 0, more: false, hits: [] };
    if (words.length > 0) add('words MATCH ?', words.map((word) => `"${word}"*`).join(' '));
    if (among !== undefined) add(`d.name IN (${among.map(() => '?').join(', ')})`, ...among);
    if (deviceClass !== undefined) add('d.classes & ?', classBit[deviceClass]);
    if (vendor !== undefined) add('d.vendor = ?', vendor);
    if (number !== undefined) add('a.image = ?', number);
    if (headline !== undefined && number !== undefined) add('a.rank = ?', headlineRank[headline]);
    if (headline !== undefined && number === undefined) add(this.#isRare(headline) ? 'd.id IN (SELECT device FROM answer WHERE rank = ?)' : 'EXISTS (SELECT 1 FROM answer x WHERE x.device = d.id AND x.rank = ?)', headlineRank[headline]);
    const named = words.length > 0;
    const [tables, order] = selectionOf(named, number !== undefined, vendor !== undefined || among !== undefined, where.length === 1);
    if (tables === 'words') return this.#named(String(values[0]), offset, Math.min(limit, mostHits));
    const from = `FROM ${tables} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}`;
    const counted = Number((this.#index.prepare(`SELECT COUNT(*) AS n FROM (SELECT 1 ${from} LIMIT ${mostCounted + 1})`).get(...values) as { n: number }).n);
    // Of more than are counted, the first in general are put into the order of the image: a text that fits everything must not sort everything.
    const few = named && number !== undefined && counted > mostCounted ? `FROM (SELECT d.id, a.rank ${from} ORDER BY words.rowid LIMIT ${mostCounted}) AS d ORDER BY rank, id` : `${from} ${among === undefined ? `ORDER BY ${order}` : ''}`;
    const rows = this.#index.prepare(`SELECT d.id ${few} LIMIT ? OFFSET ?`).all(...values, Math.min(limit, mostHits), offset);
    const hits = rows.map((row) => this.#hit(Number(row['id'])));
    const sorted = among === undefined ? hits : hits.sort((left, right) => among.indexOf(left.device.id) - among.indexOf(right.device.id));
    return { total: Math.min(counted, mostCounted), more: counted > mostCounted, hits: sorted };
  }

  /** Devices by words alone, which is what people type: counted and found in one go, as long words of many makers are half of the work. */
  #named(match: string, offset: number, limit: number): SearchResult {
    const found = this.#byWords.all(match, Math.max(mostCounted + 1, offset + limit)) as unknown as readonly (readonly [id: number])[];
    return { total: Math.min(found.length, mostCounted), more: found.length > mostCounted, hits: found.slice(offset, offset + limit).map(([id]) => this.#hit(id)) };
  }

  /** Whether few answers have a headline, so that they are gone through instead of all devices. */
  #isRare(headline: Headline): boolean {
    return Number((this.#index.prepare(`SELECT COUNT(*) AS n FROM (SELECT 1 FROM answer WHERE rank = ? LIMIT ${fewAnswers})`).get(headlineRank[headline]) as { n: number }).n) < fewAnswers;
  }

  #hit(number: number): SearchHit {
    return this.#hits.get(number, () => this.#makeHit(number));
  }

  #makeHit(number: number): SearchHit {
    const entry = JSON.parse((this.#entry.get(number) as { json: string }).json) as Device;
    const found = new Map((this.#answers.all(number) as unknown as readonly { image: number; rank: number; level: EvidenceLevel | null }[]).map((row) => [row.image, row]));
    return {
      device: { id: entry.id, vendor: entry.vendor, name: entry.name, fullName: `${entry.vendor} ${entry.name}`, classes: entry.classes, invented: entry.invented !== undefined, path: `d/${entry.id}` },
      headlines: this.#answersOf.images.map(({ id, number: image }): ImageHeadline => {
        const row = found.get(image);
        return { image: id, headline: headlines[row?.rank ?? headlineRank['not-tested']] ?? 'not-tested', level: row?.level ?? null };
      }),
    };
  }
}

/** Tables and order of a selection, joined so that rows come in that order by themselves: by words, by the headline on an image, or by the headline in general; then by name. */
function selectionOf(named: boolean, onImage: boolean, ofFew: boolean, nothingElse: boolean): readonly [tables: string, order: string] {
  if (named && onImage) return [`words CROSS JOIN device d ON d.id = ${deviceOfRow} CROSS JOIN answer a ON a.device = d.id`, 'a.rank, d.id'];
  // The row says which device it is.
  if (named && nothingElse) return ['words', 'words.rowid'];
  if (named) return [`words CROSS JOIN device d ON d.id = ${deviceOfRow}`, 'words.rowid'];
  if (onImage) return [ofFew ? 'device d CROSS JOIN answer a ON a.device = d.id' : 'answer a CROSS JOIN device d ON d.id = a.device', 'a.rank, d.id'];
  return ['device d', 'd.best, d.id'];
}
