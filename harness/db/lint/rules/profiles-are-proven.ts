import { problemAt, shownPath, valid } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

export const profilesAreProven: LintRule = {
  name: 'profiles-are-proven',
  scope: 'together',
  demands: 'a profile names exactly the features that its suite has tests for',
  check: (context) => {
    const profiles = valid(context, 'profile');
    const unproven = profiles.flatMap((file) => {
      const proven = new Set(context.declared.filter(({ suite }) => suite === file.value.suite).map(({ feature }) => feature));
      return Object.keys(file.value.features)
        .filter((feature) => !proven.has(feature))
        .map((feature) => problemAt(file, ['features', feature], `no test of suite ${file.value.suite} proves ${feature}`));
    });
    const unlisted = context.declared
      .filter(({ suite, feature }) => !profiles.some((file) => file.value.suite === suite && feature in file.value.features))
      .map(({ suite, feature, file, line }) => ({ file: shownPath(file), line, column: 1, message: `${feature} is not in suites/profiles/${suite}.json`, severity: 'error' as const, advice: 'give it a requirement level there' }));
    return [...unproven, ...unlisted];
  },
};
