import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import { searchWords } from '../lookup/search-words.ts';
import { mostNumbers } from './device-numbers.ts';

/** So many names placed at once are worth to be joined with all others: half a second at a hundred thousand. */
const manyPlaced = 20_000;

/** The number of the device of a row of `words`, in SQL. */
export const deviceOfRow = `(words.rowid % ${mostNumbers})`;

/**
 * Puts the words of devices whose headline, name or words changed at their place. The full-text table hands its rows out in their order, and that is the order in which
 * hits are shown: a text that a hundred thousand names begin with costs no more than one page of hits.
 */
export async function placeWords(index: DatabaseSync, step: (done: number) => Promise<void>): Promise<void> {
  const row = `(best * ${mostNumbers} + id)`;
  const next = index.prepare(`SELECT id, word_row AS old, ${row} AS row, json FROM device WHERE id > ? AND word_row IS NOT ${row} ORDER BY id LIMIT 500`);
  const drop = index.prepare('DELETE FROM words WHERE rowid = ?');
  const put = index.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
  const note = index.prepare('UPDATE device SET word_row = ? WHERE id = ?');
  for (let last = 0, placed = 0; ; ) {
    const devices = next.all(last) as unknown as readonly { id: number; old: number | null; row: number; json: string }[];
    if (devices.length === 0) {
      // What was written in many pieces is read faster as one.
      if (placed > manyPlaced) index.exec("INSERT INTO words (words) VALUES ('optimize')");
      return;
    }
    placed += devices.length;
    for (const device of devices) {
      if (device.old !== null) drop.run(device.old);
      put.run(device.row, [...searchWords(JSON.parse(device.json) as Device)].join(' '));
      note.run(device.row, device.id);
      last = device.id;
    }
    await step(devices.length);
  }
}
