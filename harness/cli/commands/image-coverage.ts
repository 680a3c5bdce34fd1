import type { Command } from 'commander';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { canonicalJson } from '../../db/canonical-json.ts';
import { CoverageLookup } from '../../db/coverage/coverage-lookup.ts';
import type { CoverageIndex } from '../../db/coverage/coverage-index.ts';
import { diffCoverage, isWorse } from '../../db/coverage/diff-coverage.ts';
import { answerItem, diffInventory, inventoryOf, resolveAsked, type InventoryItem } from '../../db/coverage/inventory.ts';
import { coverageRecord } from '../../db/coverage/rule-claims.ts';
import { openDatabase } from '../../db/database.ts';
import { replaceSynced } from '../../db/durable-file.ts';
import type { ListLine } from '../../db/tender/list-lines.ts';
import { imageCoverage } from '../../images/coverage/image-coverage.ts';
import { diffLines, inventoryLines, itemLines, itemTable, summaryLines } from '../coverage-text.ts';
import { interruptSignal } from '../interrupt.ts';

const say = (line: string): void => void process.stderr.write(`hwlab: ${line}\n`);

interface CoverageFlags {
  readonly id?: readonly string[];
  readonly list?: string;
  readonly db?: string;
  readonly partition?: string;
  readonly fresh?: boolean;
  readonly record?: boolean;
  readonly json?: boolean;
}

/** `hwlab image coverage|diff` */
export function registerImageCoverage(image: Command): void {
  image
    .command('coverage <image>')
    .description('what an image claims to drive, read from its files; nothing is booted')
    .option('--id <id...>', 'USB id (04a9:2206), lsusb line, PCI id (pci:8086:1234), modalias, IEEE 1284 id, or a model of the catalogue')
    .option('--list <file>', 'a list of devices, CSV or XLSX, with ids or models and how many there are')
    .option('--db <folder>', 'database whose devices are known by name')
    .option('--partition <number>', 'the partition with the system, when several have one')
    .option('--fresh', 'read the image again even if it was read before')
    .option('--record', 'keep in the database what the image claims of its devices (evidence E0)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\n<image> is an image of "image list", or the path of a qcow2 or raw disk.\n\nExamples:\n  ./hwlab image coverage debian-12\n  ./hwlab image coverage debian-12 --id 04a9:2206 "MFG:HP;MDL:LaserJet 1020;"\n  ./hwlab image coverage ./school.qcow2 --list inventory.csv\n  ./hwlab image coverage debian-12 --record\n\nExit codes: 0 everything asked for has a driver, 1 something has none, 2 unknown image, id, list or layout, 3 the lab could not do it.')
    .action(async (name: string, flags: CoverageFlags) => {
      const deadline = Deadline.after(10 * 60_000, interruptSignal());
      const database = await openDatabase(flags.db);
      const devices = await database.devices();
      if (flags.record && name.includes('/')) throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: '--record needs an image with a name', advice: 'take it in first: ./hwlab image add FILE --id NAME --login USER' });
      const asked = (flags.id ?? []).map((text): InventoryItem => known({ ...resolveAsked(text, devices), count: 1 }));
      const listed = flags.list === undefined ? [] : inventoryOf(await linesOf(flags.list), devices);
      const index = await coverageOf(name, flags, deadline);
      const lookup = new CoverageLookup(index);
      if (flags.record) {
        const file = join(database.folder, 'coverage', `${name}.json`);
        const record = coverageRecord(name, lookup, devices.values());
        await mkdir(dirname(file), { recursive: true });
        await replaceSynced(file, canonicalJson(record));
        say(`${file}: claims of ${Object.keys(record.devices).length} of ${devices.size} devices`);
      }
      const answers = [...asked, ...listed].map((item) => answerItem(item, lookup));
      if (flags.json) process.stdout.write(`${JSON.stringify({ image: name, ...factsOf(index), notes: index.notes, answers }, null, 2)}\n`);
      else process.stdout.write(`${[...summaryLines(name, index), ...answers.slice(0, asked.length).flatMap((answer) => ['', ...itemLines(answer)]), ...itemTable(answers.slice(asked.length))].join('\n')}\n`);
      if (answers.some(({ verdict }) => verdict !== 'driver')) process.exitCode = 1;
    });

  image
    .command('diff <old> <new>')
    .description('which devices lost or gained a driver or firmware between two images, worst first: a release gate')
    .option('--inventory <file>', 'what the school has, CSV or XLSX: its devices come first, and they alone decide the exit code')
    .option('--db <folder>', 'database whose devices are known by name')
    .option('--all', 'print every id, not only the worst of each kind')
    .option('--fresh', 'read both images again')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab image diff debian-12 debian-13\n  ./hwlab image diff school-4 ./school-5.qcow2 --inventory inventory.csv\n\nExit codes: 0 nothing was lost, 1 a driver or firmware was lost (with --inventory: by a device of it), 2 unknown image, list or layout, 3 the lab could not do it.')
    .action(async (oldName: string, newName: string, flags: CoverageFlags & { readonly inventory?: string; readonly all?: boolean }) => {
      const deadline = Deadline.after(20 * 60_000, interruptSignal());
      const items = flags.inventory === undefined ? undefined : inventoryOf(await linesOf(flags.inventory), await (await openDatabase(flags.db)).devices());
      const older = await coverageOf(oldName, flags, deadline);
      const newer = await coverageOf(newName, flags, deadline);
      const diff = diffCoverage(older, newer);
      const inventory = items && diffInventory(items, new CoverageLookup(older), new CoverageLookup(newer));
      if (flags.json) process.stdout.write(`${JSON.stringify({ ...diff, ...(inventory ? { inventory } : {}) }, null, 2)}\n`);
      else process.stdout.write(`${[`${oldName} (${older.system}, kernel ${older.kernel}) -> ${newName} (${newer.system}, kernel ${newer.kernel})`, ...(inventory ? inventoryLines(inventory) : []), ...diffLines(diff, flags.all ? Infinity : 15)].join('\n')}\n`);
      if (inventory ? inventory.lost.length > 0 : isWorse(diff)) process.exitCode = 1;
    });
}

async function coverageOf(name: string, flags: CoverageFlags, deadline: Deadline): Promise<CoverageIndex> {
  const partition = flags.partition === undefined ? undefined : Number(flags.partition);
  if (partition !== undefined && (!Number.isSafeInteger(partition) || partition < 0)) throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--partition ${flags.partition ?? ''}: expected a number` });
  return await imageCoverage(name, { ...(partition === undefined ? {} : { partition }), fresh: flags.fresh ?? false, now: new Date(), deadline, progress: (line) => say(`${name}: ${line}`) });
}

function factsOf({ sha256, system, kernel, layout, readAt, classes }: CoverageIndex): Readonly<Record<string, unknown>> {
  return { sha256, system, kernel, layout, readAt, classes };
}

/** An id that was typed must mean something; a line of a list that does not is told of in the answer. */
function known(item: InventoryItem): InventoryItem {
  if (item.subjects.length > 0) return item;
  throw new HwlabError({ code: 'id-unknown', blame: 'usage', message: `"${item.text.slice(0, 80)}" is neither an id nor one model of the catalogue`, advice: 'give 04a9:2206, pci:8086:1234, a line of lsusb, a modalias, an IEEE 1284 id with MFG and MDL, or a name that hwlab identify knows' });
}

async function linesOf(file: string): Promise<readonly ListLine[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new HwlabError({ code: 'list-missing', blame: 'usage', message: `${file} cannot be read: ${messageOf(cause)}`, advice: 'check the name of the list', cause });
  });
  // Reading spreadsheets takes packages that nothing else here needs.
  const { readList } = await import('../../db/tender/read-list.ts');
  return (await readList(bytes)).lines;
}
