import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome, TestAttempt } from '../../db/generated/result.ts';
import type { NightSummary } from '../night-events.ts';
import { allureResultsFolder } from './allure-inputs.ts';

/** The parts of an Allure result that are read and changed here; the rest is kept as it is. */
interface StoredResult {
  readonly historyId?: string;
  readonly labels?: readonly { readonly name?: string; readonly value?: string }[];
  status?: string;
  statusDetails?: { message?: string };
}

const statusOf: Readonly<Record<Outcome, string>> = { PASS: 'passed', DONE: 'passed', FAIL: 'failed', ERROR: 'broken', MISS: 'broken', SKIP: 'skipped' };

/**
 * Makes Allure say what the database says. allure-mocha knows only whether an error was an assertion, so a product's failure that was not one
 * would be "broken"; the outcome of each attempt decides instead, and stands before the message for categories.json. Returns how many were changed.
 */
export async function alignAllureOutcomes(summary: NightSummary): Promise<number> {
  const folder = join(summary.night.folder, allureResultsFolder);
  const attempts = new Map<string, TestAttempt>();
  for (const { cell, tests } of summary.results) {
    for (const test of tests) for (const attempt of test.attempts) attempts.set(attemptKey(`${cell.id}/${test.id}`, `attempt ${attempt.attempt}`), attempt);
  }
  let changed = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith('-result.json')) continue;
    const path = join(folder, name);
    const stored = await readFile(path, 'utf8').then((text) => JSON.parse(text) as StoredResult).catch(() => undefined);
    const tag = stored?.labels?.find((label) => label.name === 'tag' && label.value?.startsWith('attempt '))?.value;
    const attempt = stored?.historyId === undefined ? undefined : attempts.get(attemptKey(stored.historyId, tag ?? 'attempt 1'));
    if (!stored || !attempt || !align(stored, attempt)) continue;
    await writeFile(path, JSON.stringify(stored));
    changed += 1;
  }
  return changed;
}

function attemptKey(test: string, attempt: string): string {
  return `${test}\n${attempt}`;
}

function align(stored: StoredResult, attempt: TestAttempt): boolean {
  const status = statusOf[attempt.outcome];
  const label = attempt.failure && attempt.outcome !== 'FAIL' ? `${attempt.outcome} ${attempt.failure.code}: ` : '';
  const message = stored.statusDetails?.message ?? attempt.failure?.message ?? attempt.skipReason ?? '';
  const wanted = message.startsWith(label) ? message : label + message;
  if (stored.status === status && wanted === (stored.statusDetails?.message ?? '')) return false;
  stored.status = status;
  stored.statusDetails = { ...stored.statusDetails, ...(wanted === '' ? {} : { message: wanted }) };
  return true;
}
