import { extname } from 'node:path';
import { canonicalJson } from '../../canonical-json.ts';
import { problemAt, type LintFile } from '../lint-context.ts';
import { tidyDevice } from '../tidy-device.ts';
import type { LintRule } from '../lint-rule.ts';

/** The text that a JSON file should have; undefined for other files and for those that do not parse. */
export function canonicalTextOf(file: LintFile): string | undefined {
  return extname(file.path) === '.json' && file.parsed !== undefined ? canonicalJson(file.parsed.value) : undefined;
}

/** The same after everything was mended that needs no thought. */
export function mendedTextOf(file: LintFile): string | undefined {
  return file.kind === 'device' && file.parsed !== undefined ? canonicalJson(tidyDevice(file.parsed.value)) : canonicalTextOf(file);
}

export const canonical: LintRule = {
  name: 'canonical',
  scope: 'file',
  demands: 'a JSON file is written in the one canonical way',
  check: ({ files }) =>
    files.flatMap((file) => {
      const wanted = canonicalTextOf(file);
      if (wanted === undefined || wanted === file.text) return [];
      const lines = file.text.split('\n');
      const differs = wanted.split('\n').findIndex((line, index) => line !== lines[index]);
      return [{ ...problemAt(file, [], 'is not written in the canonical way', { advice: 'hwlab db lint --fix' }), line: (differs < 0 ? lines.length : differs) + 1, column: 1 }];
    }),
};
