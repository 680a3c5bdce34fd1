import { nearMatches } from '../../../base/near-matches.ts';
import { parseDeviceWord } from '../../cell-device.ts';
import { problemAt, valid, type LintContext, type LintFile } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

type Target = 'device' | 'image' | 'machine' | 'model' | 'personality' | 'suite' | 'feature' | 'known-issue';

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
      ...valid(context, 'coverage').flatMap((file) => missing(file, Object.keys(file.value.devices).map((id) => ({ path: ['devices', id], target: 'device' as const, id })))),
      ...valid(context, 'plan').flatMap((file) => missing(file, ofPlan(file.value))),
      ...valid(context, 'negative-controls').flatMap((file) => missing(file, [{ path: ['suite'], target: 'suite', id: file.value.suite }, ...ofControls(file.value.controls)])),
      ...valid(context, 'personality').flatMap((file) => missing(file, ofPersonality(file.value))),
      ...valid(context, 'known-issue').flatMap((file) => missing(file, ofScope(file.value.scope))),
      ...valid(context, 'observations').flatMap((file) => missing(file, ofObservations(file.value))),
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
    personality: names('personality'),
    'known-issue': names('known-issue'),
    suite: new Set(declared.map(({ suite }) => suite)),
    feature: new Set(declared.map(({ feature }) => feature)),
  };
}

function each(path: readonly (string | number)[], target: Target, ids: readonly string[] | string | undefined): readonly Reference[] {
  return Array.isArray(ids) ? ids.map((id: string, index) => ({ path: [...path, index], target, id })) : [];
}

function ofObservations({ image, observations }: NonNullable<LintFile<'observations'>['value']>): readonly Reference[] {
  return [
    { path: ['image'], target: 'image', id: image },
    ...observations.flatMap(({ personalities, model, suite, fails }, index) => [
      ...each(['observations', index, 'personalities'], 'personality', personalities),
      { path: ['observations', index, 'model'], target: 'model' as const, id: model },
      { path: ['observations', index, 'suite'], target: 'suite' as const, id: suite },
      ...fails.flatMap(({ knownIssues }, failure) => each(['observations', index, 'fails', failure, 'knownIssues'], 'known-issue', knownIssues)),
    ]),
  ];
}

function ofPlan(plan: NonNullable<LintFile<'plan'>['value']>): readonly Reference[] {
  const parts = (['image', 'machine', 'suite'] as const).flatMap((target) => each([`${target}s`], target, plan[`${target}s`]));
  const first = each(['first'], 'model', plan.first);
  const devices = plan.models === 'all' ? [] : plan.models.flatMap((word, index) => ofDevice(['models', index], word));
  const quirks = (Array.isArray(plan.personalities) ? plan.personalities : []).flatMap((word, index) => ofDevice(['personalities', index], `+${word}`));
  const cells = (['include', 'exclude'] as const).flatMap((list) =>
    (plan[list] ?? []).flatMap((entry, index) => [
      ...(['image', 'machine', 'suite'] as const).flatMap((target) => {
        const id = entry[target];
        return id === undefined ? [] : [{ path: [list, index, target], target, id }];
      }),
      ...(entry.model === undefined ? [] : ofDevice([list, index, 'model'], entry.model)),
    ]),
  );
  const excluded = (plan.exclude ?? []).flatMap(({ personality }, index) => (personality === undefined ? [] : [{ path: ['exclude', index, 'personality'], target: 'personality' as const, id: personality }]));
  return [...parts, ...first, ...devices, ...quirks, ...cells, ...excluded];
}

/** The names in `MODEL+PERSONALITY`; a word that begins with + has no model. */
function ofDevice(path: readonly (string | number)[], word: string): readonly Reference[] {
  const { model, personalities } = parseDeviceWord(word);
  return [...(model === '' ? [] : [{ path, target: 'model' as const, id: model }]), ...personalities.map((id) => ({ path, target: 'personality' as const, id }))];
}

function ofPersonality({ suites, models, conflicts }: NonNullable<LintFile<'personality'>['value']>): readonly Reference[] {
  return [...each(['suites'], 'suite', suites), ...each(['models'], 'model', models), ...each(['conflicts'], 'personality', conflicts)];
}

function ofControls(controls: NonNullable<LintFile<'negative-controls'>['value']>['controls']): readonly Reference[] {
  return controls.flatMap(({ model, image, machine, mustFail }, index) => [
    { path: ['controls', index, 'model'], target: 'model' as const, id: model },
    ...(image === undefined ? [] : [{ path: ['controls', index, 'image'], target: 'image' as const, id: image }]),
    ...(machine === undefined ? [] : [{ path: ['controls', index, 'machine'], target: 'machine' as const, id: machine }]),
    ...each(['controls', index, 'mustFail'], 'feature', mustFail),
  ]);
}

function ofScope(scope: NonNullable<LintFile<'known-issue'>['value']>['scope']): readonly Reference[] {
  return [
    ...(['image', 'machine', 'device', 'model', 'suite', 'feature'] as const).flatMap((target) => each(['scope', `${target}s`], target, scope[`${target}s`])),
    ...each(['scope', 'personalities'], 'personality', scope.personalities),
  ];
}

function adviceFor(id: string, known: ReadonlySet<string>): { readonly advice?: string } {
  const near = nearMatches(id, known)[0];
  return near === undefined ? {} : { advice: `did you mean "${near}"?` };
}
