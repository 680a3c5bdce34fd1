import { HwlabError } from '../../base/hwlab-error.ts';
import type { InstalledPackage, PackageSet } from './installed-packages.ts';
import { fulfils } from './relations.ts';

/** A package that is another one in the second image. One of `from` and `to` may be missing: it was added, or removed. */
export interface PackageChange {
  readonly key: string;
  readonly from?: InstalledPackage;
  readonly to?: InstalledPackage;
}

/** Changes that cannot be made without one another, sorted by name; mostly one. */
export type ChangeGroup = readonly PackageChange[];

/** `libusb 2:1.0.25-3 -> 2:1.0.26-1`, `brltty added, 6.5-7`, `cups-bsd removed` */
export function changeText({ key, from, to }: PackageChange): string {
  if (from && to) return `${key} ${from.version} -> ${to.version}`;
  return to ? `${key} added, ${to.version}` : `${key} removed`;
}

/** What differs between two sets, sorted by name. */
export function packageChanges(good: PackageSet, bad: PackageSet): readonly PackageChange[] {
  return [...new Set([...good.keys(), ...bad.keys()])].sort().flatMap((key) => {
    const [from, to] = [good.get(key), bad.get(key)];
    if (from && to && from.version === to.version && from.architecture === to.architecture) return [];
    return [{ key, ...(from ? { from } : {}), ...(to ? { to } : {}) }];
  });
}

/**
 * The changes in an order in which they can be made one after another on the first set, so that after each of them every package has what it depends on and
 * nothing that it breaks. Changes that need each other are one group.
 */
export function orderChanges(good: PackageSet, bad: PackageSet): readonly ChangeGroup[] {
  const changes = packageChanges(good, bad);
  const needs = neededChanges(good, bad, changes);
  return groupsInOrder(changes, needs);
}

/** Of the groups, those that `wanted` cannot be made without, and itself; in their order. */
export function closure(groups: readonly ChangeGroup[], good: PackageSet, bad: PackageSet, wanted: readonly number[]): readonly number[] {
  const needs = neededChanges(good, bad, groups.flat());
  const groupOf = new Map(groups.flatMap((group, index) => group.map(({ key }) => [key, index] as const)));
  const found = new Set<number>();
  const open = [...wanted];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    for (const { key } of groups[index] ?? []) for (const other of needs.get(key) ?? []) open.push(groupOf.get(other) ?? index);
  }
  return [...found].sort((a, b) => a - b);
}

/** For each change the others without which it would leave a package without what it needs, or beside what it breaks. */
function neededChanges(good: PackageSet, bad: PackageSet, changes: readonly PackageChange[]): ReadonlyMap<string, ReadonlySet<string>> {
  const changed = new Map(changes.map((change) => [change.key, change]));
  const needs = new Map(changes.map(({ key }) => [key, new Set<string>()]));
  const [before, after] = [providers(good), providers(bad)];
  const need = (key: string, other: string): void => {
    if (key !== other && changed.has(other)) needs.get(key)?.add(other);
  };
  // What a new package depends on has to be there as it is in the second set, unless the first set has it in a way that stays.
  for (const { key, to } of changes) {
    for (const clause of to?.depends ?? []) {
      const now = clause.flatMap((wanted) => (after.get(wanted.name) ?? []).filter((it) => fulfils(it, wanted)));
      const already = clause.flatMap((wanted) => (before.get(wanted.name) ?? []).filter((it) => fulfils(it, wanted)));
      const stays = already.some((it) => !changed.has(it.key) || now.some((other) => other.key === it.key));
      const [first] = now;
      if (!stays && first) need(key, first.key);
    }
    // What the new one breaks must have gone, or have changed.
    for (const wanted of to?.excludes ?? []) for (const it of before.get(wanted.name) ?? []) if (it.key !== key && fulfils(it, wanted)) need(key, it.key);
  }
  for (const it of good.values()) {
    // An old package that loses what it depends on has to change first.
    for (const clause of it.depends) {
      const had = clause.flatMap((wanted) => (before.get(wanted.name) ?? []).filter((other) => fulfils(other, wanted)));
      const kept = had.some(({ key }) => !changed.has(key) || clause.some((wanted) => (after.get(wanted.name) ?? []).some((other) => other.key === key && fulfils(other, wanted))));
      if (!kept) for (const { key } of had) need(key, it.key);
    }
    // And one that the old package breaks cannot come before it has changed.
    for (const wanted of it.excludes) for (const other of after.get(wanted.name) ?? []) if (other.key !== it.key && fulfils(other, wanted)) need(other.key, it.key);
  }
  return needs;
}

/** Packages by every name that they have or provide. */
function providers(set: PackageSet): ReadonlyMap<string, readonly InstalledPackage[]> {
  const found = new Map<string, InstalledPackage[]>();
  for (const it of set.values()) for (const name of new Set([it.name, ...it.provides.map((each) => each.name)])) {
    const known = found.get(name);
    if (known) known.push(it);
    else found.set(name, [it]);
  }
  return found;
}

/** Strongly connected parts, each behind what it needs (R. Tarjan, 1972), without recursion as a chain may be long. */
function groupsInOrder(changes: readonly PackageChange[], needs: ReadonlyMap<string, ReadonlySet<string>>): readonly ChangeGroup[] {
  const byKey = new Map(changes.map((change) => [change.key, change]));
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const groups: ChangeGroup[] = [];
  for (const { key: root } of changes) {
    if (number.has(root)) continue;
    const path: { readonly key: string; readonly rest: string[] }[] = [];
    const enter = (key: string): void => {
      number.set(key, number.size);
      low.set(key, number.get(key) ?? 0);
      stack.push(key);
      onStack.add(key);
      path.push({ key, rest: [...(needs.get(key) ?? [])].sort().reverse() });
    };
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next !== undefined) {
        if (!number.has(next)) enter(next);
        else if (onStack.has(next)) low.set(top.key, Math.min(low.get(top.key) ?? 0, number.get(next) ?? 0));
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) low.set(parent.key, Math.min(low.get(parent.key) ?? 0, low.get(top.key) ?? 0));
      if (low.get(top.key) !== number.get(top.key)) continue;
      const own: string[] = [];
      for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
        onStack.delete(key);
        own.push(key);
        if (key === top.key) break;
      }
      groups.push(own.sort().map((key) => byKey.get(key) ?? unknownChange(key)));
    }
  }
  return groups;
}

function unknownChange(key: string): never {
  throw new HwlabError({ code: 'change-unknown', blame: 'harness', message: `no change of ${key}` });
}
