import { stat } from 'node:fs/promises';
import type { LintProblem } from '../../db/lint/lint-rule.ts';
import type { ParsedData } from '../../db/parse-yaml-or-json.ts';
import type { LabFile } from './lab.ts';

/** Files named in the lab file whose mode lets others read secrets, and a lab file that others may write: who writes it has programs run. */
export async function fileModeProblems(lab: LabFile, file: string, parsed: Pick<ParsedData, 'locate'>): Promise<readonly LintProblem[]> {
  const problems: LintProblem[] = [];
  const own = await stat(file).catch(() => undefined);
  if (own !== undefined && (own.mode & 0o022) !== 0) {
    problems.push({ file, line: 1, column: 1, severity: 'error', message: 'others may write this file, and what it names as a command is run', advice: `chmod go-w ${file}` });
  }
  const first = new Map<string, readonly string[]>();
  for (const { name, path } of secretFiles(lab, [])) if (!first.has(name)) first.set(name, path);
  for (const [name, path] of first) {
    const facts = await stat(name).catch(() => undefined);
    const at = { file, ...parsed.locate(path) };
    if (facts === undefined) problems.push({ ...at, severity: 'warning', message: `/${path.join('/')}: ${name} is not there or cannot be seen`, advice: `install -m 600 /dev/stdin ${name}` });
    else if (!facts.isFile() || (facts.mode & 0o077) !== 0) problems.push({ ...at, severity: 'error', message: `/${path.join('/')}: ${name} holds a secret and others may read it`, advice: `chmod 600 ${name}` });
  }
  return problems;
}

function secretFiles(value: unknown, path: readonly string[]): readonly { readonly name: string; readonly path: readonly string[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const here = [...path, key];
    const isSecret = typeof part === 'string' && ((key === 'file' && path.at(-1) === 'password') || key === 'keyFile');
    return isSecret ? [{ name: part, path: here }] : secretFiles(part, here);
  });
}
