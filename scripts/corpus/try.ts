/**
 * Imports every file of a folder and prints what became of it: a model, an honest refusal, or a crash (must be none).
 * With --damage N each file is tried N times more, cut off, with bytes changed, or with a length that cannot be.
 * usage: node scripts/corpus/try.ts FOLDER [--verbose] [--models OUT] [--damage N]
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { HwlabError, messageOf } from '../../harness/base/hwlab-error.ts';
import { canonicalJson } from '../../harness/db/canonical-json.ts';
import { detectKind } from '../../harness/emulation/import/detect-kind.ts';
import { importModel, type ImportedModel } from '../../harness/emulation/import/import-model.ts';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: try.ts FOLDER [--verbose] [--models OUT] [--damage N]\n');
  process.exit(2);
}
const verbose = rest.includes('--verbose');
const out = rest.includes('--models') ? rest[rest.indexOf('--models') + 1] : undefined;
const damages = rest.includes('--damage') ? Number(rest[rest.indexOf('--damage') + 1]) : 0;
if (out !== undefined) mkdirSync(out, { recursive: true });

/** Refusals that say: good, but a second file is needed or there is no such device class; the others say that the file is wrong. */
const readable = new Set(['no-emulator', 'capture-needs-more', 'emulator-refuses']);
const rows = new Map<string, { inputs: number; imported: number; refusals: Map<string, number>; crashed: number; slowest: number }>();
let crashes = 0;
let unplaced = 0;

for (const path of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()) {
  const bytes = readFileSync(path);
  for (const select of await choices(path, bytes)) await one(path, bytes, select);
  for (let turn = 0; turn < damages; turn += 1) {
    const damaged = damage(bytes, turn);
    await one(`${path} damaged ${turn}`, damaged, (await choices(path, damaged))[0]);
  }
}

/** The same damage for the same file and turn: cut off, one byte changed, or four bytes made the highest number. */
function damage(bytes: Uint8Array, turn: number): Uint8Array {
  const at = Number(BigInt.asUintN(32, BigInt(bytes.length + 1) * 2_654_435_761n * BigInt(turn + 1))) % Math.max(1, bytes.length);
  if (turn % 3 === 0) return bytes.subarray(0, at);
  const changed = Uint8Array.from(bytes);
  if (turn % 3 === 1) changed[at] = (changed[at] ?? 0) ^ (1 << (turn % 8));
  else changed.fill(0xff, at, Math.min(at + 4, changed.length));
  return changed;
}

/** Numbers of the devices where a capture has several. */
async function choices(path: string, bytes: Uint8Array): Promise<readonly (string | undefined)[]> {
  try {
    await importModel([{ file: basename(path), bytes }]);
  } catch (error) {
    const devices = error instanceof HwlabError && error.code === 'capture-several' ? error.facts['devices'] : undefined;
    if (Array.isArray(devices)) return devices.map((_, index) => String(index + 1));
  }
  return [undefined];
}

async function one(path: string, bytes: Uint8Array, select: string | undefined): Promise<void> {
  const kind = detectKind(bytes) ?? 'not known';
  const row = rows.get(kind) ?? { inputs: 0, imported: 0, refusals: new Map<string, number>(), crashed: 0, slowest: 0 };
  rows.set(kind, row);
  row.inputs++;
  const started = performance.now();
  let said: string;
  try {
    const imported = await importModel([{ file: basename(path), bytes, ...(select === undefined ? {} : { select }) }]);
    row.imported++;
    said = `imported ${imported.model.id} (${imported.model.emulator}; ${imported.assumptions.length} assumed)`;
    if (out !== undefined) keep(imported, out, row.imported, kind);
  } catch (error) {
    if (error instanceof HwlabError && error.blame === 'usage') {
      row.refusals.set(error.code, (row.refusals.get(error.code) ?? 0) + 1);
      const { offset, line, pointer } = error.facts;
      if (offset === undefined && line === undefined && pointer === undefined) unplaced++;
      said = `refused ${error.code}: ${error.message}`;
    } else {
      row.crashed++;
      crashes++;
      said = `CRASHED ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`;
    }
  }
  row.slowest = Math.max(row.slowest, performance.now() - started);
  if (verbose || said.startsWith('CRASHED')) process.stdout.write(`${relative(folder ?? '', path)}${select === undefined ? '' : ` #${select}`}: ${said}\n`);
}

function keep({ model, recording }: ImportedModel, folder: string, count: number, kind: string): void {
  const name = `${kind}-${String(count).padStart(4, '0')}-${model.id}`;
  writeFileSync(join(folder, `${name}.json`), canonicalJson(model));
  if (recording) writeFileSync(join(folder, `${name}.hid`), recording.text);
}

const total = { inputs: 0, imported: 0, readable: 0, wrong: 0 };
for (const [kind, row] of [...rows].sort()) {
  const refusals = [...row.refusals].sort((a, b) => b[1] - a[1]);
  const good = refusals.filter(([code]) => readable.has(code)).reduce((sum, [, count]) => sum + count, 0);
  const wrong = refusals.reduce((sum, [, count]) => sum + count, 0) - good;
  total.inputs += row.inputs;
  total.imported += row.imported;
  total.readable += good;
  total.wrong += wrong;
  process.stdout.write(`${kind.padEnd(20)} ${String(row.inputs).padStart(5)} inputs: ${row.imported} imported, ${good} read but without an emulator or in need of a further file, ${wrong} not usable, ${row.crashed} crashed; slowest ${Math.round(row.slowest)} ms${refusals.length > 0 ? `; refusals: ${refusals.map(([code, count]) => `${code} ${count}`).join(', ')}` : ''}\n`);
}
process.stdout.write(`all                  ${String(total.inputs).padStart(5)} inputs: ${total.imported} imported, ${total.readable} read but without an emulator or in need of a further file, ${total.wrong} not usable, ${crashes} crashed; ${unplaced} refusals without a place\n`);
process.exitCode = crashes > 0 || unplaced > 0 ? 1 : 0;
