import { InvalidArgumentError, type Command } from 'commander';
import { open } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { canonicalJson } from '../../db/canonical-json.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { captureKinds, type CaptureKind } from '../../emulation/import/detect-kind.ts';
import { importModel, type ImportedModel, type ImportWishes } from '../../emulation/import/import-model.ts';
import { longestCapture } from '../../emulation/import/read-capture.ts';
import { importFiles, writeImportedModel, type ImportFiles } from '../../emulation/import/write-imported-model.ts';

interface ImportOptions extends Pick<ImportWishes, 'id' | 'name' | 'device' | 'keepSerial' | 'source' | 'licence'> {
  readonly as?: CaptureKind;
  readonly select?: string;
  readonly out?: string;
  readonly db: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const help = `
Examples:
  ./hwlab model import lsusb.txt rdesc.txt                  a touch panel from lsusb -v and its report descriptor
  ./hwlab model import touch.hid                            a panel from a recording of hid-recorder, which suites can replay
  ./hwlab model import printer-attributes.ipp capabilities.xml lsusb.txt
  ./hwlab model import usbmon.pcapng --select 1ef1:0001     one device of a capture of several
  ./hwlab model import ieee1284_id --out - --json

Forms that are known by their content (--as overrides):
${Object.entries(captureKinds)
  .map(([kind, what]) => `  ${kind.padEnd(20)} ${what}`)
  .join('\n')}

Exit codes: 0 with a model; 2 when a file is wrong, of another device, or of a class without an emulator (then nothing is written).`;

/** `hwlab model import` */
export function registerModelImport(model: Command): void {
  model
    .command('import')
    .description('make a model of captures of a real device')
    .argument('<file...>', 'captures of one device, of any of the forms below')
    .option('--as <kind>', 'form of the files, instead of by their content', kindOption)
    .option('--select <device>', 'VID:PID, or number, where a capture has several devices')
    .option('--id <id>', 'id of the model (made of the names by default)', idOption)
    .option('--name <name>', 'what people call it')
    .option('--device <id>', 'the product, when it is in hardware-db/devices already', idOption)
    .option('--source <text>', 'where the captures come from, for origin')
    .option('--licence <text>', 'their licence, for origin')
    .option('--keep-serial', 'keep the serial number of the captured unit (personal data)')
    .option('--out <folder>', 'write there instead of into the checkout; - prints the model')
    .option('--db <folder>', 'database whose devices are known', defaultDatabase)
    .option('--dry-run', 'write nothing, say what would be written')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(async (files: readonly string[], options: ImportOptions) => {
      const { as, select, out, db, json, dryRun, ...wishes } = options;
      const devices = [...(await (await openDatabase(db)).devices()).values()];
      if (wishes.device !== undefined && !devices.some(({ id }) => id === wishes.device)) {
        throw new HwlabError({ code: 'unknown-device', blame: 'usage', message: `there is no device "${wishes.device}" in the database`, advice: 'leave --device out: a record is proposed; known ones: ./hwlab db devices' });
      }
      const inputs = await Promise.all(files.map(async (file) => ({ file: basename(file), bytes: await readBounded(file), ...(as ? { kind: as } : {}), ...(select === undefined ? {} : { select }) })));
      const imported = await importModel(inputs, { ...wishes, devices });
      if (out === '-') {
        process.stdout.write(json ? `${JSON.stringify(report(imported, undefined), null, 2)}\n` : canonicalJson(imported.model));
        if (!json) process.stderr.write(`${lines(imported).join('\n')}\n`);
        return;
      }
      const places = importFiles(imported, out);
      if (!dryRun) await writeImportedModel(imported, places);
      if (json) process.stdout.write(`${JSON.stringify(report(imported, places), null, 2)}\n`);
      else process.stdout.write(`${[...written(places, dryRun ?? false), ...lines(imported), ...next(imported, out)].join('\n')}\n`);
    });
}

function report({ model, device, recording, assumptions, unserved }: ImportedModel, files: ImportFiles | undefined): object {
  return { model, device: device ?? null, recording: recording ? { reports: recording.reports, milliseconds: recording.milliseconds } : null, assumptions, unserved, files: files ?? null };
}

function written(files: ImportFiles, dryRun: boolean): readonly string[] {
  const verb = dryRun ? 'would write' : 'wrote';
  return Object.values(files).flatMap((file: string | undefined) => (file === undefined ? [] : [`${verb} ${relative(process.cwd(), file)}`]));
}

function lines({ model, recording, assumptions, unserved }: ImportedModel): readonly string[] {
  return [
    `${model.name}: emulator ${model.emulator}, suites ${model.suites.join(', ')}`,
    ...(recording ? [`recording: ${recording.reports} reports in ${(recording.milliseconds / 1000).toFixed(1)} s`] : []),
    ...assumptions.map((what) => `assumed: ${what}`),
    ...unserved.map((what) => `not served: ${what}`),
  ];
}

function next({ model }: ImportedModel, out: string | undefined): readonly string[] {
  return out === undefined ? [`try it: ./hwlab db lint && ./hwlab run --device ${model.id} --suite ${model.suites[0] ?? ''}`] : [];
}

/** @throws HwlabError usage `capture-unreadable` or `capture-too-big` */
async function readBounded(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, 'r');
    const facts = await handle.stat();
    if (!facts.isFile()) throw new HwlabError({ code: 'capture-unreadable', blame: 'usage', message: `${file}: not a file`, advice: 'copy it into a file first (files of /sys and /proc too)' });
    if (facts.size > longestCapture) throw new HwlabError({ code: 'capture-too-big', blame: 'usage', message: `${file}: ${facts.size} bytes; at most ${longestCapture} are read`, facts: { file, offset: longestCapture } });
    // Files of sysfs say a size of one page and have less; a file that grows is cut at the limit.
    const buffer = Buffer.alloc(Math.min(longestCapture, facts.size === 0 ? 1024 * 1024 : facts.size));
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    return buffer.subarray(0, length);
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'capture-unreadable', blame: 'usage', message: `${file}: cannot be read: ${messageOf(error)}`, advice: 'check the name and the permissions', cause: error });
  }
}

function kindOption(text: string): CaptureKind {
  if (!Object.hasOwn(captureKinds, text)) throw new InvalidArgumentError(`known forms: ${Object.keys(captureKinds).join(', ')}.`);
  return text as CaptureKind;
}

function idOption(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,79}$/.test(text)) throw new InvalidArgumentError('an id has lower-case letters, digits and hyphens, at most 80.');
  return text;
}
