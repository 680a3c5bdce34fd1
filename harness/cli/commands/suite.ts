import type { Command } from 'commander';
import { relative } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { loadAssertions } from '../../db/assertions.ts';
import type { Assertion } from '../../db/generated/assertions.ts';
import { readDeclaredFeatures } from '../../db/lint/read-declared-features.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import { loadNegativeControls } from '../../run/negative-control.ts';
import { integerOption } from '../integer-option.ts';
import { printTable } from '../print-table.ts';
import type { AuditOptions } from '../suite-audit.ts';

/** `hwlab suite list|show|audit` */
export function registerSuiteCommand(program: Command): void {
  const command = program
    .command('suite')
    .description('suites, the features they prove, and whether their tests can fail')
    .addHelpText('after', '\nExamples:\n  ./hwlab suite list\n  ./hwlab suite show robotics\n  ./hwlab suite audit robotics');

  command
    .command('list')
    .description('suites and the features they prove')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  ./hwlab suite list\n\nExit codes: 0, or 2 when a data file is wrong.')
    .action(async (options: { json?: boolean }) => {
      const { suites } = await loadCatalogue(await listImageIds());
      const assertions = await allAssertions();
      const known = [...suites.values()].map(({ name, requirements, revision }) => ({ suite: name, assertions: provenIn(assertions, name).map(({ id }) => id), features: requirements, revision }));
      if (options.json) {
        process.stdout.write(`${JSON.stringify(known, null, 2)}\n`);
        return;
      }
      const count = (features: Readonly<Record<string, string>>, level: string): string => String(Object.values(features).filter((each) => each === level).length);
      printTable(
        known.map(({ suite, features, assertions: proven }) => ({ suite, features: String(Object.keys(features).length), required: count(features, 'required'), 'on trial': count(features, 'trial'), 'proves, of the assertions': proven.join(' ') })),
        false,
      );
    });

  command
    .command('show')
    .description('one suite: features with their levels, tests, assertions and negative controls')
    .argument('<suite>', 'its name: ./hwlab suite list')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  ./hwlab suite show scanners\n\nExit codes: 0, or 2 when the suite is not known.')
    .action(async (name: string, options: { json?: boolean }) => {
      const shown = await describeSuite(name);
      process.stdout.write(options.json ? `${JSON.stringify(shown, null, 2)}\n` : `${textOf(shown).join('\n')}\n`);
    });

  command
    .command('audit')
    .description('run the negative controls of suites in real guests, and say which tests cannot fail')
    .argument('[suites...]', 'names of suites; all when left out')
    .option('--image <id>', 'try all controls on this image (default: what the control names, else debian-12)')
    .option('--machine <id>', 'on this machine profile (default: what the control names, else vm-basic)')
    .option('--again', 'run also the controls whose earlier run still stands')
    .option('--strict', 'also fail for a required feature that no control is for')
    .option('--dry-run', 'print which control is for which feature, and run nothing')
    .option('--slots <n>', 'controls side by side (default: one a core, at most four)', integerOption('--slots', 1, 64))
    .option('--yes', 'install what is missing without asking')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A negative control is a device or a system that is broken on purpose (suites/negative-controls). What a control showed is kept until the control, its
model, the suite, the emulation or the image changes; so an audit that was interrupted goes on where it was. A test that the latest nights here show to fail
without a break too is marked ANYWAY: that it fails for a control shows nothing.

Examples:
  ./hwlab suite audit robotics
  ./hwlab suite audit --dry-run             coverage of all suites, without guests
  ./hwlab suite audit printers --again --json

Exit codes: 0 every required feature fails where a control says that it must, 1 one did not (with --strict: or has no control), 2 wrong usage or data,
3 the lab could not run a control of a required feature, 130 interrupted.`,
    )
    .action(async (suites: string[], options: AuditOptions) => {
      const { auditSuites } = await import('../suite-audit.ts');
      process.exitCode = await auditSuites(suites, options);
    });
}

interface ShownFeature {
  readonly feature: string;
  readonly requirement: string;
  readonly tests: readonly { readonly title: string; readonly file: string; readonly line: number }[];
  readonly assertions: readonly string[];
  /** Ids of the negative controls for which it must fail. */
  readonly controls: readonly string[];
}

interface ShownSuite {
  readonly suite: string;
  readonly features: readonly ShownFeature[];
  readonly assertions: readonly Assertion[];
}

async function describeSuite(name: string): Promise<ShownSuite> {
  const { requirements } = (await loadCatalogue(await listImageIds())).suite(name);
  const controls = await loadNegativeControls(name);
  const assertions = provenIn(await allAssertions(), name);
  const declared = readDeclaredFeatures(`${projectRoot}/suites`).filter(({ suite }) => suite === name);
  const features = Object.entries(requirements).map(([feature, requirement]) => ({
    feature,
    requirement,
    tests: declared.filter((each) => each.feature === feature).map(({ title, file, line }) => ({ title, file: relative(projectRoot, file), line })),
    assertions: assertions.filter(({ provenBy }) => provenBy.some((proof) => proof.suite === name && proof.feature === feature)).map(({ id }) => id),
    controls: controls.filter(({ mustFail }) => mustFail.includes(feature)).map(({ id }) => id),
  }));
  return { suite: name, features, assertions };
}

function textOf({ suite, features, assertions }: ShownSuite): readonly string[] {
  return [
    suite,
    ...features.flatMap(({ feature, requirement, tests, assertions: ids, controls }) => [
      `  ${feature} (${requirement})${ids.length > 0 ? `, proves ${ids.join(', ')}` : ''}`,
      ...tests.map(({ title, file, line }) => `    ${title} (${file}:${line})`),
      `    must fail for: ${controls.join(', ') || 'no control'}`,
    ]),
    ...(assertions.length === 0 ? [] : ['', 'assertions']),
    ...assertions.flatMap(({ id, asserts, without, threads }) => [`  ${id}: ${asserts}${without === undefined ? '' : ` Without: ${without}`}`, ...(threads ?? []).map((thread) => `    ${thread}`)]),
  ];
}

async function allAssertions(): Promise<readonly Assertion[]> {
  return [...(await loadAssertions()).values()].flat();
}

function provenIn(assertions: readonly Assertion[], suite: string): readonly Assertion[] {
  return assertions.filter(({ provenBy }) => provenBy.some((proof) => proof.suite === suite));
}
