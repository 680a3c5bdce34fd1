import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { openSystem } from '../../images/disk/open-system.ts';
import { openImage } from '../../images/open-image.ts';
import { readPackages, type InstalledPackage, type PackageSet } from '../../images/packages/installed-packages.ts';
import { changeText, closure, orderChanges, type ChangeGroup } from '../../images/packages/package-changes.ts';
import { repackPackages } from '../../images/packages/repack.ts';
import type { PackageOrder } from '../../machines/install-packages.ts';
import type { Subject } from './experiment.ts';

/** Packages that do nothing in a system that runs already: the kernel is another question, and the one that runs must not be taken away. */
const kernelPackage = /^linux-(image|modules|headers|base)(-|$)/;

/** What is different between the packages of two images. */
export interface PackageDifference {
  readonly good: PackageSet;
  readonly bad: PackageSet;
  /** In an order in which they can be changed one after another, without the kernel's. */
  readonly groups: readonly ChangeGroup[];
}

/** Reads the packages of two stored images, without booting them. @throws HwlabError usage `no-package-database`, `image-layout-unknown` */
export async function readDifference(good: string, bad: string, deadline: Deadline): Promise<PackageDifference> {
  const read = async (id: string): Promise<PackageSet> => {
    using system = openSystem((await openImage(id, deadline)).disk, deadline);
    return readPackages(system.tree, id);
  };
  return differenceOf(await read(good), await read(bad));
}

export function differenceOf(good: PackageSet, bad: PackageSet): PackageDifference {
  const ofKernel = (group: ChangeGroup): boolean => group.some(({ key }) => kernelPackage.test(key));
  return { good, bad, groups: orderChanges(good, bad).filter((group) => !ofKernel(group)) };
}

export interface BenchOptions {
  /** Where packages are made. */
  readonly folder: string;
  /** Folder with .deb files that are taken instead, where it has them. */
  readonly debs?: string;
  readonly reboot: boolean;
  readonly deadline: Deadline;
  readonly progress: (line: string) => void;
}

/** The good image with some of the bad one's packages, as a subject of an experiment. */
export class PackageBench {
  readonly difference: PackageDifference;
  readonly #image: Subject;
  readonly #files: ReadonlyMap<string, string>;
  /** Of the files that a person gave, what tells them from others of the same version. */
  readonly #given: ReadonlyMap<string, string>;
  readonly #reboot: boolean;

  private constructor(difference: PackageDifference, image: Subject, files: ReadonlyMap<string, string>, given: ReadonlyMap<string, string>, reboot: boolean) {
    this.difference = difference;
    this.#image = image;
    this.#files = files;
    this.#given = given;
    this.#reboot = reboot;
  }

  /** Takes or makes a .deb file of every package that the bad image has and the good one has not. */
  static async open(good: Subject, bad: Subject, difference: PackageDifference, options: BenchOptions): Promise<PackageBench> {
    const { folder, debs, reboot, deadline, progress } = options;
    const wanted = difference.groups.flat().flatMap(({ to }) => (to ? [to] : []));
    const given = new Map(wanted.flatMap((it) => (debs === undefined ? [] : debNames(it).map((name) => join(debs, name)).filter((file) => existsSync(file)).map((file) => [it.key, file] as const))));
    const missing = wanted.filter(({ key }) => !given.has(key));
    const repacked = async (packages: readonly InstalledPackage[]): Promise<ReadonlyMap<string, string>> => {
      progress(`making ${packages.length} packages of ${bad.image} from its files`);
      using system = openSystem((await openImage(bad.image, deadline)).disk, deadline);
      return await repackPackages(system.tree, packages, folder, deadline, () => undefined);
    };
    const made = missing.length === 0 ? [] : await repacked(missing);
    return new PackageBench(difference, good, new Map([...given, ...made]), new Map([...given].map(([key, file]) => [key, stamp(file)])), reboot);
  }

  get steps(): readonly (readonly string[])[] {
    return this.difference.groups.map((group) => group.map(changeText));
  }

  /** The good image with these groups, counted from 0, and all that they cannot be made without. */
  subject(wanted: readonly number[]): Subject {
    const { groups, good, bad } = this.difference;
    const image = this.#image;
    const whole = closure(groups, good, bad, wanted);
    if (whole.length === 0) return image;
    const changes = whole.flatMap((index) => groups[index] ?? []);
    const order: PackageOrder = { install: changes.flatMap(({ key, to }) => (to ? [this.#fileOf(key)] : [])), remove: changes.flatMap(({ key, to }) => (to ? [] : [key])), reboot: this.#reboot };
    const key = createHash('sha256').update([image.key, ...changes.map((change) => `${changeText(change)}${this.#given.get(change.key) ?? ''}`).sort(), String(this.#reboot)].join('\n')).digest('hex').slice(0, 16);
    const [first] = changes;
    return { image: image.image, packages: order, key, label: `${image.label} with ${changes.length === 1 && first ? changeText(first) : `${changes.length} of ${groups.flat().length} packages`}` };
  }

  #fileOf(key: string): string {
    const file = this.#files.get(key);
    if (file === undefined) throw new HwlabError({ code: 'package-missing', blame: 'harness', message: `there is no file of the package ${key}` });
    return file;
  }
}

/** What archives call the file of a package: the epoch is left out, or written as %3a. */
function debNames({ name, version, architecture }: InstalledPackage): readonly string[] {
  return [version.replace(/^\d+:/, ''), version.replace(':', '%3a')].map((each) => `${name}_${each}_${architecture}.deb`).filter((each) => !each.includes('/'));
}

/** A package that was mended under its old version is another one. */
function stamp(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return ` ${size} ${mtimeMs}`;
}
