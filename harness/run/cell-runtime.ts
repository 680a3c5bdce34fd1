import { HwlabError } from '../base/hwlab-error.ts';
import type { CellContext, FeatureOptions } from './cell-context.ts';

/** A test as `feature()` declared it. */
export interface DeclaredFeature {
  readonly id: string;
  readonly title: string;
  readonly suite: string;
  readonly options: FeatureOptions;
  readonly prove: (cell: CellContext<never>) => Promise<void>;
}

/** What runs a declared test in the cell's process. Throws what mocha shall see; calls `skip` when the test does not apply. */
export type TestRunner = (declared: DeclaredFeature, skip: () => never) => Promise<void>;

let runner: TestRunner | undefined;
const declared: DeclaredFeature[] = [];

/** Remembers a test when its file is loaded, so that it can be found by name before it runs. */
export function declareFeature(feature: DeclaredFeature): void {
  declared.push(feature);
}

/** All tests of the loaded suite files. */
export function declaredFeatures(): readonly DeclaredFeature[] {
  return declared;
}


/** Set once by the cell's process before the suites are loaded. */
export function setTestRunner(run: TestRunner): void {
  runner = run;
}

/** @throws HwlabError usage when a suite is started by plain mocha, without a machine. */
export function testRunner(): TestRunner {
  if (!runner) {
    throw new HwlabError({ code: 'no-machine', blame: 'usage', message: 'a suite needs a machine and a device', advice: 'run it with: ./hwlab run --image IMAGE --device MODEL --suite SUITE' });
  }
  return runner;
}
