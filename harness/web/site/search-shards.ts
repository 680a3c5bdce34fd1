import { setImmediate as nextTurn } from 'node:timers/promises';
import { headlineRank } from '../../db/lookup/headline-rank.ts';
import { mostHits, type LookupSource, type SearchHit } from '../../db/lookup/lookup-source.ts';
import { asScript } from './as-script.ts';

/**
 * A device as a static copy finds it: id, full name, other words, classes, vendor, its headlines as digits in the order of the images
 * (places of `headlineRank`), and whether the lab made it up.
 */
type ShardRow = readonly [id: string, name: string, words: string, classes: readonly string[], vendor: string, headlines: string, invented: 0 | 1];

/** Devices in one file of the search; a larger database is cut by the first letter of words. */
const mostInOne = 4_000;

/**
 * The search of a static copy: `all.js` where the database is small, else a file for each first letter or digit of a word. Each
 * calls `hwlabShard(name, rows)`, so that it loads from a file as from a server.
 */
export async function searchShards(source: LookupSource): Promise<{ readonly shards: ReadonlyMap<string, string>; readonly devices: readonly string[] }> {
  const rows: ShardRow[] = [];
  for (const { vendor } of source.about().vendors) {
    for (let offset = 0; ; offset += mostHits) {
      const { hits } = source.search({ text: '', vendor, offset, limit: mostHits });
      rows.push(...hits.map((hit) => rowOf(hit, [...source.words(hit.device.id)])));
      await nextTurn();
      if (hits.length < mostHits) break;
    }
  }
  const devices = rows.map(([id]) => id);
  if (rows.length <= mostInOne) return { shards: new Map([['all', shard('all', rows)]]), devices };
  const byLetter = new Map<string, ShardRow[]>();
  for (const row of rows) {
    for (const letter of new Set(row[2].split(' ').map(shardOf))) {
      const own = byLetter.get(letter) ?? [];
      own.push(row);
      byLetter.set(letter, own);
    }
  }
  return { shards: new Map([...byLetter].map(([letter, own]) => [letter, shard(letter, own)])), devices };
}

/** Name of the file for words with this beginning: its first letter as a number. */
export function shardOf(word: string): string {
  return (word.codePointAt(0) ?? 0).toString(16);
}

function rowOf({ device, headlines }: SearchHit, words: readonly string[]): ShardRow {
  return [device.id, device.fullName, words.join(' '), device.classes, device.vendor, headlines.map(({ headline }) => headlineRank[headline]).join(''), device.invented ? 1 : 0];
}

function shard(name: string, rows: readonly ShardRow[]): string {
  return `hwlabShard(${asScript(name)},[\n${rows.map(asScript).join(',\n')}\n]);\n`;
}
