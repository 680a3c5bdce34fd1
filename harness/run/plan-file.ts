import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { projectRoot } from '../base/places.ts';
import type { Plan } from '../db/generated/plan.ts';
import { loadDataFile } from '../db/load-data-file.ts';

export interface LoadedPlan {
  readonly plan: Plan;
  /** Name and the first 16 hex digits of the file's sha256, as results carry it. */
  readonly label: string;
}

/**
 * A plan by its name in suites/plans, or by the path of a YAML file.
 * @throws HwlabError usage `unknown-plan`, or what is wrong with the file: line, pointer, expected, found.
 */
export async function loadPlan(nameOrFile: string, known: readonly string[]): Promise<LoadedPlan> {
  const inTree = join(projectRoot, 'suites/plans', `${nameOrFile}.yaml`);
  const file = known.includes(nameOrFile) ? inTree : nameOrFile;
  if (!existsSync(file)) {
    throw new HwlabError({ code: 'unknown-plan', blame: 'usage', message: `there is no plan "${nameOrFile}"${didYouMean(nameOrFile, known)}`, advice: 'the known ones: ./hwlab plan list; or give the path of a YAML file' });
  }
  const plan = await loadDataFile<Plan>(file, 'plan');
  return { plan, label: labelOf(plan.name, readFileSync(file)) };
}

/** The label of a plan that stands in no file, such as that of `hwlab run`. */
export function labelOf(name: string, content: string | Uint8Array): string {
  return `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}
