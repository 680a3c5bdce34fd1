import { join } from 'node:path';
import { projectRoot } from '../base/places.ts';
import { loadFolder } from './database.ts';
import type { Assertions } from './generated/assertions.ts';

/** What is asserted of a class: the letters of its assertions, and how many there are of each. */
export interface AssertionClass {
  readonly name: string;
  readonly title: string;
  readonly letters: Readonly<Record<string, number>>;
}

/** The classes in the order in which they are shown. Every number of a letter from 1 on is asserted once. */
export const assertionClasses: readonly AssertionClass[] = [
  { name: 'printers', title: 'Printers', letters: { P: 16, I: 12 } },
  { name: 'scanners', title: 'Scanners', letters: { S: 14 } },
  { name: 'panels', title: 'Interactive panels', letters: { T: 16 } },
  { name: 'robotics', title: 'Robotics', letters: { R: 16 } },
  { name: 'policy', title: 'Who gets a device', letters: { Y: 8 } },
  { name: 'exam', title: 'The exam morning', letters: { E: 8 } },
];

/** The ids of a class, in order. */
export function assertionIds({ letters }: AssertionClass): readonly string[] {
  return Object.entries(letters).flatMap(([letter, count]) => Array.from({ length: count }, (_unused, index) => `${letter}${index + 1}`));
}

/**
 * The assertions of suites/assertions by class.
 * @throws HwlabError `data-invalid` and its kin
 */
export async function loadAssertions(root: string = projectRoot): Promise<ReadonlyMap<string, Assertions>> {
  return await loadFolder<Assertions>(join(root, 'suites/assertions'), 'assertions');
}
