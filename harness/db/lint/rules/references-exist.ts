import { nearMatches } from '../../../base/near-matches.ts';
import { problemAt, valid, type LintContext, type LintFile } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

type Target = 'device' | 'image' | 'machine' | 'model' | 'suite' | 'feature';

interface Reference {
  readonly path: readonly (string | number)[];
  readonly target: Target;
  readonly id: string;
}

export const referencesExist: LintRule = {
  name: 'references-exist',
  scope: 'together',
  demands: 'what a record names exists',
  check: (context) => {
    const known = knownIds(context);
    const missing = (file: LintFile, references: readonly Reference[]): readonly LintProblem[] =>
      references.filter(({ target, id }) => !known[target].has(id)).map(({ target, id, path }) => problemAt(file, path, `there is no ${target} "${id}"`, adviceFor(id, known[target])));
    return [
      ...valid(context, 'emulated-model').flatMap((file) => missing(file, [{ path: ['device'], target: 'device', id: file.value.device }, ...each(['suites'], 'suite', file.value.suites)])),
      ...valid(context, 'plan').flatMap((file) => missing(file, ofPlan(file.value))),
      ...valid(context, 'negative-controls').flatMap((file) => missing(file, [{ path: ['suite'], target: 'suite', id: file.value.suite }, ...ofControls(file.value.controls)])),
      ...valid(context, 'known-issue').flatMap((file) => missing(file, ofScope(file.value.scope))),
    ];
  },
};

function knownIds(context: LintContext): Readonly<Record<Target, ReadonlySet<string>>> {
  const names = (kind: Parameters<typeof valid>[1]): ReadonlySet<string> => new Set(context.files.filter((file) => file.kind === kind).map((file) => file.name));
  const declared = context.declared;
  return {
    device: names('device'),
    image: names('image'),
    machine: names('machine'),
    model: names('emulated-model'),
    suite: new Set(declared.map(({ suite }) => suite)),
    feature: new Set(declared.map(({ feature }) => feature)),
  };
}

function each(path: readonly (string | number)[], target: Target, ids: readonly string[] | string | undefined): readonly Reference[] {
  return Array.isArray(ids) ? ids.map((id: string, index) => ({ path: [...path, index], target, id })) : [];
}

function ofPlan(plan: NonNullable<LintFile<'plan'>['value']>): readonly Reference[] {
  const parts = (['image', 'machine', 'model', 'suite'] as const).flatMap((target) => each([`${target}s`], target, plan[`${target}s`]));
  const cells = (['include', 'exclude'] as const).flatMap((list) =>
    (plan[list] ?? []).flatMap((entry, index) =>
      (['image', 'machine', 'model', 'suite'] as const).flatMap((target) => {
        const id = entry[target];
        return id === undefined ? [] : [{ path: [list, index, target], target, id }];
      }),
    ),
  );
  return [...parts, ...cells];
}

function ofControls(controls: NonNullable<LintFile<'negative-controls'>['value']>['controls']): readonly Reference[] {
  return controls.flatMap(({ model, mustFail }, index) => [
    { path: ['controls', index, 'model'], target: 'model' as const, id: model },
    ...each(['controls', index, 'mustFail'], 'feature', mustFail),
  ]);
}

function ofScope(scope: NonNullable<LintFile<'known-issue'>['value']>['scope']): readonly Reference[] {
  return (['image', 'machine', 'device', 'model', 'suite', 'feature'] as const).flatMap((target) => each(['scope', `${target}s`], target, scope[`${target}s`]));
}

function adviceFor(id: string, known: ReadonlySet<string>): { readonly advice?: string } {
  const near = nearMatches(id, known)[0];
  return near === undefined ? {} : { advice: `did you mean "${near}"?` };
}
