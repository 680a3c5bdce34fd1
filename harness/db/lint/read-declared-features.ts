import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A `feature('id', ...)` in the source of a suite. */
export interface DeclaredFeature {
  readonly suite: string;
  readonly feature: string;
  /** What the test says that it proves; empty where it is not written as a plain string. */
  readonly title: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const declaration = /^[ \t]*(?:(suite)|feature)\b(?:<[^>()]*>)?\(\s*(['"])([a-z0-9.-]+)\2(?:,\s*(['"`])((?:\\.|(?!\4)[^\\\n])*)\4)?/gm;

/** The features that `*.suite.ts` files declare, read from their text: the linter runs no test code. */
export function readDeclaredFeatures(suites: string): readonly DeclaredFeature[] {
  if (!existsSync(suites)) return [];
  const files = readdirSync(suites, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.suite.ts'));
  return files.sort().flatMap((name) => declaredIn(join(suites, name)));
}

function declaredIn(file: string): readonly DeclaredFeature[] {
  const text = readFileSync(file, 'utf8');
  const found: DeclaredFeature[] = [];
  let suite: string | undefined;
  for (const match of text.matchAll(declaration)) {
    const id = match[3] ?? '';
    if (match[1] !== undefined) suite = id;
    else if (suite !== undefined) found.push({ suite, feature: id, title: (match[5] ?? '').replaceAll(/\\(.)/g, '$1'), file, line: text.slice(0, match.index).split('\n').length });
  }
  return found;
}
