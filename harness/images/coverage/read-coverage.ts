import type { Deadline } from '../../base/deadline.ts';
import { coverageReader, type CoverageIndex } from '../../db/coverage/coverage-index.ts';
import { idOf } from '../../db/coverage/id-of.ts';
import { openSystem } from '../disk/open-system.ts';
import { ClaimBook } from './claim-book.ts';
import { textOf } from './image-text.ts';
import { kernelReleases, modulesFolder, readKernelClaims } from './kernel-claims.ts';
import { readOwners } from './package-owners.ts';
import { readPrinterClaims } from './printer-claims.ts';
import { readSaneClaims } from './sane-claims.ts';
import { readTabletClaims } from './tablet-claims.ts';
import { readNames, readUdevClaims } from './udev-claims.ts';

export interface ReadCoverageOptions {
  readonly disk: string;
  readonly sha256: string;
  /** Number of the partition with the system, when several have one. */
  readonly partition?: number;
  /** Kernel release that boots; the newest by default. */
  readonly kernel?: string;
  readonly now: Date;
  readonly deadline: Deadline;
  readonly progress: (line: string) => void;
}

/**
 * What a disk image claims to drive, read from its files. Nothing is booted, mounted, written or run.
 * @throws HwlabError `image-damaged`, `image-layout-unknown`
 */
export async function readCoverage(options: ReadCoverageOptions): Promise<CoverageIndex> {
  const { deadline, progress } = options;
  using system = openSystem(options.disk, deadline, options.partition);
  const { tree } = system;
  const book = new ClaimBook();
  for (const note of system.notes) book.note(note);
  progress(`reading ${tree.what}`);
  const owners = readOwners(tree, (path) => driverPlaces.test(path));
  if (owners.count === 0) book.note('the image has no dpkg database: packages are not known');

  const kernels = kernelReleases(tree);
  const kernel = options.kernel !== undefined && kernels.includes(options.kernel) ? options.kernel : (kernels.at(-1) ?? '');
  if (kernel === '') book.note(`the image has no kernel modules (${modulesFolder})`);
  else {
    if (kernels.length > 1) book.note(`of the kernels ${kernels.join(', ')} the modules of ${kernel} are read`);
    progress(`kernel ${kernel}`);
    await readKernelClaims(tree, kernel, owners, book, deadline);
  }

  deadline.check('reading drivers of printers and scanners');
  progress('drivers of printers, scanners and tablets');
  readUdevClaims(tree, owners, book);
  const airscan = readSaneClaims(tree, owners, book);
  readTabletClaims(tree, owners, book);
  const printers = await readPrinterClaims(tree, owners, book, deadline);

  const release = textOf(tree, '/etc/os-release', 65_536);
  const packages = new Set(book.drivers.map((driver) => driver.package).filter((name) => name !== ''));
  return {
    schema: 'hwlab/coverage-index/1',
    reader: coverageReader,
    sha256: options.sha256,
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1]?.slice(0, 100) ?? '',
    layout: tree.what,
    kernel,
    readAt: options.now.toISOString(),
    notes: book.notes,
    drivers: book.drivers,
    claims: book.claims,
    classes: { ...printers, airscan },
    names: readNames(tree, new Set(book.claims.flatMap(([, pattern]) => idOf(pattern) ?? []))),
    packages: Object.fromEntries([...packages].sort().map((name) => [name, owners.versionOf(name)])),
  };
}

/** Folders whose files are looked up by package. */
const driverPlaces = /^\/(usr\/lib\/(modules|udev|cups|x86_64-linux-gnu\/sane|[\w-]+\/sane|sane|firmware)|boot|usr\/share\/(ppd|cups|sane|libwacom|ipp-usb|usb_modeswitch|foomatic|hplip|gutenprint)|usr\/s?bin\/ipp-usb|etc\/(sane\.d|udev)|opt)(\/|$)/;
