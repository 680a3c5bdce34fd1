import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { examine } from '../../doctor/examine.ts';
import type { Finding } from '../../doctor/finding.ts';
import { consentOf } from '../../setup/consent.ts';
import { ensureHostPackages } from '../../setup/host-packages.ts';
import { interruptSignal } from '../interrupt.ts';

const marks = { ok: 'ok      ', warning: 'WARNING ', problem: 'PROBLEM ' } as const;

/** `hwlab doctor`: what this machine can do, and what to mend. */
export function registerDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what this machine can do, and what to mend')
    .option('--fix', 'install the system packages that are missing')
    .option('--yes', 'with --fix: without asking')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab doctor\n  ./hwlab doctor --fix --yes\n\nExit codes: 0 a night can run, 3 something is in its way.')
    .action(async (options: { fix?: boolean; yes?: boolean; json?: boolean }) => {
      const deadline = Deadline.after(30 * 60_000, interruptSignal());
      if (options.fix) await ensureHostPackages(['guest', 'uefi', 'image', 'report', 'metal', 'metal-test', 'test'], { ...consentOf(options), deadline, progress: (line) => void process.stderr.write(`hwlab: ${line}\n`) });
      const findings = await examine(deadline.within(2 * 60_000));
      const problems = findings.filter((finding) => finding.level === 'problem');
      if (options.json) process.stdout.write(`${JSON.stringify({ ready: problems.length === 0, findings }, null, 2)}\n`);
      else process.stdout.write(asText(findings));
      if (problems.length > 0) process.exitCode = 3;
    });
}

function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.about.length));
  const lines = findings.flatMap(({ level, about, found, advice }) => [`${marks[level]} ${about.padEnd(width)}  ${found}`, ...(advice === undefined ? [] : [`${' '.repeat(width + 11)}-> ${advice}`])]);
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  const verdict = count('problem') === 0 ? 'A night can run here.' : 'A night cannot run here yet.';
  return `${lines.join('\n')}\n\n${verdict} ${count('problem')} problems, ${count('warning')} warnings.\n`;
}
