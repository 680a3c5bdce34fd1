/** A fact that is not the same on both sides; undefined where it is not there. */
export interface FactChange {
  readonly name: string;
  readonly was: string | undefined;
  readonly is: string | undefined;
}

export type Facts = Readonly<Record<string, string>>;

/** What was changed, added or taken away, by name. */
export function diffFacts(was: Facts, is: Facts): readonly FactChange[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  const own = (facts: Facts, name: string): string | undefined => (Object.hasOwn(facts, name) ? facts[name] : undefined);
  return names.map((name) => ({ name, was: own(was, name), is: own(is, name) })).filter((change) => change.was !== change.is);
}
