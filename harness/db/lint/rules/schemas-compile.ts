import { join } from 'node:path';
import { messageOf } from '../../../base/hwlab-error.ts';
import { schemaNames, schemasFolder, validatorOf } from '../../schemas.ts';
import { shownPath } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

export const schemasCompile: LintRule = {
  name: 'schemas-compile',
  scope: 'file',
  demands: 'every schema is JSON Schema 2020-12 without unknown keywords',
  check: () =>
    schemaNames().flatMap((name) => {
      try {
        validatorOf(name);
        return [];
      } catch (error) {
        return [{ file: shownPath(join(schemasFolder, `${name}.schema.json`)), line: 1, column: 1, message: messageOf(error), severity: 'error' as const }];
      }
    }),
};
