import { writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { openDatabase } from '../db/database.ts';
import { openAnswers } from '../db/index/open-lookup.ts';
import { checkList, type ListCheck } from '../db/tender/check-list.ts';
import { imagesOfList } from '../db/tender/images-of-list.ts';
import { listOracle } from '../db/tender/list-oracle.ts';
import type { ReadList } from '../db/tender/read-list.ts';
import { writeListCsv } from '../db/tender/write-csv.ts';
import { writeListXlsx } from '../db/tender/xlsx/write-xlsx.ts';
import type { Language } from '../db/verdicts/verdict-texts.ts';
import { indexProgress } from './index-progress.ts';
import { readListFile } from './read-list-file.ts';

export interface CheckListOptions {
  readonly list: string;
  readonly out?: string;
  readonly db: string;
  readonly images: readonly string[];
  readonly lang: Language;
  readonly link?: string;
  readonly now: Date;
}

/** Reads a list, checks it and writes the file that was asked for. @throws HwlabError blame `usage` */
export async function runCheckList({ list, out, db, images, lang, link, now }: CheckListOptions): Promise<{ readonly read: ReadList; readonly check: ListCheck }> {
  const ending = out === undefined ? undefined : outputEnding(out);
  const read = await readListFile(list);
  const answers = await openAnswers(await openDatabase(db), { now, progress: indexProgress() });
  try {
    const asked = imagesOfList(answers, images, now);
    const check = checkList(read, listOracle(answers, asked), asked);
    if (out !== undefined) await writeFile(out, ending === '.csv' ? writeListCsv(check, { language: lang, base: link }) : await writeListXlsx(read, check, { language: lang, base: link, source: basename(list), now }));
    return { read, check };
  } finally {
    answers.close();
  }
}

function outputEnding(out: string): '.csv' | '.xlsx' {
  const ending = extname(out).toLowerCase();
  if (ending === '.csv' || ending === '.xlsx') return ending;
  throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: `--out ${out}: the ending says what is written, and it is neither .xlsx nor .csv`, advice: 'give a file that ends with .xlsx or .csv' });
}
