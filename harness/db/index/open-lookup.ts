import { HwlabError } from '../../base/hwlab-error.ts';
import type { Database } from '../database.ts';
import { databaseState } from './database-state.ts';
import { indexFileOf, isDamaged, openIndex, removeIndex } from './index-file.ts';
import { IndexedAnswers } from './indexed-answers.ts';
import type { IndexedSource } from './indexed-source.ts';
import type { IndexOptions } from './update-index.ts';

/**
 * Opens a database for answers through its index, which is first made or brought up to date if that is needed.
 * @throws HwlabError of data that is wrong
 */
export async function openAnswers(database: Pick<Database, 'folder' | 'folderOf' | 'coverageFolder'>, options: IndexOptions): Promise<IndexedAnswers> {
  const file = indexFileOf(database.folder);
  const state = databaseState(database, options.now);
  const standing = openIndex(file, { readOnly: true });
  try {
    if (standing?.prepare("SELECT value FROM meta WHERE key = 'state'").get()?.['value'] === state) return new IndexedAnswers(standing, options.now);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    removeIndex(file);
  }
  standing?.close();
  // The builder brings the validator along, which a look-up does without.
  const [{ updateIndex }, { openDatabase }] = await Promise.all([import('./update-index.ts'), import('../database.ts')]);
  await updateIndex(await openDatabase(database.folder), options);
  const made = openIndex(file, { readOnly: true });
  if (made === undefined) throw new HwlabError({ code: 'index-lost', blame: 'lab', message: `${file}: the index that was just made is gone or cannot be read`, retryable: true });
  return new IndexedAnswers(made, options.now);
}

/** Opens a database for search and answers. @throws HwlabError of data that is wrong */
export async function openLookup(database: Pick<Database, 'folder' | 'folderOf' | 'coverageFolder'>, options: IndexOptions): Promise<IndexedSource> {
  const [answers, { IndexedSource }] = await Promise.all([openAnswers(database, options), import('./indexed-source.ts')]);
  return new IndexedSource(answers);
}
