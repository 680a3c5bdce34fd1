import { existsSync, readFileSync } from 'node:fs';
import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import type { Result, TestResult } from '../db/generated/result.ts';
import { violationsOf } from '../db/parse-data.ts';
import { ResultStore } from '../db/result-store.ts';

/** A result that somebody asked for, with the database that it is in, and the test in it where one was named. */
export interface FoundResult {
  readonly result: Result;
  readonly database: string | undefined;
  readonly test?: TestResult;
}

const largestFile = 32 * 2 ** 20;

/**
 * The result that `NIGHT-NNN`, `NIGHT-NNN#TEST` or `FILE[#TEST]` names. TEST is the id of a test, or a part of its title or feature that only one has.
 * @param databases folders, looked through in this order
 * @throws HwlabError usage `result-unknown`, `test-unknown` or `which-test`, with the near matches
 */
export async function findResult(asked: string, databases: readonly string[]): Promise<FoundResult> {
  const [name = '', ...rest] = asked.split('#');
  const found = name.endsWith('.json') && existsSync(name) ? { result: readResultFile(name), database: undefined } : await lookUp(name, databases);
  return rest.length === 0 ? found : { ...found, test: findTest(found.result, rest.join('#')) };
}

/** The one test of a result that is meant. */
export function findTest(result: Result, asked: string): TestResult {
  const part = asked.toLowerCase();
  const exact = result.tests.find((test) => test.id === asked);
  const near = result.tests.filter((test) => `${test.id} ${test.feature} ${test.title}`.toLowerCase().includes(part));
  const [only, ...more] = near;
  if (exact ?? (only && more.length === 0)) return exact ?? (only as TestResult);
  if (only) throw new HwlabError({ code: 'which-test', blame: 'usage', message: `${near.length} tests of ${result.id} fit "${asked}": ${near.slice(0, 8).map((test) => test.id).join(', ')}`, advice: 'name one by its id' });
  throw new HwlabError({ code: 'test-unknown', blame: 'usage', message: `${result.id} has no test "${asked}"${didYouMean(asked, result.tests.map((test) => test.title))}`, advice: `it has: ${result.tests.map((test) => test.id).slice(0, 30).join(', ') || 'none, as it broke before its first test'}` });
}

async function lookUp(id: string, databases: readonly string[]): Promise<FoundResult> {
  const night = id.replace(/-\d+$/, '');
  const known: string[] = [];
  for (const database of databases) {
    const store = ResultStore.open(database);
    const nights = await store.nights();
    known.push(...nights);
    if (!nights.includes(night)) continue;
    for await (const result of store.results({ night }, () => undefined)) {
      if (result.id === id) return { result, database };
      known.push(result.id);
    }
  }
  throw new HwlabError({ code: 'result-unknown', blame: 'usage', message: `there is no result "${id}" in ${databases.join(' or ')}${didYouMean(id, known.toReversed())}`, advice: 'a result is NIGHT-NNN, as pages and ./hwlab db explain name it; --db names another database' });
}

function readResultFile(file: string): Result {
  const text = readFileSync(file);
  if (text.length > largestFile) throw new HwlabError({ code: 'result-invalid', blame: 'usage', message: `${file} is larger than a result can be` });
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new HwlabError({ code: 'result-invalid', blame: 'usage', message: `${file} is no JSON`, cause });
  }
  const [wrong] = violationsOf(value, 'result');
  if (wrong) throw new HwlabError({ code: 'result-invalid', blame: 'usage', message: `${file} is no result: at /${wrong.path.join('/')} expected ${wrong.expected}, found ${wrong.found}` });
  return value as Result;
}
