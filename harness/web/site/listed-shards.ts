import type { ListedModel, PublicLists } from '../../db/lookup/public-lists.ts';
import { vendorIdOf } from '../../db/identity/identity-keys.ts';
import { nameData } from '../../db/identity/name-data.ts';
import { wordsOf } from '../../db/lookup/search-words.ts';
import { asScript } from './as-script.ts';
import { shardOf } from './search-shards.ts';

/** A model that only public lists know, as a static copy finds it. */
type ListedRow = readonly [id: string, name: string, words: string, classes: readonly string[], expectation: string];

/** The search in public lists of a static copy: a file for each first letter or digit of a word, which calls `hwlabListed(name, rows)`. Models of which lists say nothing are left out. */
export function listedShards(lists: PublicLists): ReadonlyMap<string, string> {
  const byLetter = new Map<string, ListedRow[]>();
  for (const model of lists.claimed()) {
    const words = wordsOfModel(model);
    const row: ListedRow = [model.id, model.fullName, words.join(' '), model.classes, model.expectation];
    for (const letter of new Set(words.map(shardOf))) {
      const own = byLetter.get(letter) ?? [];
      own.push(row);
      byLetter.set(letter, own);
    }
  }
  return new Map([...byLetter].map(([letter, rows]) => [letter, `hwlabListed(${asScript(letter)},[\n${rows.map(asScript).join(',\n')}\n]);\n`]));
}

function wordsOfModel({ vendor, name, aliases, usb }: ListedModel): readonly string[] {
  return [...new Set([vendor, vendorIdOf(vendor, nameData()), name, ...aliases].flatMap(wordsOf).concat(usb.flatMap((id) => id.split(':'))))];
}
