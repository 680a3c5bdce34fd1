import { fits, misfitOf } from '../../apply-personalities.ts';
import { problemAt, valid } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

export const personalitiesFit: LintRule = {
  name: 'personalities-fit',
  scope: 'together',
  demands: "a personality makes a model that keeps its schema, for a model of each emulator that it names, and changes something",
  check: (context) => {
    const models = valid(context, 'emulated-model').map((file) => file.value);
    return valid(context, 'personality').flatMap((file): readonly LintProblem[] =>
      file.value.emulators.flatMap((emulator, index) => {
        const own = models.filter((model) => model.emulator === emulator && fits(file.value, model));
        if (own.length === 0) {
          return [problemAt(file, ['emulators', index], `no model that it fits is run by ${emulator}`, { advice: 'add one to fixtures/devices, or correct the name' })];
        }
        const misfits = own.map((model) => misfitOf(model, [file.value]));
        if (misfits.includes(undefined)) return [];
        return [problemAt(file, ['patch'], misfits[0]?.message ?? '', misfits[0]?.advice === undefined ? {} : { advice: misfits[0].advice })];
      }),
    );
  },
};
