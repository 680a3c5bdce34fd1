/** Brings the index of a database up to date in a thread of its own, so that requests are answered meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { openDatabase } from '../../db/database.ts';
import { updateIndex } from '../../db/index/update-index.ts';

/** What the thread says at its end. */
export type IndexWorkerAnswer = { readonly how: 'built' | 'updated' | 'unchanged' } | { readonly error: string };

const { folder } = workerData as { readonly folder: string };

let answer: IndexWorkerAnswer;
try {
  answer = { how: (await updateIndex(await openDatabase(folder), { now: new Date() })).how };
} catch (error) {
  answer = { error: error instanceof HwlabError ? `${error.code}: ${error.message}` : messageOf(error) };
}
parentPort?.postMessage(answer);
