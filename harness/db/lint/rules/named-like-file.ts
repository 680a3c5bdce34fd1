import { problemAt, valid, type DataKind, type DataKinds } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

/** Which property of each kind is the file's name; assertions and names are lists, which have none. */
const nameOf: { readonly [K in Exclude<DataKind, 'assertions' | 'vendor-names' | 'name-words'>]: { readonly key: string; readonly of: (value: DataKinds[K]) => string } } = {
  device: { key: 'id', of: (value) => value.id },
  image: { key: 'id', of: (value) => value.id },
  machine: { key: 'id', of: (value) => value.id },
  coverage: { key: 'image', of: (value) => value.image },
  'known-issue': { key: 'id', of: (value) => value.id },
  certificate: { key: 'id', of: (value) => value.id },
  review: { key: 'id', of: (value) => value.id },
  observations: { key: 'image', of: (value) => value.image },
  'emulated-model': { key: 'id', of: (value) => value.id },
  personality: { key: 'id', of: (value) => value.id },
  profile: { key: 'suite', of: (value) => value.suite },
  plan: { key: 'name', of: (value) => value.name },
  'negative-controls': { key: 'suite', of: (value) => value.suite },
};

export const namedLikeFile: LintRule = {
  name: 'named-like-file',
  scope: 'file',
  demands: 'a record has the name of its file',
  check: (context) =>
    (Object.keys(nameOf) as (keyof typeof nameOf)[]).flatMap(<K extends keyof typeof nameOf>(kind: K) => {
      const { key, of } = nameOf[kind] as (typeof nameOf)[K];
      return valid(context, kind).flatMap((file) => {
        const name = of(file.value);
        return name === file.name ? [] : [problemAt(file, [key], `/${key} is "${name}", but the file is named "${file.name}"`, { advice: 'rename one of them' })];
      });
    }),
};
