import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Deadline } from '../../base/deadline.ts';
import { takeFileLock } from '../../base/file-lock.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { cacheFolder } from '../../base/places.ts';
import { randomId } from '../../base/random-id.ts';
import { kernelReleases } from '../coverage/kernel-claims.ts';
import type { FileTree } from '../disk/file-tree.ts';
import { openSystem } from '../disk/open-system.ts';
import { hashFile } from '../hash-file.ts';
import { bootModules, withFolders } from './boot-modules.ts';
import { cpioArchive } from './cpio.ts';
import { packSystem } from './pack-system.ts';

/** What the boot server hands to a machine so that an image boots on it; made from the image alone, kept by its hash. */
export interface NetbootKit {
  readonly imageSha256: string;
  readonly kernelRelease: string;
  /** Files with their sizes; `root` is the image's whole system as a squashfs, where it was wanted. */
  readonly kernel: KitFile;
  readonly initrd: KitFile;
  readonly root?: KitFile;
}

export interface KitFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** What is needed of a stored image. */
export interface KitSource {
  readonly id: string;
  readonly sha256: string;
  readonly disk: string;
  readonly kernel?: string;
}

const initScript = join(import.meta.dirname, 'init.sh');
/** Counts changes to what a kit is made of that no file below shows. */
const revision = 1;
const mostKernel = 128 * 1024 ** 2;

/**
 * The kit of an image, from the cache or made now: the image's own kernel, a first root with the image's own modules, and, where it is wanted, the image's own
 * files: who installs needs them not, and they take a minute.
 * @throws HwlabError `image-not-netbootable`, `busybox-missing`, `system-not-packed` and those of `openSystem`
 */
export async function netbootKit(image: KitSource, deadline: Deadline, onProgress: (line: string) => void, wants: { readonly root: boolean } = { root: true }): Promise<NetbootKit> {
  const key = createHash('sha256').update(`${revision}\n${image.sha256}`).digest('hex').slice(0, 32);
  const store = join(cacheFolder(), 'netboot');
  const folder = join(store, key);
  await mkdir(store, { recursive: true });
  await using _lock = await takeFileLock(`${folder}.lock`, `makes the netboot files of ${image.id}`, deadline, (owner) => onProgress(`${image.id}: waiting for ${owner}`));
  // The first root follows hwlab's own script, the rest only the image.
  const initrdName = `initrd-${createHash('sha256').update(readFileSync(initScript)).update(readFileSync(staticBusybox())).digest('hex').slice(0, 16)}`;
  const known = await readKit(folder);
  const initrd = known?.initrd.path === join(folder, initrdName) ? known.initrd : undefined;
  if (known && initrd && (known.root || !wants.root)) return known;
  onProgress(`${image.id}: making the files for booting from the network, once${wants.root && !known?.root ? ' (about a minute)' : ''}`);
  const draft = `${folder}.draft-${randomId(6)}`;
  const place = known ? folder : draft;
  await mkdir(place, { recursive: true, mode: 0o700 });
  try {
    using system = openSystem(image.disk, deadline);
    const file = async (name: string): Promise<KitFile> => ({ path: join(folder, name), size: (await stat(join(place, name))).size, sha256: await hashFile(join(place, name), deadline) });
    const kernelRelease = known?.kernelRelease ?? (await writeKernel(image, system.tree, join(place, 'vmlinuz')));
    if (!initrd) await writeFile(join(place, initrdName), await makeInitrd(system.tree, kernelRelease, deadline));
    if (wants.root && !known?.root) await packSystem(system.tree, join(place, 'root.squashfs'), deadline);
    const root = known?.root ?? (wants.root ? await file('root.squashfs') : undefined);
    const kit: NetbootKit = { imageSha256: image.sha256, kernelRelease, kernel: known?.kernel ?? (await file('vmlinuz')), initrd: initrd ?? (await file(initrdName)), ...(root ? { root } : {}) };
    await writeFile(join(place, 'kit.json'), JSON.stringify(kit, undefined, 2), { flush: true });
    if (known && !initrd) await rm(known.initrd.path, { force: true });
    if (!known) {
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    }
    return kit;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A kit whose files are still as long as they were; a boot checks the hash of the root itself. */
async function readKit(folder: string): Promise<NetbootKit | undefined> {
  try {
    const kit = JSON.parse(await readFile(join(folder, 'kit.json'), 'utf8')) as NetbootKit;
    for (const file of [kit.kernel, kit.initrd, ...(kit.root ? [kit.root] : [])]) if (dirname(file.path) !== folder || (await stat(file.path)).size !== file.size) return undefined;
    return kit;
  } catch {
    return undefined;
  }
}

async function writeKernel(image: KitSource, tree: FileTree, target: string): Promise<string> {
  const releases = kernelReleases(tree);
  const release = releases.at(-1);
  if (release === undefined) throw new HwlabError({ code: 'image-not-netbootable', blame: 'usage', message: `${image.id} has no kernel modules, so no network card can be driven` });
  if (image.kernel !== undefined) {
    await copyFile(image.kernel, target);
    return release;
  }
  for (const path of [`/boot/vmlinuz-${release}`, `/lib/modules/${release}/vmlinuz`]) {
    const kernel = tree.read(path, mostKernel);
    if (kernel === undefined) continue;
    await writeFile(target, kernel);
    return release;
  }
  throw new HwlabError({ code: 'image-not-netbootable', blame: 'usage', message: `${image.id} has no kernel file for ${release} where one is looked for (/boot/vmlinuz-${release})` });
}

async function makeInitrd(tree: FileTree, kernel: string, deadline: Deadline): Promise<Buffer> {
  const members = withFolders([
    { path: 'init', type: 'file', mode: 0o755, content: readFileSync(initScript) },
    { path: 'bin/busybox', type: 'file', mode: 0o755, content: readFileSync(staticBusybox()) },
    // The kernel opens it before the first process has mounted anything.
    { path: 'dev/console', type: 'character-device', mode: 0o600, device: { major: 5, minor: 1 } },
  ]);
  return gzipSync(cpioArchive([...members, ...(await bootModules(tree, kernel, deadline))]), { level: 6 });
}

const busyboxPlaces = ['/usr/bin/busybox', '/bin/busybox'];

/** busybox of this host, which must need no library of it. @throws HwlabError `busybox-missing`, blame lab */
export function staticBusybox(places: readonly string[] = busyboxPlaces): string {
  const found = places.find((path) => existsSync(path) && isStatic(readFileSync(path)));
  if (found === undefined) throw new HwlabError({ code: 'busybox-missing', blame: 'lab', message: 'this host has no statically linked busybox', advice: 'install the package busybox-static' });
  return found;
}

/** An ELF program (64 bit, little endian) that asks for no program interpreter (elf(5): PT_INTERP). */
function isStatic(program: Buffer): boolean {
  if (program.length < 64 || program.readUInt32BE(0) !== 0x7f454c46 || program[4] !== 2) return false;
  const at = Number(program.readBigUInt64LE(32));
  const size = program.readUInt16LE(54);
  const count = program.readUInt16LE(56);
  for (let index = 0; index < count; index += 1) if (program.readUInt32LE(at + index * size) === 3) return false;
  return true;
}
