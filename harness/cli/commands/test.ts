import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import { consentOf } from '../../setup/consent.ts';
import { interruptSignal } from '../interrupt.ts';

interface TestFlags {
  readonly yes?: boolean;
  readonly long?: boolean;
  readonly grep?: string;
  readonly only?: string;
  readonly json?: boolean;
}

/** `hwlab test`: the project's own checks and tests, set-up included. */
export function registerTestCommand(program: Command): void {
  program
    .command('test')
    .description("run the project's own checks and tests, set-up included")
    .option('--yes', 'install what is missing without asking')
    .option('--long', 'also the tests that take long')
    .option('--grep <pattern>', 'only the tests whose title matches this regular expression')
    .option('--only <steps>', 'only these steps, comma-separated: types, tsc, eslint, imports, data, unit, integration')
    .option('--json', 'print one JSON object at the end')
    .addHelpText('after', '\nExamples:\n  ./hwlab test --yes\n  ./hwlab test --only unit\n  ./hwlab test --grep "usbredir"\n\nExit codes: 0 all passed, 1 something failed, 2 wrong usage, 3 the set-up is not possible here.')
    .action(async (flags: TestFlags) => {
      const { runTests, testStepNames } = await import('../../../scripts/test-run/run-tests.ts');
      const only = flags.only?.split(',');
      const unknown = only?.find((name) => !testStepNames.includes(name));
      if (unknown !== undefined) throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--only: there is no step "${unknown}"${didYouMean(unknown, testStepNames)}` });
      checkPattern(flags.grep);
      const tally = await runTests({
        ...consentOf(flags),
        deadline: Deadline.after((flags.long ? 120 : 40) * 60_000, interruptSignal()),
        progress: (line) => void process.stderr.write(`hwlab test: ${line}\n`),
        long: flags.long ?? false,
        ...(flags.grep === undefined ? {} : { grep: flags.grep }),
        ...(only === undefined ? {} : { only }),
      });
      if (tally.skips.length > 0) process.stderr.write(`\nskipped:\n${tally.skips.map((title) => `  ${title}\n`).join('')}`);
      if (tally.failures.length > 0) process.stderr.write(`\nfailed:\n${tally.failures.map(({ title, detail }) => `  ${title}: ${detail.split('\n')[0] ?? ''}\n`).join('')}`);
      if (tally.passed + tally.failed === 0) process.stderr.write('no test was run\n');
      process.stdout.write(flags.json ? `${JSON.stringify(tally, null, 2)}\n` : `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
      process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
    });
}

function checkPattern(pattern: string | undefined): void {
  try {
    RegExp(pattern ?? '');
  } catch (cause) {
    throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--grep "${pattern ?? ''}" is not a regular expression`, cause });
  }
}
