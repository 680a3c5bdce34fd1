import { violationsOf } from '../../parse-data.ts';
import { pointerOf } from '../../describe-violation.ts';
import { hasSchema } from '../../schemas.ts';
import { problemAt, valid } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

export const behaviourKeepsSchema: LintRule = {
  name: 'behaviour-keeps-schema',
  scope: 'file',
  demands: "the behaviour of an emulated model keeps its emulator's schema, where there is one",
  check: (context) =>
    valid(context, 'emulated-model').flatMap((file) => {
      const schema = `emulators/${file.value.emulator}`;
      if (!hasSchema(schema)) return [];
      return violationsOf(file.value.behaviour, schema).map(({ path, expected, found, advice }) =>
        problemAt(file, ['behaviour', ...path], `/behaviour${pointerOf(path)}: expected ${expected}, found ${found}`, advice === undefined ? {} : { advice }),
      );
    }),
};
