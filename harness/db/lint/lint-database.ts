import { writeFile } from 'node:fs/promises';
import type { Database } from '../database.ts';
import { readLintContext, shownPath, type LintContext } from './lint-context.ts';
import type { LintProblem, LintRule } from './lint-rule.ts';
import { assertionsAreComplete } from './rules/assertions-are-complete.ts';
import { canonical, canonicalTextOf } from './rules/canonical.ts';
import { importedFactsAreWhole } from './rules/imported-facts-are-whole.ts';
import { keepsSchema } from './rules/keeps-schema.ts';
import { knownIssuesAreCurrent } from './rules/known-issues-are-current.ts';
import { namesAreClear } from './rules/names-are-clear.ts';
import { namedLikeFile } from './rules/named-like-file.ts';
import { oneProductAnId } from './rules/one-product-an-id.ts';
import { personalitiesFit } from './rules/personalities-fit.ts';
import { profilesAreProven } from './rules/profiles-are-proven.ts';
import { referencesExist } from './rules/references-exist.ts';
import { resultsAreWhole } from './rules/results-are-whole.ts';
import { schemasCompile } from './rules/schemas-compile.ts';

/** All rules, in the order in which they run. */
export const lintRules: readonly LintRule[] = [
  schemasCompile,
  keepsSchema,
  namedLikeFile,
  canonical,
  referencesExist,
  profilesAreProven,
  personalitiesFit,
  assertionsAreComplete,
  oneProductAnId,
  knownIssuesAreCurrent,
  resultsAreWhole,
  importedFactsAreWhole,
  namesAreClear,
];

export interface LintReport {
  readonly problems: readonly (LintProblem & { readonly rule: string })[];
  /** Files that were read. */
  readonly files: number;
  /** Files that `fix` wrote anew. */
  readonly fixed: readonly string[];
}

/** Checks all data by all rules; `fix` first writes the JSON files in the canonical way. */
export async function lintDatabase(database: Database, options: { readonly now: Date; readonly fix: boolean; readonly root?: string }): Promise<LintReport> {
  const fixed = options.fix ? await writeCanonical(await readLintContext(database, options.now, options.root)) : [];
  const context = await readLintContext(database, options.now, options.root);
  const problems: (LintProblem & { rule: string })[] = [];
  for (const rule of lintRules) problems.push(...(await rule.check(context)).map((problem) => ({ ...problem, rule: rule.name })));
  problems.sort((left, right) => left.file.localeCompare(right.file, 'en') || left.line - right.line || left.column - right.column);
  return { problems, files: context.files.length, fixed };
}

async function writeCanonical(context: LintContext): Promise<readonly string[]> {
  const fixed: string[] = [];
  for (const file of context.files) {
    const text = canonicalTextOf(file);
    if (text === undefined || text === file.text) continue;
    await writeFile(file.path, text);
    fixed.push(shownPath(file.path));
  }
  return fixed;
}
