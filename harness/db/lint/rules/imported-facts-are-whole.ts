import { importedFiles } from '../../import/read-imported.ts';
import { importLimits } from '../../import/importer.ts';
import { violationsOf } from '../../parse-data.ts';
import { readLines } from '../../read-lines.ts';
import { shownPath } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

/** Most problems that are told of one file; it is derived, and imported again as a whole. */
const mostOfFile = 20;

export const importedFactsAreWhole: LintRule = {
  name: 'imported-facts-are-whole',
  scope: 'results',
  demands: 'every line of imported/ is a fact with source, date, licence and evidence E1 or E3; E3 says whether it was reviewed',
  check: async (context) => {
    const problems: LintProblem[] = [];
    for (const path of importedFiles(context.database.folder)) {
      const own: LintProblem[] = [];
      const say = (line: number, message: string): void => void own.push({ file: shownPath(path), line, column: 1, message, severity: 'error', advice: 'import the list again; the file is derived' });
      for await (const { number, bytes } of readLines(path, importLimits.lineBytes)) {
        if (own.length >= mostOfFile) break;
        if (bytes === undefined) {
          say(number, 'the line is too long');
          continue;
        }
        try {
          const [violation] = violationsOf(JSON.parse(bytes.toString('utf8')), 'imported-fact');
          if (violation) say(number, `/${violation.path.join('/')}: expected ${violation.expected}, found ${violation.found}`);
        } catch {
          say(number, 'the line is not JSON');
        }
      }
      problems.push(...own);
    }
    return problems;
  },
};
