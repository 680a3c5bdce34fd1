import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';
import { Scope } from '../base/scope.ts';
import { streamCommand } from '../base/stream-command.ts';
import { BuildProgress, type Progress } from './build-progress.ts';
import { readImageRecord } from './catalogue.ts';
import { imagesFolder, newDraftFolder, publishDraft, readManifest } from './image-store.ts';
import { mmdebstrapArguments } from './mmdebstrap-arguments.ts';
import { newerPackage } from './newer-packages.ts';
import { endOrphanedBuilder, noteBuilder } from './orphaned-builder.ts';
import { configuredPackageLists, debianSources, hostAptOptions } from './package-sources.ts';
import { readRecipe, type Recipe } from './recipe.ts';
import { removeTree } from './remove-tree.ts';
import { storeFile } from './store-file.ts';
import type { ImageManifest } from './stored-image.ts';

export interface BuildOptions {
  readonly deadline: Deadline;
  readonly progress: Progress;
  /** `missing`: only if the recipe has changed or the image is not there. `newer`: also if a package has a newer version. `always`. */
  readonly when?: 'missing' | 'newer' | 'always';
}

export interface BuildOutcome {
  readonly manifest: ImageManifest;
  /** False if the stored image was made from the same inputs and was kept. */
  readonly built: boolean;
}

const steps = [
  ['reading the package lists', 4],
  ['downloading packages', 12],
  ['unpacking the base system', 13],
  ['installing the base system', 5],
  ['installing packages', 42],
  ['configuring the system', 3],
  ['writing the file system', 9],
  ['converting and hashing the disk', 6],
] as const;

/** Lines of mmdebstrap that begin a step. */
const stepOfLine: readonly (readonly [string, (typeof steps)[number][0]])[] = [
  ['I: running apt-get update', 'reading the package lists'],
  ['I: downloading packages', 'downloading packages'],
  ['I: extracting archives', 'unpacking the base system'],
  ['I: installing essential', 'installing the base system'],
  ['I: installing remaining', 'installing packages'],
  ['I: running special hook: tar-in', 'configuring the system'],
];

const buildFailure = { code: 'image-build-failed', advice: 'read the lines above; a mirror that does not answer and a full disk are the usual causes' };

/** Debian's users have no sbin folders on their path; mke2fs and others live there. */
const withSystemPath = { PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin` };

const neededBytes = 4 * 1024 ** 3;

/**
 * Builds an image of the catalogue from its recipe and puts it into the store, whole or not at all.
 * Two builds at once wait for each other; what a killed build left is removed by the next.
 * @throws HwlabError `unknown-image`, `image-not-built-here`, `disk-full`, `no-package-mirror`, `image-build-failed`, `deadline-exceeded`
 */
export async function buildImage(id: string, options: BuildOptions): Promise<BuildOutcome> {
  const { deadline } = options;
  const record = await readImageRecord(id);
  if (record.recipe === undefined) {
    throw new HwlabError({ code: 'image-not-built-here', blame: 'usage', message: `the image ${id} has no recipe`, advice: `bring its file: ./hwlab image add FILE --id ${id}` });
  }
  const recipe = await readRecipe(record.recipe);
  await mkdir(imagesFolder(), { recursive: true });
  // Whoever only needs an image that is there does not wait for a build of another.
  const there = await upToDate(id, recipe, options);
  if (there) return { manifest: there, built: false };
  await using _lock = await takeFileLock(join(imagesFolder(), 'build.lock'), `builds the image ${id}`, deadline, (owner) => options.progress(`waiting for ${owner}`));
  const builtMeanwhile = await upToDate(id, recipe, options);
  if (builtMeanwhile) return { manifest: builtMeanwhile, built: false };
  const stored = await readManifest(id).catch(() => undefined);

  const sources = debianSources(await configuredPackageLists(deadline), recipe.suite, recipe.moreSuites);
  if (stored && options.when === 'newer' && stored.recipe === recipe.digest) {
    // Lists that cannot be read are for the build itself to complain of.
    const newer = await newerPackage(recipe, sources, stored.packages, deadline).catch(() => 'something that only a build shows');
    if (newer === undefined) return { manifest: stored, built: false };
    options.progress(`newer in the archive: ${newer}`);
  }

  await removeLeftovers(deadline);
  await checkDiskSpace();
  await using scope = new Scope();
  const draft = await newDraftFolder(id);
  scope.onEnd('draft', () => removeTree(draft, Deadline.after(60_000)));
  using progress = new BuildProgress(steps, options.progress);
  const { kernel, packages } = await unpackSystem(recipe, sources, draft, deadline, progress);
  const inputs = createHash('sha256').update(`${recipe.digest}\n${JSON.stringify(packages)}`).digest('hex');
  if (stored?.inputs === inputs && options.when !== 'always') return { manifest: stored, built: false };

  progress.step('writing the file system');
  await writeFileSystem(recipe, draft, deadline);
  progress.step('converting and hashing the disk');
  await runCommand('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', join(draft, 'disk.raw'), join(draft, 'image.qcow2')], { deadline });
  await rm(join(draft, 'disk.raw'));
  const disk = await storeFile(draft, 'image.qcow2', deadline);
  const kernelFile = await storeFile(draft, 'vmlinuz', deadline);
  const initrd = await storeFile(draft, 'initrd', deadline);
  const { stdout: version } = await runCommand('mmdebstrap', ['--version'], { deadline });
  const manifest: ImageManifest = {
    schema: 'hwlab/image-manifest/1',
    record,
    files: { disk, kernel: kernelFile, initrd },
    kernel,
    packages,
    inputs,
    recipe: recipe.digest,
    builtAt: new Date().toISOString(),
    builtWith: version.trim(),
  };
  await publishDraft(draft, manifest);
  await removeLeftovers(deadline);
  return { manifest, built: true };
}

/** The image in the store, when it is of the recipe as it is and nobody asked for a newer one. */
async function upToDate(id: string, recipe: Recipe, { when = 'missing' }: BuildOptions): Promise<ImageManifest | undefined> {
  if (when !== 'missing') return undefined;
  const stored = await readManifest(id).catch(() => undefined);
  return stored?.recipe === recipe.digest ? stored : undefined;
}

async function unpackSystem(recipe: Recipe, sources: readonly string[], draft: string, deadline: Deadline, progress: BuildProgress): Promise<{ kernel: string; packages: Record<string, string> }> {
  const overlayTar = join(draft, 'overlay.tar');
  await packOverlay(recipe, recipe.overlay, overlayTar, deadline);
  const addedTar = join(draft, 'added.tar');
  if (recipe.added) await packOverlay(recipe, recipe.added.overlay, addedTar, deadline);
  const mode = process.getuid?.() === 0 ? 'root' : 'unshare';
  const args = mmdebstrapArguments({ recipe, mode, sources, aptOptions: await hostAptOptions(deadline), overlayTar, ...(recipe.added ? { addedTar } : {}), target: join(draft, 'tree') });
  const stdout = mode === 'root' ? undefined : createWriteStream(join(draft, 'tree'));
  await streamCommand('mmdebstrap', args, {
    deadline,
    cwd: draft,
    ...buildFailure,
    // INITRD=No: the kernel's package would make an initrd that the recipe's own replaces.
    env: { ...withSystemPath, SOURCE_DATE_EPOCH: String(recipe.epoch), INITRD: 'No', DEBIAN_FRONTEND: 'noninteractive', TMPDIR: mode === 'root' ? draft : '/var/tmp' },
    ...(stdout ? { stdout } : {}),
    onStart: (pid) => noteBuilder(draft, pid),
    onLine: (line) => {
      const step = stepOfLine.find(([start]) => line.startsWith(start));
      if (step) progress.step(step[1]);
    },
  });
  if (stdout) await finished(stdout.end());
  for (const name of ['vmlinuz', 'initrd']) await rename(join(draft, 'hwlab-out', name), join(draft, name));
  const kernel = (await readFile(join(draft, 'hwlab-out/kernel'), 'utf8')).trim();
  const lines = (await readFile(join(draft, 'hwlab-out/packages'), 'utf8')).trim().split('\n');
  await rm(join(draft, 'hwlab-out'), { recursive: true });
  await Promise.all([overlayTar, addedTar, join(draft, 'builder.json')].map((path) => rm(path, { force: true })));
  return { kernel, packages: Object.fromEntries(lines.map((line) => line.split('\t').slice(0, 2) as [string, string])) };
}

async function packOverlay(recipe: Recipe, folder: string, file: string, deadline: Deadline): Promise<void> {
  const plainTar = ['--owner=0', '--group=0', `--mtime=@${recipe.epoch}`, '--sort=name', '--mode=u=rwX,go=rX', '--create', '--file', file, '--directory', folder, '.'];
  await runCommand('tar', plainTar, { deadline });
}

async function writeFileSystem(recipe: Recipe, draft: string, deadline: Deadline): Promise<void> {
  const hex = recipe.digest;
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const script = join(import.meta.dirname, 'make-disk.sh');
  const args = [script, join(draft, 'tree'), join(draft, 'disk.raw'), String(recipe.diskMiB), uuid, String(recipe.epoch)];
  const [file, all] = process.getuid?.() === 0 ? ['sh', args] : ['unshare', ['--user', '--map-root-user', '--map-auto', '--', 'sh', ...args]];
  await streamCommand(file, all, { deadline, cwd: draft, env: withSystemPath, ...buildFailure });
}

async function checkDiskSpace(): Promise<void> {
  const { bavail, bsize } = await statfs(imagesFolder());
  if (bavail * bsize >= neededBytes) return;
  throw new HwlabError({
    code: 'disk-full',
    blame: 'lab',
    message: `${imagesFolder()} has ${(bavail * bsize / 1024 ** 3).toFixed(1)} GiB free, a build needs ${neededBytes / 1024 ** 3} GiB`,
    advice: 'free some space, or set HWLAB_CACHE to a folder on a larger disk',
  });
}

/** Drafts of builds that were killed; called under the lock, so none of them is in use. */
async function removeLeftovers(deadline: Deadline): Promise<void> {
  for (const name of await readdir(imagesFolder())) {
    if (!name.startsWith('.draft-')) continue;
    await endOrphanedBuilder(join(imagesFolder(), name));
    await removeTree(join(imagesFolder(), name), deadline);
  }
}
