import type { Command } from 'commander';
import { join, resolve } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { takeFileLock } from '../../base/file-lock.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { detectAccelerator } from '../../drivers/kvm-probe.ts';
import { listImageIds, readImageRecord } from '../../images/catalogue.ts';
import { imageFolder, imagesFolder } from '../../images/image-store.ts';
import { openImage } from '../../images/open-image.ts';
import { deriveImage } from '../../machines/derive-image.ts';
import { checkDebs } from '../../machines/install-packages.ts';
import { loadMachineProfile } from '../../machines/machine-profile.ts';
import { bootLimits } from '../../machines/vm-machine.ts';
import { consentOf } from '../../setup/consent.ts';
import { ensureHostPackages } from '../../setup/host-packages.ts';
import { interruptSignal } from '../interrupt.ts';

interface DeriveFlags {
  readonly id: string;
  readonly deb?: readonly string[];
  readonly remove?: readonly string[];
  readonly variant?: string;
  readonly machine: string;
  readonly replace?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `hwlab image derive`: an image with other packages, as an update would leave it. */
export function registerImageDerive(image: Command): void {
  image
    .command('derive <base>')
    .description('make a new image of one that is here, with packages installed or removed: what an update would leave')
    .requiredOption('--id <name>', 'name of the new image: a-z, 0-9, dots and dashes')
    .option('--deb <files...>', '.deb files to install, all in one call of dpkg')
    .option('--remove <names...>', 'packages to remove, after that')
    .option('--variant <text>', 'what tells it from the base, for people')
    .option('--machine <id>', 'the machine profile on which it is booted for this', 'vm-basic')
    .option('--replace', 'replace an image that was derived or added under this name')
    .option('--yes', 'install what is missing without asking')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab image derive debian-12 --id school-42 --deb updates/*.deb\n  ./hwlab image derive school-42 --id school-42-without-brltty --remove brltty\n\nExit codes: 0 stored, 2 unknown image or a name that is taken, 3 the packages were not installed, or the lab could not do it.')
    .action(async (base: string, flags: DeriveFlags) => {
      const say = (line: string): void => void process.stderr.write(`hwlab: ${line}\n`);
      const deadline = Deadline.after(60 * 60_000, interruptSignal());
      await checkName(flags);
      const install = (flags.deb ?? []).map((file) => resolve(file));
      await checkDebs(install);
      await ensureHostPackages(['guest'], { ...consentOf(flags), deadline, progress: say });
      await using _lock = await takeFileLock(join(imagesFolder(), 'build.lock'), `derives the image ${flags.id}`, deadline, (owner) => say(`waiting for ${owner}`));
      const { accelerator } = await detectAccelerator(deadline);
      const parts = { image: await openImage(base, deadline), profile: await loadMachineProfile(flags.machine), accelerator, bootLimit: bootLimits[accelerator] };
      const manifest = await deriveImage(parts, { id: flags.id, packages: { install, remove: flags.remove ?? [] }, ...(flags.variant === undefined ? {} : { variant: flags.variant }) }, deadline, say);
      const facts = { image: flags.id, base, sha256: manifest.files.disk.sha256, kernel: manifest.kernel ?? '', packages: Object.keys(manifest.packages).length, folder: imageFolder(flags.id) };
      process.stdout.write(flags.json ? `${JSON.stringify(facts, null, 2)}\n` : `${flags.id}: ready, sha256 ${facts.sha256.slice(0, 16)}..., in ${facts.folder}\n`);
    });
}

async function checkName({ id, replace }: DeriveFlags): Promise<void> {
  if (!/^[a-z0-9][a-z0-9.-]{0,62}$/.test(id)) throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--id ${id.slice(0, 80)}: a name of a-z, 0-9, dots and dashes` });
  if (!(await listImageIds()).includes(id)) return;
  if (replace === true && (await readImageRecord(id)).recipe === undefined) return;
  throw new HwlabError({ code: 'image-exists', blame: 'usage', message: `there is an image "${id}" already`, advice: 'choose another --id, or give --replace for one that was derived or added' });
}
