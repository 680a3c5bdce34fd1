import { compareVersions } from './debian-version.ts';

/** One name in a field such as Depends, as far as it must be fulfilled by a version (deb-control(5)). */
export interface Relation {
  readonly name: string;
  readonly operator?: '<<' | '<=' | '=' | '>=' | '>>';
  readonly version?: string;
}

/** Clauses of a field; each has its alternatives. Architecture qualifiers and build profiles are left out of account. */
export function parseRelations(field: string): (readonly Relation[])[] {
  return field
    .split(',')
    .map((clause) => clause.split('|').flatMap((text) => parseRelation(text)))
    .filter((clause) => clause.length > 0);
}

function parseRelation(text: string): readonly Relation[] {
  const found = /^\s*([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]{1,120})\s*\))?/.exec(text);
  if (found?.[1] === undefined) return [];
  const [, name, sign, version] = found;
  if (sign === undefined || version === undefined) return [{ name }];
  // A lone < or > is old for <= and >= (Debian policy 7.1).
  const operator = sign === '<' ? '<=' : sign === '>' ? '>=' : (sign as NonNullable<Relation['operator']>);
  return [{ name, operator, version }];
}

/** Whether a package fulfils a relation, by its own name or by what it provides. */
export function fulfils(it: { readonly name: string; readonly version: string; readonly provides: readonly Relation[] }, wanted: Relation): boolean {
  if (it.name === wanted.name && versionFits(it.version, wanted)) return true;
  return it.provides.some(({ name, version }) => name === wanted.name && (wanted.operator === undefined || (version !== undefined && versionFits(version, wanted))));
}

function versionFits(version: string, { operator, version: than }: Relation): boolean {
  if (operator === undefined || than === undefined) return true;
  const order = compareVersions(version, than);
  switch (operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
  }
}
