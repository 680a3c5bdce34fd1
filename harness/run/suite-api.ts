import type { CellContext, FeatureOptions } from './cell-context.ts';

/** Declares the suite of one device class: a mocha `describe` whose tests get the cell's context. */
export function suite(name: string, body: () => void): void {
  describe(name, body);
}

/**
 * Declares one test: the feature it proves (its requirement level comes from the profile of the class), what it proves in words, and how.
 */
export function feature<Controls>(id: string, title: string, prove: (cell: CellContext<Controls>) => Promise<void>, options: FeatureOptions = {}): void {
  it(`${title} [${id}]`, async function () {
    void prove;
    void options;
    throw new Error('not wired yet');
  });
}
