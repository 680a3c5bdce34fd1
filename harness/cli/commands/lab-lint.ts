import type { Command } from 'commander';
import { HwlabError } from '../../base/hwlab-error.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import type { LintProblem } from '../../db/lint/lint-rule.ts';
import { hostProblems } from '../../lab/inventory/host-problems.ts';
import { labProblems } from '../../lab/inventory/lab-problems.ts';
import { findLabFile, readLab } from '../../lab/inventory/read-lab.ts';
import { fileModeProblems } from '../../lab/inventory/secret-files.ts';
import { exitCodes } from '../../run/exit-code.ts';
import type { LabOptions } from '../lab-session.ts';

/** Everything that is wrong with a lab file; of its devices too where a database is given. */
export async function lintLab(file: string, database: string): Promise<readonly LintProblem[]> {
  const { lab, parsed, problems } = await readLab(file);
  if (!lab) return problems;
  const devices = new Set((await (await openDatabase(database)).devices()).keys());
  const all = [...problems, ...labProblems(lab, file, parsed, { devices }), ...(await fileModeProblems(lab, file, parsed)), ...(await hostProblems(lab, file, parsed))];
  return all.toSorted((one, other) => one.line - other.line || one.column - other.column);
}

export function lintLine({ file, line, column, severity, message, advice }: LintProblem): string {
  return `${file}:${line}:${column}: ${severity}: ${message}${advice === undefined ? '' : ` (${advice})`}`;
}

export function registerLabLint(lab: Command): void {
  lab
    .command('lint')
    .description('check the lab file: schema, things given twice, names of nothing, secrets in clear, modes of files')
    .option('--lab <file>', 'lab file')
    .option('--db <folder>', 'folder of the database, for the names of devices', defaultDatabase)
    .option('--json', 'the problems as JSON')
    .addHelpText('after', '\nExample:\n  ./hwlab lab lint --lab fixtures/lab/bench.yaml\n\nExit codes: 0 nothing but warnings, 2 something is wrong. ./hwlab db lint does this too where there is a lab file.')
    .action(async (options: LabOptions & { readonly db: string }) => {
      const file = findLabFile(options.lab);
      if (file === undefined) throw new HwlabError({ code: 'no-lab-file', blame: 'usage', message: 'there is no lab file to check', advice: 'name one: --lab FILE or HWLAB_LAB' });
      const problems = await lintLab(file, options.db);
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      if (errors > 0) process.exitCode = exitCodes.usage;
      if (options.json) process.stdout.write(`${JSON.stringify({ file, problems }, null, 2)}\n`);
      else process.stdout.write(`${[...problems.map(lintLine), `${file}: ${errors} errors, ${problems.length - errors} warnings`].join('\n')}\n`);
    });
}
