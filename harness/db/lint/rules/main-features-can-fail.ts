import { problemAt, valid } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

/** Levels of the features for which a suite is made; what is optional or on trial may go without a control. */
const main: ReadonlySet<string> = new Set(['required', 'recommended']);

export const mainFeaturesCanFail: LintRule = {
  name: 'main-features-can-fail',
  scope: 'together',
  demands: 'each required or recommended feature of a profile has a negative control for which its tests must fail',
  check: (context) => {
    const controls = valid(context, 'negative-controls').map(({ value }) => value);
    return valid(context, 'profile').flatMap((file) => {
      const targeted = new Set(controls.filter(({ suite }) => suite === file.value.suite).flatMap((own) => own.controls.flatMap(({ mustFail }) => mustFail)));
      return Object.entries(file.value.features)
        .filter(([feature, level]) => main.has(level) && !targeted.has(feature))
        .map(([feature, level]) => problemAt(file, ['features', feature], `no control of suites/negative-controls/${file.value.suite}.json must make ${feature} fail, which is ${level}`));
    });
  },
};
