import { open } from 'node:fs/promises';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { readList, tooBig, type ReadList } from '../db/tender/read-list.ts';
import { listLimits } from '../db/tender/sheet.ts';

/** Reads a list from a file, unless it is too big: then not a byte of it is read. @throws HwlabError blame `usage` */
export async function readListFile(file: string): Promise<ReadList> {
  return await readList(await boundedBytes(file));
}

async function boundedBytes(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, 'r');
    const facts = await handle.stat();
    if (!facts.isFile()) throw new Error('it is no file');
    if (facts.size > listLimits.bytes) throw tooBig(facts.size);
    return await handle.readFile();
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'list-not-readable', blame: 'usage', message: `${file}: cannot be read: ${messageOf(error)}`, advice: 'check the name and the permissions of the file', cause: error });
  }
}
