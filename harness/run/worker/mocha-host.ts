import Mocha from 'mocha';
import { testId } from '../test-id.ts';

export interface MochaOrder {
  readonly suite: string;
  readonly files: readonly string[];
  /** Ids of the tests to run; all when undefined. */
  readonly only?: readonly string[];
  /** Only tests whose title or feature contains this text. */
  readonly grep?: string;
  /** Only tests of these features. */
  readonly features?: readonly string[];
  /** Folder for allure-mocha's results. */
  readonly allureResults: string;
  readonly featureOf: (suite: string, title: string) => string | undefined;
  readonly signal: AbortSignal;
}

/** Loads the suite's files into one mocha and runs them; each test has its own deadline, so mocha's own is off. */
export async function runMocha(order: MochaOrder): Promise<{ readonly tests: number }> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 0,
    reporter: 'allure-mocha',
    reporterOptions: { resultsDir: order.allureResults },
    forbidOnly: true,
    color: false,
  });
  for (const file of order.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  keepOnly(mocha.suite, order);
  return await new Promise((resolve) => {
    const runner = mocha.run(() => resolve({ tests: runner.stats?.tests ?? 0 }));
    order.signal.addEventListener('abort', () => runner.abort(), { once: true });
  });
}

/** Drops suites of other names (one file may declare several) and tests that were not asked for. */
function keepOnly(root: Mocha.Suite, order: MochaOrder): void {
  root.suites = root.suites.filter((suite) => suite.title === order.suite);
  const wanted = order.only ? new Set(order.only) : undefined;
  const part = order.grep?.toLowerCase();
  if (!wanted && part === undefined && !order.features) return;
  for (const suite of root.suites) {
    suite.tests = suite.tests.filter((test) => {
      const feature = order.featureOf(order.suite, test.title);
      if (feature === undefined || (order.features && !order.features.includes(feature))) return false;
      if (part !== undefined && !`${feature} ${test.title}`.toLowerCase().includes(part)) return false;
      return wanted?.has(testId(order.suite, feature, test.title)) ?? true;
    });
  }
}

