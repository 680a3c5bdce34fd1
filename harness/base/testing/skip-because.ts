import type { Context } from 'mocha';

/** Skips the running test; the reason becomes part of the title, so that it is read where skips are listed. */
export function skipBecause(test: Context, reason: string): never {
  if (test.test) test.test.title += ` (skipped: ${reason})`;
  return test.skip();
}
