import { writeFile } from 'node:fs/promises';
import type { Database } from '../database.ts';
import { readLintContext, shownPath, type LintContext } from './lint-context.ts';
import { tolerate } from './lint-exceptions.ts';
import type { FoundProblem, LintRule } from './lint-rule.ts';
import { assertionsAreComplete } from './rules/assertions-are-complete.ts';
import { canonical, mendedTextOf } from './rules/canonical.ts';
import { foundByItsName } from './rules/found-by-its-name.ts';
import { importedFactsAreWhole } from './rules/imported-facts-are-whole.ts';
import { devicesAreTidy } from './rules/devices-are-tidy.ts';
import { keepsSchema } from './rules/keeps-schema.ts';
import { knownIssuesAreCurrent } from './rules/known-issues-are-current.ts';
import { mainFeaturesCanFail } from './rules/main-features-can-fail.ts';
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
  devicesAreTidy,
  referencesExist,
  profilesAreProven,
  mainFeaturesCanFail,
  personalitiesFit,
  assertionsAreComplete,
  oneProductAnId,
  foundByItsName,
  knownIssuesAreCurrent,
  resultsAreWhole,
  importedFactsAreWhole,
  namesAreClear,
];

export interface LintReport {
  readonly problems: readonly FoundProblem[];
  /** How many others are put up with, see lint-exceptions.json. */
  readonly tolerated: number;
  /** Files that were read. */
  readonly files: number;
  /** Files that `fix` wrote anew. */
  readonly fixed: readonly string[];
}

/** Checks all data by all rules; `fix` first mends what can be mended without a thought: the way of writing, ids, empty aliases, exceptions that nothing needs. */
export async function lintDatabase(database: Database, options: { readonly now: Date; readonly fix: boolean; readonly root?: string }): Promise<LintReport> {
  const fixed = options.fix ? await writeMended(await readLintContext(database, options.now, options.root)) : [];
  const context = await readLintContext(database, options.now, options.root);
  const found: FoundProblem[] = [];
  for (const rule of lintRules) found.push(...(await rule.check(context)).map((problem) => ({ ...problem, rule: rule.name })));
  const { problems, tolerated, fixed: shortened } = await tolerate(found, database.folder, options.fix);
  const sorted = problems.toSorted((left, right) => left.file.localeCompare(right.file, 'en') || left.line - right.line || left.column - right.column);
  return { problems: sorted, tolerated, files: context.files.length, fixed: [...fixed, ...shortened] };
}

async function writeMended(context: LintContext): Promise<readonly string[]> {
  const fixed: string[] = [];
  for (const file of context.files) {
    const text = mendedTextOf(file);
    if (text === undefined || text === file.text) continue;
    await writeFile(file.path, text);
    fixed.push(shownPath(file.path));
  }
  return fixed;
}
