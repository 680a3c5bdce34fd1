import { createHash } from 'node:crypto';
import type { Deadline } from '../../base/deadline.ts';
import { openSystem } from '../../images/disk/open-system.ts';
import { readManifest, storedIds } from '../../images/image-store.ts';
import { openImage } from '../../images/open-image.ts';
import { compareVersions } from '../../images/packages/debian-version.ts';
import { readPackages, type InstalledPackage } from '../../images/packages/installed-packages.ts';
import { repackPackages } from '../../images/packages/repack.ts';
import type { Subject } from './experiment.ts';

/** A kernel that can be installed: the package, and the stored image whose files it is made of. */
export interface InstallableKernel {
  readonly image: string;
  readonly package: InstalledPackage;
}

export interface KernelBenchOptions {
  /** Where packages are made. */
  readonly folder: string;
  /** Makes a stored image `id` of `base` with these packages. */
  readonly derive: (id: string, base: string, install: readonly string[]) => Promise<void>;
  readonly deadline: Deadline;
  readonly progress: (line: string) => void;
}

/** The newest package in an image that brings a kernel; undefined where there is none. */
async function kernelOf(image: string, deadline: Deadline): Promise<InstalledPackage | undefined> {
  using system = openSystem((await openImage(image, deadline)).disk, deadline);
  const found = [...readPackages(system.tree, image).values()].filter(({ name }) => /^linux-image-\d/.test(name));
  return found.toSorted((a, b) => compareVersions(a.version, b.version)).at(-1);
}

/**
 * The kernels from the good image's to the bad one's, by version, each once: those two, and between them what other stored images have.
 * Fewer than two where the images have the same, or none.
 */
export async function installableKernels(good: string, bad: string, deadline: Deadline): Promise<readonly InstallableKernel[]> {
  const others = (await storedIds()).filter((id) => id !== good && id !== bad);
  const known: InstallableKernel[] = [];
  for (const image of [good, bad, ...others]) {
    // An image that cannot be read has no kernel to give; that of the ends has been read before.
    const found = image === good || image === bad ? await kernelOf(image, deadline) : (await readManifest(image).catch(() => undefined)) && (await kernelOf(image, deadline).catch(() => undefined));
    if (found) known.push({ image, package: found });
  }
  return betweenKernels(known.find(({ image }) => image === good), known.find(({ image }) => image === bad), known);
}

/** Of all kernels those between the two, in the order that leads from the first to the second. */
export function betweenKernels(good: InstallableKernel | undefined, bad: InstallableKernel | undefined, all: readonly InstallableKernel[]): readonly InstallableKernel[] {
  if (!good || !bad || good.package.version === bad.package.version) return [];
  const order = Math.sign(compareVersions(bad.package.version, good.package.version));
  const between = all.filter(({ package: { version, architecture } }) => architecture === good.package.architecture && compareVersions(version, good.package.version) * order > 0 && compareVersions(bad.package.version, version) * order > 0);
  const unique = [...new Map(between.map((each) => [each.package.version, each])).values()];
  return [good, ...unique.toSorted((a, b) => compareVersions(a.package.version, b.package.version) * order), bad];
}

/** The good image with each of the kernels, made when it is first tested and kept in the store, as it has to boot with it. */
export function kernelSubjects(good: Subject, kernels: readonly InstallableKernel[], options: KernelBenchOptions): readonly Subject[] {
  return kernels.map(({ image, package: it }, index): Subject => {
    if (index === 0) return { ...good, label: `${good.label} with its own kernel, ${it.version}` };
    const hash = createHash('sha256').update([good.key, it.name, it.version].join('\n')).digest('hex');
    const id = `${good.image.slice(0, 30)}-kernel-${hash.slice(0, 10)}`;
    const kernel = it.name.replace(/^linux-image-/, '').replace(/-unsigned$/, '');
    return { image: id, kernel, key: hash.slice(0, 16), label: `${good.label} with the kernel ${it.version} of ${image}`, make: async () => await makeImage(id, good.image, { image, package: it }, options) };
  });
}

async function makeImage(id: string, base: string, { image, package: it }: InstallableKernel, { folder, derive, deadline, progress }: KernelBenchOptions): Promise<void> {
  if (await readManifest(id).catch(() => undefined)) return;
  progress(`making ${id}: ${base} with ${it.name} ${it.version}`);
  using system = openSystem((await openImage(image, deadline)).disk, deadline);
  const made = await repackPackages(system.tree, [it], folder, deadline, () => undefined);
  await derive(id, base, [...made.values()]);
}
