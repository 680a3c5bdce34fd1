/** Writes docs/findings.md from hardware-db/known-issues. `--check` fails when it is not what would be written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../harness/base/places.ts';
import { defaultDatabase, openDatabase } from '../harness/db/database.ts';
import { readObservations } from '../harness/db/observations/observation-file.ts';
import { loadCatalogue } from '../harness/run/catalogue.ts';
import { findingsText } from './findings-text.ts';

const path = join(projectRoot, 'docs/findings.md');
const text = findingsText(await (await openDatabase(defaultDatabase)).knownIssues(), await loadCatalogue([]), await readObservations(defaultDatabase));
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  console.error('docs/findings.md is out of date, run: node scripts/generate-findings.ts');
  process.exit(1);
}
