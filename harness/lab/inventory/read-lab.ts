import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import { projectRoot } from '../../base/places.ts';
import type { LintProblem } from '../../db/lint/lint-rule.ts';
import { readDataFile } from '../../db/load-data-file.ts';
import { problemsOf } from '../../db/parse-data.ts';
import { parseYamlOrJson, type ParsedData } from '../../db/parse-yaml-or-json.ts';
import { findClearSecrets } from './clear-secrets.ts';
import type { Lab, LabFile, LabMachine } from './lab.ts';
import { labProblems } from './lab-problems.ts';

export interface ReadLab {
  readonly file: string;
  /** undefined when it does not keep its schema. */
  readonly lab: Lab | undefined;
  readonly parsed: ParsedData;
  /** Of the text: its schema, and secrets written in clear. */
  readonly problems: readonly LintProblem[];
}

/** The lab file: what was asked for, `HWLAB_LAB`, or lab.yaml of the checkout; undefined when there is none. */
export function findLabFile(asked?: string): string | undefined {
  if (asked !== undefined) return asked;
  const named = process.env['HWLAB_LAB'];
  if (named !== undefined && named !== '') return named;
  const usual = join(projectRoot, 'lab.yaml');
  return existsSync(usual) ? usual : undefined;
}

/** Reads a lab file with all that is wrong with its text. @throws HwlabError usage `data-missing`, `data-syntax` */
export async function readLab(file: string): Promise<ReadLab> {
  const parsed = parseYamlOrJson(file, await readDataFile(file));
  const { value, found } = findClearSecrets(parsed.value);
  const secrets = found.map(({ path, why }) => ({ file, ...parsed.locate(path), severity: 'error' as const, message: `/${path.join('/')}: a secret written in clear: ${why}`, advice: 'write where it is: {env: NAME} or {file: PATH}; and change the secret, it was seen' }));
  const clear = new Set(found.map(({ path }) => `/${path.join('/')}`));
  const broken = problemsOf(file, { value, locate: (path, of) => parsed.locate(path, of) }, 'lab')
    .filter(({ pointer }) => !clear.has(pointer))
    .map(({ line, column, pointer, expected, found: seen, advice }) => ({ file, line, column, severity: 'error' as const, message: `${pointer === '' ? '(root)' : pointer}: expected ${expected}, found ${seen}`, ...(advice === undefined ? {} : { advice }) }));
  const problems = [...secrets, ...broken];
  const whole = value as LabFile;
  return { file, parsed, problems, lab: problems.length > 0 ? undefined : { ...whole, units: whole.units ?? [], hubs: whole.hubs ?? [] } };
}

/**
 * The lab file, checked.
 * @throws HwlabError usage `no-lab-file`, `lab-invalid` with the first problems, or of the file
 */
export async function loadLab(asked?: string): Promise<Lab> {
  const file = findLabFile(asked);
  if (file === undefined) throw new HwlabError({ code: 'no-lab-file', blame: 'usage', message: 'there is no lab file', advice: 'copy fixtures/lab/bench.yaml to lab.yaml and write down what stands on the bench, or name one: --lab FILE or HWLAB_LAB; docs/lab.md' });
  const read = await readLab(file);
  const errors = [...read.problems, ...(read.lab ? labProblems(read.lab, read.file, read.parsed) : [])].filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (read.lab === undefined || first !== undefined) {
    throw new HwlabError({
      code: 'lab-invalid',
      blame: 'usage',
      message: `${first?.file}:${first?.line}:${first?.column}: ${first?.message}${errors.length > 1 ? `; and ${errors.length - 1} more` : ''}`,
      advice: './hwlab lab lint shows all',
    });
  }
  return read.lab;
}

/** A machine by its id. @throws HwlabError usage `unknown-machine` */
export function machineOf(lab: Lab, id: string): LabMachine {
  const found = lab.machines.find((machine) => machine.id === id);
  if (found) return found;
  const known = lab.machines.map((machine) => machine.id);
  throw new HwlabError({ code: 'unknown-machine', blame: 'usage', message: `there is no machine "${id.slice(0, 80)}" in ${lab.name}${didYouMean(id, known)}`, advice: `the known ones: ${known.slice(0, 20).join(', ')}` });
}
