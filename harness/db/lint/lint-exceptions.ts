import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { HwlabError } from '../../base/hwlab-error.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { LintExceptions } from '../generated/lint-exceptions.ts';
import { readDataFile } from '../load-data-file.ts';
import { parseYamlOrJson } from '../parse-yaml-or-json.ts';
import { problemLine, problemsOf } from '../parse-data.ts';
import { shownPath } from './lint-context.ts';
import type { FoundProblem } from './lint-rule.ts';

/** What is left of the problems when those that are put up with are taken out. */
export interface Tolerance {
  readonly problems: readonly FoundProblem[];
  /** How many were put up with. */
  readonly tolerated: number;
  /** The file, if `fix` made it shorter. */
  readonly fixed: readonly string[];
}

const rule = 'exceptions-shrink';

/**
 * Takes out the problems that `lint-exceptions.json` of a database lists. The list can only get shorter: an exception that nothing needs
 * any more is an error, and so are more exceptions of a rule than `most` says, fewer, and a `most` that is more than it ever was in git.
 * `fix` removes what is not needed and lowers `most`; it never raises it.
 */
export async function tolerate(problems: readonly FoundProblem[], folder: string, fix: boolean): Promise<Tolerance> {
  const path = join(folder, 'lint-exceptions.json');
  if (!existsSync(path)) return { problems, tolerated: 0, fixed: [] };
  const file = shownPath(path);
  const error = (message: string, advice: string, line = 1): FoundProblem => ({ rule, file, line, column: 1, severity: 'error', message, advice });
  const read = await readExceptions(path);
  if (typeof read === 'string') return { problems: [...problems, error(read, 'see hardware-db/schemas/lint-exceptions.schema.json')], tolerated: 0, fixed: [] };
  const { value, text } = read;
  const used = new Set<number>();
  const left = problems.filter((problem) => {
    const index = value.exceptions.findIndex((each) => each.rule === problem.rule && each.file === problem.file && each.message === problem.message);
    if (index >= 0) used.add(index);
    return index < 0;
  });
  const needed = value.exceptions.filter((_each, index) => used.has(index));
  const kept = fix ? needed : value.exceptions;
  const counts = countsOf(kept);
  const most = fix ? lowered(value.most, counts) : value.most;
  const shorter: LintExceptions = { ...value, most, exceptions: kept };
  const wrong: FoundProblem[] = fix ? [] : value.exceptions.flatMap((each, index) => (used.has(index) ? [] : [error(`nothing needs this exception any more: ${each.rule} in ${each.file}`, 'remove it and lower "most": hwlab db lint --fix', lineOf(text, index))]));
  const least = await leastEver(path);
  for (const name of new Set([...Object.keys(most), ...Object.keys(counts)])) {
    const [allowed, count] = [most[name] ?? 0, counts[name] ?? 0];
    const before = least.get(name);
    if (count > allowed) wrong.push(error(`there are ${count} exceptions of ${name}, "most" allows ${allowed}`, 'mend the data instead: the list can only get shorter'));
    if (count < allowed && wrong.length === 0) wrong.push(error(`"most" allows ${allowed} exceptions of ${name}, there are only ${count}`, 'lower it: hwlab db lint --fix'));
    if (before !== undefined && allowed > before) wrong.push(error(`"most" of ${name} is ${allowed}, and was ${before} before`, 'it may only go down: mend the data instead'));
  }
  const canonical = canonicalJson(shorter);
  if (fix && canonical !== text) await writeFile(path, canonical);
  else if (canonical !== text) wrong.push(error('is not written in the canonical way', 'hwlab db lint --fix'));
  return { problems: [...left, ...wrong], tolerated: problems.length - left.length, fixed: fix && canonical !== text ? [file] : [] };
}

async function readExceptions(path: string): Promise<{ readonly value: LintExceptions; readonly text: string } | string> {
  try {
    const text = await readDataFile(path);
    const parsed = parseYamlOrJson(path, text);
    const [problem] = problemsOf(path, parsed, 'lint-exceptions');
    return problem === undefined ? { value: parsed.value as LintExceptions, text } : problemLine(problem);
  } catch (error) {
    if (error instanceof HwlabError) return error.message;
    throw error;
  }
}

function countsOf(exceptions: LintExceptions['exceptions']): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(exceptions, (each) => each.rule)].map(([name, own]) => [name, own.length]));
}

/** Each as low as there are exceptions, and never higher than it was; a rule without any is left out. */
function lowered(most: LintExceptions['most'], counts: Readonly<Record<string, number>>): LintExceptions['most'] {
  return Object.fromEntries(Object.entries(most).flatMap(([name, allowed]) => (counts[name] === undefined ? [] : [[name, Math.min(allowed, counts[name])]])));
}

/** The least "most" by rule that git knows of the file; empty where it knows nothing. */
async function leastEver(path: string): Promise<ReadonlyMap<string, number>> {
  const least = new Map<string, number>();
  try {
    const { stdout } = await execa('git', ['-C', dirname(path), 'log', '--format=', '-p', '--unified=0', '--', basename(path)], { maxBuffer: 16 * 1024 * 1024 });
    for (const [, name = '', digits] of stdout.matchAll(/^\+ {4}"([a-z0-9-]+)": (\d+),?$/gm)) least.set(name, Math.min(least.get(name) ?? Infinity, Number(digits)));
  } catch {
    // No git, or no repository: a release, or a database elsewhere.
  }
  return least;
}

/** Line of the exception with an index, from 1. */
function lineOf(text: string, index: number): number {
  let found = -1;
  return text.split('\n').findIndex((line) => /^\s*"rule":/.test(line) && (found += 1) === index) + 1;
}
