import { join } from 'node:path';
import type { Deadline } from '../../harness/base/deadline.ts';
import { HwlabError, messageOf } from '../../harness/base/hwlab-error.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { streamCommand } from '../../harness/base/stream-command.ts';
import { ensureImage } from '../../harness/images/ensure-image.ts';
import type { Consent } from '../../harness/setup/consent.ts';
import { ensureHostPackages } from '../../harness/setup/host-packages.ts';
import { runMocha } from './mocha-step.ts';
import { newTally, type Tally } from './test-event.ts';

export interface TestOptions extends Consent {
  readonly deadline: Deadline;
  readonly progress: (line: string) => void;
  readonly long: boolean;
  /** Only mocha tests whose full title matches. */
  readonly grep?: string;
  /** Only these steps, by name. */
  readonly only?: readonly string[];
}

interface Step {
  readonly name: string;
  readonly about: string;
  /** Usual seconds on 2 cores without hardware virtualisation. */
  readonly seconds: number;
  /** Runs test titles, so that --grep makes sense. */
  readonly titled?: boolean;
  readonly run: (options: TestOptions) => Promise<Tally>;
}

const bin = (name: string): string => join(projectRoot, 'node_modules', name);

const steps: readonly Step[] = [
  { name: 'types', about: 'generated types are what the schemas say', seconds: 4, run: program('types', ['scripts/generate-types.ts', '--check']) },
  { name: 'listing', about: 'suites/README.md is what the suites and their assertions say', seconds: 2, run: program('listing', ['scripts/generate-suites-readme.ts', '--check']) },
  { name: 'findings', about: 'docs/findings.md is what the known issues say', seconds: 2, run: program('findings', ['scripts/generate-findings.ts', '--check']) },
  { name: 'tsc', about: 'TypeScript, strict', seconds: 15, run: program('tsc', [bin('typescript/bin/tsc'), '--noEmit']) },
  { name: 'eslint', about: 'lint', seconds: 35, run: program('eslint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0', '--cache', '--cache-location', bin('.cache/eslint/')]) },
  { name: 'imports', about: 'imports follow the directions of the design', seconds: 8, run: program('imports', [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), '--config', '.dependency-cruiser.cjs', 'harness', 'suites', 'tests', 'scripts', 'bench']) },
  { name: 'data', about: 'the database and the fixtures keep their schemas', seconds: 5, run: program('data', ['harness/cli/main.ts', 'db', 'lint']) },
  { name: 'unit', about: 'unit tests', seconds: 60, titled: true, run: (options) => runMocha({ patterns: ['harness/**/*.test.ts', 'suites/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], timeout: 10_000, ...mochaOptions(options) }) },
  {
    name: 'integration',
    about: 'integration tests with real guests and a browser',
    seconds: 1100,
    titled: true,
    run: async (options) => {
      await ensureImage('debian-12', options);
      return runMocha({ patterns: ['tests/integration/**/*.test.ts'], timeout: 300_000, ...mochaOptions(options) });
    },
  },
];

export const testStepNames: readonly string[] = steps.map((step) => step.name);

/** Sets up the host, runs the project's own checks and tests in order, and counts; a check that is a program counts as one test. */
export async function runTests(options: TestOptions): Promise<Tally> {
  const chosen = steps.filter((step) => (options.only?.includes(step.name) ?? true) && (options.grep === undefined || step.titled === true));
  await ensureHostPackages(['guest', 'uefi', 'image', 'report', 'metal', 'metal-test', 'test'], options);
  const total = newTally();
  const left = (from: number): string => minutes(chosen.slice(from).reduce((sum, step) => sum + step.seconds, 0));
  options.progress(`${chosen.length} steps, about ${left(0)} when the image is built already`);
  for (const [index, step] of chosen.entries()) {
    const label = `[${index + 1}/${chosen.length}] ${step.name}`;
    options.progress(`${label}: ${step.about}; about ${left(index)} left`);
    const started = performance.now();
    const tally = await runStep(step, { ...options, progress: (line) => options.progress(`${label}: ${line}`) });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    options.progress(`${label}: ${tally.failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s (${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped)`);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    total.failures.push(...tally.failures);
    total.skips.push(...tally.skips);
  }
  return total;
}

async function runStep(step: Step, options: TestOptions): Promise<Tally> {
  const failed = (detail: string): Tally => ({ ...newTally(), failed: 1, failures: [{ title: step.name, detail }] });
  if (options.deadline.expired) return failed(interruptedOr('not run: no time was left', options.deadline));
  try {
    return await step.run(options);
  } catch (error) {
    const advice = error instanceof HwlabError && error.advice !== undefined ? `\n  what to do: ${error.advice}` : '';
    options.progress(`FAIL ${messageOf(error)}${advice}`);
    return failed(`${messageOf(error)}${advice}`);
  }
}

/** A check that is a program: exit code 0 is one pass, anything else one failure that shows what it printed. */
function program(name: string, args: readonly string[]): Step['run'] {
  return async ({ deadline, progress }) => {
    const printed: string[] = [];
    const onLine = (line: string): void => void (printed.length < 200 && printed.push(line));
    try {
      await streamCommand(process.execPath, args, { deadline: deadline.within(10 * 60_000), cwd: projectRoot, onLine });
      return { ...newTally(), passed: 1 };
    } catch (error) {
      const detail = printed.length > 0 ? printed.join('\n') : messageOf(error);
      progress(`FAIL ${name}\n${detail}`);
      return { ...newTally(), failed: 1, failures: [{ title: name, detail }] };
    }
  };
}

function mochaOptions(options: TestOptions): { deadline: Deadline; progress: TestOptions['progress']; env: Record<string, string>; grep?: string } {
  const { deadline, progress, grep } = options;
  return { deadline, progress, env: options.long ? { HWLAB_LONG: '1' } : {}, ...(grep === undefined ? {} : { grep }) };
}

function interruptedOr(text: string, deadline: Deadline): string {
  const reason: unknown = deadline.signal.reason;
  return reason instanceof HwlabError ? `not run: ${reason.message}` : text;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
