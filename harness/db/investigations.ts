import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { canonicalJson } from './canonical-json.ts';
import { replaceSynced } from './durable-file.ts';
import type { Investigation, Investigations } from './generated/investigations.ts';
import { loadDataFile } from './load-data-file.ts';
import { nightFilePath } from './night-file.ts';
import { violationsOf } from './parse-data.ts';

/** `<database>/results/<YYYY-MM>/<night>.investigations.json` */
function fileOf(database: string, night: string): string {
  return nightFilePath(join(database, 'results'), night).replace(/jsonl$/, 'investigations.json');
}

/** What was found out about the failures of a night; none where nobody looked. @throws HwlabError usage `data-invalid` */
export async function readInvestigations(database: string, night: string): Promise<readonly Investigation[]> {
  try {
    return (await loadDataFile<Investigations>(fileOf(database, night), 'investigations')).investigations;
  } catch (error) {
    if (error instanceof HwlabError && error.code === 'data-missing') return [];
    throw error;
  }
}

/** Keeps what was found out, in the place of what was known of the same failure. On disk when this resolves. */
export async function keepInvestigation(database: string, night: string, found: Investigation): Promise<void> {
  const others = (await readInvestigations(database, night)).filter(({ result, test }) => result !== found.result || test !== found.test);
  const all: Investigations = { schema: 'hwlab/investigations/1', night, investigations: [...others, found] };
  const [wrong] = violationsOf(all, 'investigations');
  if (wrong) throw new HwlabError({ code: 'investigation-invalid', blame: 'harness', message: `investigation of ${found.result} at /${wrong.path.join('/')}: expected ${wrong.expected}, found ${wrong.found}` });
  const file = fileOf(database, night);
  await mkdir(dirname(file), { recursive: true });
  await replaceSynced(file, canonicalJson(all));
}

/** What was found out about these results. */
export async function investigationsOf(database: string, results: readonly string[]): Promise<readonly Investigation[]> {
  const nights = new Set(results.map((id) => id.replace(/-\d+$/, '')));
  const wanted = new Set(results);
  const found = await Promise.all([...nights].map(async (night) => readInvestigations(database, night)));
  return found.flat().filter(({ result }) => wanted.has(result));
}
