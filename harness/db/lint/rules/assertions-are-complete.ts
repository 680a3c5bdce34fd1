import { assertionClasses, assertionIds } from '../../assertions.ts';
import { problemAt, valid, type LintContext, type LintFile } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

type AssertionsFile = ReturnType<typeof valid<'assertions'>>[number];

export const assertionsAreComplete: LintRule = {
  name: 'assertions-are-complete',
  scope: 'together',
  demands: 'every assertion of a class of devices is in its file once, and is proven by features that exist or left out with a reason',
  check: (context) => {
    const files = context.files.filter((file): file is LintFile<'assertions'> => file.kind === 'assertions');
    const missing = assertionClasses.filter(({ name }) => !files.some((file) => file.name === name));
    const [any] = files;
    const absent = any ? missing.map(({ name }) => problemAt(any, [], `there is no ${name}.json beside it`, { advice: `list the assertions of ${name} there` })) : [];
    return [...absent, ...valid(context, 'assertions').flatMap((file) => [...completeness(file), ...proofs(file, context)])];
  },
};

function completeness(file: AssertionsFile): readonly LintProblem[] {
  const wanted = assertionClasses.find(({ name }) => name === file.name);
  if (!wanted) return [problemAt(file, [], `"${file.name}" is no class of devices`, { advice: `the classes: ${assertionClasses.map(({ name }) => name).join(', ')}` })];
  const ids = assertionIds(wanted);
  const seen = new Set<string>();
  const odd = file.value.flatMap(({ id }, index): readonly LintProblem[] => {
    if (!ids.includes(id)) return [problemAt(file, [index, 'id'], `${id} is no assertion of ${file.name}`)];
    if (seen.has(id)) return [problemAt(file, [index, 'id'], `${id} is here twice`)];
    seen.add(id);
    return [];
  });
  const lost = ids.filter((id) => !seen.has(id));
  return lost.length === 0 ? odd : [...odd, problemAt(file, [], `does not have ${lost.join(', ')}`, { advice: 'name the features that prove it, or say in "leftOut" why none does' })];
}

function proofs(file: AssertionsFile, context: LintContext): readonly LintProblem[] {
  const personalities = new Set(context.files.filter(({ kind }) => kind === 'personality').map(({ name }) => name));
  return file.value.flatMap(({ provenBy }, index) =>
    provenBy.flatMap((proof, at): readonly LintProblem[] => {
      const path = [index, 'provenBy', at];
      if (!context.declared.some(({ suite, feature }) => suite === proof.suite && feature === proof.feature)) return [problemAt(file, path, `no test of suite ${proof.suite} proves ${proof.feature}`)];
      if (proof.personality !== undefined && !personalities.has(proof.personality)) return [problemAt(file, [...path, 'personality'], `there is no personality "${proof.personality}"`)];
      return [];
    }),
  );
}
