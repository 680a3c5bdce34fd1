import type { HealthRecord, Wiring } from './health-record.ts';

/** Failures of several things on one part within this time, milliseconds, are the part's. */
export const faultWindow = 10 * 60_000;

/** A part that failed: everything on it that was looked at did, and not everything beside it. */
export interface PartFault {
  readonly part: string;
  /** Milliseconds since 1970, of the check that made it sure. */
  readonly at: number;
  readonly subjects: readonly string[];
  /** Parts that would explain it as well. */
  readonly alternatives: readonly string[];
}

export interface Attribution {
  readonly faults: readonly PartFault[];
  /** Indices of failed records that are the fault of a part and not of their subject. */
  readonly excused: ReadonlySet<number>;
}

/**
 * Which failures are those of a shared part. A part is at fault when, within ten minutes of a failure, at least two things on it failed and nothing on it only passed.
 * Of several such parts the one that explains most counts; of equals the smallest, and then the nearest. What is checked later within these minutes counts too,
 * so that the last word on a failure is spoken ten minutes after it.
 * @param records oldest first
 */
export function attributeFaults(records: readonly HealthRecord[], wiring: Wiring): Attribution {
  const onPart = dependents(wiring);
  const excused = new Set<number>();
  const faults: PartFault[] = [];
  const times = records.map(({ at }) => Date.parse(at));
  let start = 0;
  let end = 0;
  for (const [index, record] of records.entries()) {
    const now = times[index] ?? 0;
    while ((times[start] ?? now) < now - faultWindow) start += 1;
    while ((times[end] ?? Infinity) <= now + faultWindow) end += 1;
    if (record.outcome !== 'failed') continue;
    const near = records.slice(start, end);
    const failing = new Set(near.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject));
    const passing = near.filter(({ subject }) => !failing.has(subject)).map(({ subject }) => subject);
    const found = partsAtFault(failing, passing, onPart).find(({ subjects }) => subjects.includes(record.subject));
    if (!found) continue;
    faults.push({ ...found, at: now });
    excused.add(index);
  }
  return { faults, excused };
}

/** The parts that explain the failures, the one that explains most first. */
export function partsAtFault(failing: ReadonlySet<string>, passing: readonly string[], onPart: ReadonlyMap<string, readonly string[]>): readonly Omit<PartFault, 'at'>[] {
  const left = new Set(failing);
  const faults: Omit<PartFault, 'at'>[] = [];
  for (;;) {
    const candidates = [...onPart]
      .map(([part, subjects]) => ({ part, all: subjects.length, hit: subjects.filter((subject) => left.has(subject)), clean: subjects.some((subject) => passing.includes(subject)) }))
      .filter(({ hit, clean }) => hit.length >= 2 && !clean)
      .toSorted((one, other) => other.hit.length - one.hit.length || one.all - other.all || nearness(one.part) - nearness(other.part) || (one.part < other.part ? -1 : 1));
    const [best, ...more] = candidates;
    if (!best) return faults;
    const alternatives = more.filter(({ hit }) => hit.length === best.hit.length && hit.every((subject) => best.hit.includes(subject))).map(({ part }) => part);
    faults.push({ part: best.part, subjects: best.hit.toSorted(), alternatives });
    for (const subject of best.hit) left.delete(subject);
  }
}

/** What hangs on each part. */
export function dependents(wiring: Wiring): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [subject, parts] of Object.entries(wiring)) for (const part of new Set(parts)) found.set(part, [...(found.get(part) ?? []), subject]);
  return found;
}

function nearness(part: string): number {
  return ['outlet', 'hub', 'switch', 'strip', 'station'].indexOf(part.split(' ')[0] ?? '');
}
