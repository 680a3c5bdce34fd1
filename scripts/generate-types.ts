/** Writes harness/db/generated/<name>.ts from hardware-db/schemas/<name>.schema.json. `--check` fails when a file is not what would be written. */
import { readdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileFromFile } from 'json-schema-to-typescript';

const schemas = join(import.meta.dirname, '../hardware-db/schemas');
const target = join(import.meta.dirname, '../harness/db/generated');
const check = process.argv.includes('--check');
const stale: string[] = [];
for (const file of readdirSync(schemas).filter((name) => name.endsWith('.schema.json'))) {
  const text = await compileFromFile(join(schemas, file), {
    cwd: schemas,
    bannerComment: `// Generated from hardware-db/schemas/${file} by scripts/generate-types.ts; do not edit.`,
    style: { singleQuote: true, printWidth: 140 },
    additionalProperties: false,
  });
  const path = join(target, file.replace('.schema.json', '.ts'));
  if (check && (!existsSync(path) || readFileSync(path, 'utf8') !== text)) stale.push(path);
  if (!check) writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(`out of date, run: node scripts/generate-types.ts\n${stale.join('\n')}`);
  process.exit(1);
}
