import { messageOf } from '../../../base/hwlab-error.ts';
import { shownPath } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

export const keepsSchema: LintRule = {
  name: 'keeps-schema',
  scope: 'file',
  demands: "every data file is readable, parses and keeps its schema, and a model's behaviour that of its emulator",
  check: ({ files }) =>
    files.flatMap(({ path, unreadable, problems }) => {
      const file = shownPath(path);
      if (unreadable) {
        const { line, column } = unreadable.facts;
        return [{ file, line: Number(line ?? 1), column: Number(column ?? 1), message: messageOf(unreadable).replace(/^[^\n]*?:\d+:\d+: /, ''), severity: 'error' as const }];
      }
      return problems.map(({ line, column, pointer, expected, found, advice }) => ({
        file,
        line,
        column,
        message: `${pointer === '' ? '(root)' : pointer}: expected ${expected}, found ${found}`,
        severity: 'error' as const,
        ...(advice === undefined ? {} : { advice }),
      }));
    }),
};
