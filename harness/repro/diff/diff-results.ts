import { signaturesOf } from '../../db/failure-signature.ts';
import type { Result, TestResult } from '../../db/generated/result.ts';
import { diffFacts, type FactChange, type Facts } from './diff-facts.ts';

/** A number of both sides. */
export interface MeasureChange {
  readonly name: string;
  readonly was: number;
  readonly is: number;
  /** It changed by half or more; times below a fifth of a second say nothing. */
  readonly moved: boolean;
}

/** A test that says something else. `failure` is true when both failed, and not in the same way. */
export interface TestChange {
  readonly test: string;
  readonly was: string;
  readonly is: string;
  readonly failure: boolean;
}

export interface ResultDiff {
  readonly environment: readonly FactChange[];
  readonly packages: readonly FactChange[];
  readonly tests: readonly TestChange[];
  /** Every measurement and time of both, changed or not. */
  readonly measures: readonly MeasureChange[];
}

/** What differs between two results: where they ran, packages where both got to know them, tests by outcome and by signature, measurements. Logs and wire traces are files and are compared apart. */
export function diffResults(was: Result, is: Result): ResultDiff {
  const [before, now] = [was.environment.packages, is.environment.packages];
  return { environment: diffFacts(placeOf(was), placeOf(is)), packages: before && now ? diffFacts(before, now) : [], tests: diffTests(was.tests, is.tests), measures: measuresOf(was, is) };
}

function moved(name: string, was: number, is: number): boolean {
  const [low, high] = was < is ? [was, is] : [is, was];
  if (/[ .]ms$/.test(name) && high < 200) return false;
  return low <= 0 ? high > 0 : high / low >= 1.5;
}

export function diffTests(was: readonly TestResult[], is: readonly TestResult[]): readonly TestChange[] {
  const before = new Map(was.map((test) => [test.id, test]));
  const now = new Map(is.map((test) => [test.id, test]));
  return [...new Set([...before.keys(), ...now.keys()])].sort().flatMap((test): readonly TestChange[] => {
    const a = before.get(test);
    const b = now.get(test);
    const [first, second] = [a && signaturesOf(a)[0], b && signaturesOf(b)[0]];
    const failure = a?.outcome === b?.outcome && first !== undefined && second !== undefined && first.id !== second.id;
    if (a?.outcome === b?.outcome && !failure) return [];
    const said = (one: TestResult | undefined, text: string | undefined): string => (one ? `${one.outcome}${text === undefined || one.outcome === 'PASS' ? '' : `: ${text}`}` : 'not run');
    return [{ test, was: said(a, first?.text), is: said(b, second?.text), failure }];
  });
}

function placeOf({ cell, environment, manifest }: Result): Facts {
  const { packages: _, plan: _plan, ...rest } = environment;
  const facts: Record<string, string> = {};
  const put = (name: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') facts[name] = String(value);
    else if (Array.isArray(value)) facts[name] = value.join(' ');
  };
  for (const [name, value] of Object.entries({ ...rest, ...cell, ...(manifest ?? {}) })) if (!['id', 'repeats', 'purpose', 'seed'].includes(name)) put(name, value);
  return facts;
}

function measuresOf(was: Result, is: Result): readonly MeasureChange[] {
  const before = numbersOf(was);
  const now = numbersOf(is);
  return [...before].flatMap(([name, value]) => {
    const other = now.get(name);
    return other === undefined ? [] : [{ name, was: value, is: other, moved: moved(name, value, other) }];
  });
}

function numbersOf({ timings, tests }: Result): ReadonlyMap<string, number> {
  const found = new Map<string, number>(Object.entries(timings).map(([name, value]) => [`${name}, ms`, value]));
  for (const test of tests) {
    const last = test.attempts.at(-1);
    if (!last) continue;
    found.set(`${test.id}, ms`, last.durationMs);
    for (const [name, value] of Object.entries(last.measurements ?? {})) found.set(`${test.id}: ${name}`, value);
  }
  return found;
}
