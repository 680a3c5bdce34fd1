import type { SheetCode } from './sheet-code.ts';

/** `student 42, page 1 of 2` */
export function nameOfSheet({ student, page, pages }: SheetCode): string {
  return `student ${student}, page ${page} of ${pages}`;
}

/** Every sheet of an exam and how often it was seen. */
export interface Account {
  /** Sheets that were never seen, seen more than once, or do not belong to the exam, by name. */
  readonly missing: readonly string[];
  readonly repeated: readonly string[];
  readonly foreign: readonly string[];
  /** The sheets that were seen come in the order that was expected, repetitions aside. */
  readonly inOrder: boolean;
}

export function accountOf(expected: readonly SheetCode[], seen: readonly SheetCode[]): Account {
  const keys = expected.map(keyOf);
  const times = Map.groupBy(seen, keyOf);
  const order = [...new Set(seen.map(keyOf))].filter((key) => keys.includes(key));
  return {
    missing: expected.filter((sheet) => !times.has(keyOf(sheet))).map(nameOfSheet),
    repeated: expected.filter((sheet) => (times.get(keyOf(sheet))?.length ?? 0) > 1).map(nameOfSheet),
    foreign: seen.filter((sheet) => !keys.includes(keyOf(sheet))).map(nameOfSheet),
    inOrder: order.every((key, index) => index === 0 || keys.indexOf(key) > keys.indexOf(order[index - 1]!)),
  };
}

/** The account as a sentence: `every sheet once, in order`, or what is wrong. */
export function sayAccount({ missing, repeated, foreign, inOrder }: Account): string {
  const wrong = Object.entries({ missing, 'more than once': repeated, 'of another exam': foreign }).flatMap(([what, names]) => (names.length === 0 ? [] : [`${what}: ${names.join(' and ')}`]));
  return [...wrong, ...(inOrder ? [] : ['not in order'])].join('; ') || 'every sheet once, in order';
}

/** A table of tab-separated values: each sheet, and how often it was seen at each station. */
export function accountTable(expected: readonly SheetCode[], stations: Readonly<Record<string, readonly SheetCode[]>>): string {
  const lines = expected.map((sheet) => [nameOfSheet(sheet), ...Object.values(stations).map((seen) => String(seen.filter((each) => keyOf(each) === keyOf(sheet)).length))]);
  return [['sheet', ...Object.keys(stations)], ...lines].map((line) => `${line.join('\t')}\n`).join('');
}

const keyOf = ({ exam, student, page, pages }: SheetCode): string => `${exam}/${student}/${page}/${pages}`;
