/** Checks one uploaded list in a thread of its own: a hostile one can use up the thread's memory and time and no more. */
import { parentPort, workerData } from 'node:worker_threads';
import { HwlabError } from '../../base/hwlab-error.ts';
import { openDatabase } from '../../db/database.ts';
import { openAnswers } from '../../db/index/open-lookup.ts';
import { checkList, type ListCheck } from '../../db/tender/check-list.ts';
import { imagesOfList } from '../../db/tender/images-of-list.ts';
import { refusalText } from '../../db/tender/refuse-list.ts';
import { listOracle } from '../../db/tender/list-oracle.ts';
import { readList, type ReadList } from '../../db/tender/read-list.ts';
import { writeListCsv } from '../../db/tender/write-csv.ts';
import { writeListXlsx } from '../../db/tender/xlsx/write-xlsx.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';

export interface TenderTask {
  readonly folder: string;
  readonly bytes: Uint8Array;
  /** Ids; empty for those that a list is about by itself (images-of-list.ts). */
  readonly images: readonly string[];
  readonly language: Language;
  /** Address of the pages, for links in the file. */
  readonly link: string | undefined;
  /** Name of the file, for people. */
  readonly source: string;
  /** ISO 8601 */
  readonly now: string;
}

/** The checked list, and the same as files. */
export interface TenderAnswer {
  readonly check: ListCheck;
  readonly skipped: ReadList['skipped'];
  readonly xlsx: Uint8Array;
  readonly csv: string;
}

export type TenderWorkerAnswer = TenderAnswer | { readonly refused: { readonly code: string; readonly message: string } };

const task = workerData as TenderTask;

try {
  parentPort?.postMessage(await answered(task));
} catch (error) {
  if (!(error instanceof HwlabError) || error.blame !== 'usage') throw error;
  const refused: TenderWorkerAnswer = { refused: { code: error.code, message: refusalText(error, task.language) } };
  parentPort?.postMessage(refused);
}

async function answered({ folder, bytes, images, language, link, source, now }: TenderTask): Promise<TenderAnswer> {
  const read = await readList(bytes);
  const answers = await openAnswers(await openDatabase(folder), { now: new Date(now) });
  try {
    const asked = imagesOfList(answers, images, new Date(now));
    const check = checkList(read, listOracle(answers, asked), asked);
    return { check, skipped: read.skipped, csv: writeListCsv(check, { language, base: link }), xlsx: await writeListXlsx(read, check, { language, base: link, source, now: new Date(now) }) };
  } finally {
    answers.close();
  }
}
