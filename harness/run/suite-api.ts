import type { CellContext, FeatureOptions } from './cell-context.ts';
import { declareFeature, testRunner } from './cell-runtime.ts';

let declaring: string | undefined;

/** Declares the suite of one device class: a mocha `describe` whose tests get the cell's context. Several files may declare parts of one suite. */
export function suite(name: string, body: () => void): void {
  describe(name, () => {
    const outer = declaring;
    declaring = name;
    try {
      body();
    } finally {
      declaring = outer;
    }
  });
}

/**
 * Declares one test: the feature it proves (its requirement level comes from the profile of the suite), what it proves in words, and how.
 * An assertion that fails, or a guest command that fails, is the product's failure; an error of the lab is a MISS.
 */
export function feature<Controls>(id: string, title: string, prove: (cell: CellContext<Controls>) => Promise<void>, options: FeatureOptions = {}): void {
  const name = declaring;
  if (name === undefined) throw new Error(`feature ${id} stands outside a suite`);
  const declared = { id, title, suite: name, options, prove };
  declareFeature(declared);
  it(title, async function () {
    await testRunner()(declared, () => this.skip());
  });
}
