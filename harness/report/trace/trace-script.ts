import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of `browser/` in the order in which they are put together: each uses what the ones before it declare, and functions of all. */
export const traceScriptFiles = ['cell-data', 'elements', 'layout', 'words', 'filters', 'search', 'list', 'details', 'time-line', 'overview', 'time-window', 'time-line-pointer', 'keys', 'moment-link', 'start'] as const;

/** The script of the page: one scope that nothing outside can see, so that the page is a single file. */
export function traceScript(): string {
  const parts = traceScriptFiles.map((name) => readFileSync(join(import.meta.dirname, 'browser', `${name}.browser.js`), 'utf8'));
  return `(() => {\n'use strict';\n${parts.join('\n')}})();\n`;
}
