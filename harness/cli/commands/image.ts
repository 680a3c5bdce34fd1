import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { addImage } from '../../images/add-image.ts';
import { buildImage } from '../../images/build-image.ts';
import { readImageRecord } from '../../images/catalogue.ts';
import { imageFolder } from '../../images/image-store.ts';
import { listImages } from '../../images/list-images.ts';
import { openImage } from '../../images/open-image.ts';
import { removeImage } from '../../images/remove-image.ts';
import type { ImageManifest } from '../../images/stored-image.ts';
import { consentOf } from '../../setup/consent.ts';
import { ensureHostPackages } from '../../setup/host-packages.ts';
import { interruptSignal } from '../interrupt.ts';
import { printTable } from '../print-table.ts';
import { registerImageCoverage } from './image-coverage.ts';
import { registerImageDerive } from './image-derive.ts';

const say = (line: string): void => void process.stderr.write(`hwlab: ${line}\n`);

interface AddFlags {
  readonly id: string;
  readonly login: string;
  readonly key?: string;
  readonly os?: string;
  readonly osVersion?: string;
  readonly boot: string;
  readonly sha256?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

/** `hwlab image build|list|add|verify|rm` */
export function registerImageCommand(program: Command): void {
  const image = program.command('image').description('the OS images that machines boot').addHelpText('after', '\nExamples:\n  ./hwlab image list\n  ./hwlab image add school.qcow2 --id school-1 --login root:secret\n\nExit codes: 0, 2 unknown image or wrong file, 3 the lab could not do it.');
  registerBuild(image);
  registerList(image);
  registerAdd(image);
  registerImageDerive(image);
  registerImageCoverage(image);

  image
    .command('verify [id]')
    .description('hash the files of an image (or of all) and compare with what was recorded')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: { json?: boolean }) => {
      const deadline = Deadline.after(30 * 60_000, interruptSignal());
      const ids = id === undefined ? (await listImages()).filter((one) => one.state !== 'not built').map((one) => one.id) : [id];
      const rows: { image: string; state: string }[] = [];
      for (const one of ids) {
        say(`hashing ${one}`);
        const wrong = await openImage(one, deadline, { verify: true }).then(() => undefined, (error: unknown) => error);
        if (wrong !== undefined && (id !== undefined || !(wrong instanceof HwlabError))) throw wrong;
        rows.push({ image: one, state: wrong instanceof HwlabError ? wrong.message : 'whole' });
      }
      printTable(rows, options.json ?? false);
      if (rows.some((row) => row.state !== 'whole')) process.exitCode = 3;
    });

  image
    .command('rm <id>')
    .description('remove an image from the cache; one with a recipe can be built again')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      await removeImage(id, Deadline.after(5 * 60_000, interruptSignal()));
      printTable([{ image: id, state: 'removed' }], options.json ?? false);
    });
}

function registerBuild(image: Command): void {
  image
    .command('build [id]')
    .description('build an image from its recipe, unless it is there already')
    .option('--newer', 'build again if a package has a newer version')
    .option('--force', 'build again in any case')
    .option('--yes', 'install missing build tools without asking')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab image build              the reference image, debian-12\n  ./hwlab image build --newer      with the newest packages of the mirror\n\nExit codes: 0 ready, 2 unknown image, 3 could not be built.')
    .action(async (id: string | undefined, options: { newer?: boolean; force?: boolean; yes?: boolean; json?: boolean }) => {
      const name = id ?? 'debian-12';
      await readImageRecord(name);
      const deadline = Deadline.after(30 * 60_000, interruptSignal());
      await ensureHostPackages(['image', 'guest'], { ...consentOf(options), deadline, progress: say });
      const { manifest, built } = await buildImage(name, { deadline, progress: say, when: options.force ? 'always' : options.newer ? 'newer' : 'missing' });
      if (!built) say('made from the same inputs already, kept');
      printImage(manifest, built, options.json ?? false);
    });
}

function registerList(image: Command): void {
  image
    .command('list')
    .description('all images: those of the database and those added here')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const images = await listImages();
      if (options.json) {
        process.stdout.write(`${JSON.stringify(images, null, 2)}\n`);
        return;
      }
      printTable(
        images.map((one) => ({ image: one.id, system: `${one.os} ${one.version}`.trim(), state: one.state, kernel: one.kernel, size: one.bytes === 0 ? '' : `${(one.bytes / 1e6).toFixed(0)} MB`, 'supported until': one.supportedUntil, sha256: one.sha256.slice(0, 16) })),
        false,
      );
    });
}

function registerAdd(image: Command): void {
  image
    .command('add <file>')
    .description('take a qcow2 or raw disk image of your own into the cache')
    .requiredOption('--id <name>', 'name of the image: a-z, 0-9, dots and dashes')
    .requiredOption('--login <user[:password]>', 'how to log in over SSH; root, or a user who may do without')
    .option('--key <file>', 'private key that the image trusts, instead of a password')
    .option('--os <name>', 'name of the system')
    .option('--os-version <version>', 'its version')
    .option('--boot <method>', 'bios or uefi', 'bios')
    .option('--sha256 <hash>', 'refuse the file if it has another hash')
    .option('--replace', 'replace an image that was added under this name')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  ./hwlab image add school-4.qcow2 --id school-4 --login root --key ~/.ssh/lab --os "School Linux" --os-version 4\n\nExit codes: 0 added, 2 the file or an option is refused, 3 no space left.')
    .action(async (file: string, flags: AddFlags) => {
      const { boot, osVersion, json, ...rest } = flags;
      if (boot !== 'bios' && boot !== 'uefi') throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--boot ${boot}: expected bios or uefi` });
      const deadline = Deadline.after(60 * 60_000, interruptSignal());
      const manifest = await addImage({ ...rest, ...(osVersion === undefined ? {} : { version: osVersion }), boot, file, deadline, progress: say });
      printImage(manifest, true, json ?? false);
    });
}

function printImage(manifest: ImageManifest, built: boolean, json: boolean): void {
  const { record, files } = manifest;
  const facts = { image: record.id, sha256: files.disk.sha256, kernel: manifest.kernel ?? '', packages: Object.keys(manifest.packages).length, folder: imageFolder(record.id), builtAt: manifest.builtAt, built };
  if (json) process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
  else process.stdout.write(`${facts.image}: ready, sha256 ${facts.sha256.slice(0, 16)}..., in ${facts.folder}\n`);
}
