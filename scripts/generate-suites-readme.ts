/** Writes suites/README.md from suites/assertions, the profiles, the controls and the suites' sources. `--check` fails when it is not what would be written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../harness/base/places.ts';
import { loadAssertions } from '../harness/db/assertions.ts';
import { loadCatalogue } from '../harness/run/catalogue.ts';
import { loadNegativeControls } from '../harness/run/negative-control.ts';
import { readDeclaredFeatures } from '../harness/db/lint/read-declared-features.ts';
import { suitesReadme } from './suites-readme.ts';

const path = join(projectRoot, 'suites/README.md');
const suites = [...(await loadCatalogue([])).suites.values()];
const controls = new Map(await Promise.all(suites.map(async ({ name }) => [name, await loadNegativeControls(name)] as const)));
const text = suitesReadme({ assertions: await loadAssertions(), suites, controls, declared: readDeclaredFeatures(join(projectRoot, 'suites')) });
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  console.error('suites/README.md is out of date, run: node scripts/generate-suites-readme.ts');
  process.exit(1);
}
