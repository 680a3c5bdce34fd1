import type { DatabaseSync } from 'node:sqlite';
import type { DeviceClass } from '../generated/device.ts';
import type { IdentityEntry } from '../identity/identity-entry.ts';
import { expectationOf, levelOf, type SourcedClaim } from '../import/expectation.ts';
import type { ListedFacts, ListedHit, ListedModel, PublicLists } from '../lookup/public-lists.ts';
import { wordsOf } from '../lookup/search-words.ts';

/** Of the models that a text finds, so many at most are put in order. */
const mostSorted = 60;

interface ListedRow {
  readonly entry: string;
  readonly classes: string;
  readonly claims: string;
}

/** What was imported, from the index. */
export class IndexedLists implements PublicLists {
  readonly #model;
  readonly #facts;
  readonly #found;
  readonly #claimed;

  constructor(index: DatabaseSync) {
    this.#model = index.prepare('SELECT entry, classes, claims FROM listed WHERE name = ? AND device IS NULL');
    this.#claimed = index.prepare("SELECT entry, classes, claims FROM listed WHERE device IS NULL AND claims <> '[]' ORDER BY name");
    this.#facts = index.prepare('SELECT claims FROM listed WHERE name = ? AND device IS NOT NULL');
    this.#found = index.prepare('SELECT l.entry, l.classes, l.claims FROM listed l WHERE l.id IN (SELECT rowid FROM listed_words WHERE listed_words MATCH ? LIMIT ?)');
  }

  model(id: string): ListedModel | undefined {
    const row = this.#model.get(id) as ListedRow | undefined;
    return row && modelOf(row);
  }

  *claimed(): Generator<ListedModel> {
    for (const row of this.#claimed.iterate()) yield modelOf(row as unknown as ListedRow);
  }

  search(text: string, most: number): readonly ListedHit[] {
    const words = wordsOf(text);
    if (words.length === 0) return [];
    const rows = this.#found.all(words.map((word) => `"${word}"*`).join(' '), mostSorted) as unknown as readonly ListedRow[];
    return rows
      .map(modelOf)
      .sort((left, right) => left.fullName.localeCompare(right.fullName, 'en', { numeric: true }))
      .slice(0, most)
      .map(({ id, fullName, classes, expectation, path }) => ({ id, fullName, classes, expectation, path }));
  }

  factsOf(device: string): ListedFacts | undefined {
    const row = this.#facts.get(device) as Pick<ListedRow, 'claims'> | undefined;
    const claims = row === undefined ? [] : (JSON.parse(row.claims) as readonly SourcedClaim[]);
    return claims.length === 0 ? undefined : factsOf(claims);
  }
}

function modelOf({ entry, classes, claims }: ListedRow): ListedModel {
  const { id, vendor, name, aliases, usb, importedFrom = [] } = JSON.parse(entry) as IdentityEntry;
  return {
    schema: 'hwlab/listed-model/1',
    id,
    vendor,
    name,
    fullName: `${vendor} ${name}`.trim(),
    aliases,
    usb: usb.map((each) => each.id),
    classes: JSON.parse(classes) as readonly DeviceClass[],
    listedBy: importedFrom,
    path: `p/${id}`,
    ...factsOf(JSON.parse(claims) as readonly SourcedClaim[]),
  };
}

function factsOf(claims: readonly SourcedClaim[]): ListedFacts {
  return { expectation: expectationOf(claims), level: levelOf(claims), claims };
}
