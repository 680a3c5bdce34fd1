import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { projectRoot } from '../base/places.ts';
import type { CoverageRecord } from './generated/coverage.ts';
import type { Certificate } from './generated/certificate.ts';
import type { Device } from './generated/device.ts';
import type { KnownIssue } from './generated/known-issue.ts';
import type { Review } from './generated/review.ts';
import type { Profile } from './generated/profile.ts';
import { loadDataFile } from './load-data-file.ts';
import { ResultStore } from './result-store.ts';

/** Kinds of records that a database elsewhere may bring itself; else the checkout's are used. */
export type RecordKind = 'devices' | 'images' | 'machines';

/** The database of the checkout. */
export const defaultDatabase = join(projectRoot, 'hardware-db');

/**
 * A database is a folder. `results/` and `known-issues/` are always its own; `devices/`, `images/`, `machines/` and `profiles/` are its
 * own if the folder has them and the checkout's if not; schemas always come from the checkout, whose code they belong to.
 */
export class Database {
  readonly folder: string;
  readonly results: ResultStore;

  private constructor(folder: string) {
    this.folder = folder;
    this.results = ResultStore.open(folder);
  }

  /** @internal use `openDatabase` */
  static at(folder: string): Database {
    return new Database(folder);
  }

  /** Folder of a kind of records. */
  folderOf(kind: RecordKind): string {
    const own = join(this.folder, kind);
    return existsSync(own) ? own : join(defaultDatabase, kind);
  }

  /** All devices, by id. @throws HwlabError `data-invalid` and its kin for the first file that is wrong. */
  async devices(): Promise<ReadonlyMap<string, Device>> {
    return await loadFolder<Device>(this.folderOf('devices'), 'device');
  }

  /** What was read from images of the devices, by image. */
  async coverage(): Promise<ReadonlyMap<string, CoverageRecord>> {
    return await loadFolder<CoverageRecord>(this.coverageFolder, 'coverage');
  }

  /** `coverage/` names devices, so it is where those are, unless the folder has its own. */
  get coverageFolder(): string {
    const own = join(this.folder, 'coverage');
    return existsSync(own) ? own : join(this.folderOf('devices'), '../coverage');
  }

  /** Decisions of reviewers. */
  async certificates(): Promise<readonly Certificate[]> {
    return [...(await loadFolder<Certificate>(join(this.folder, 'certificates'), 'certificate')).values()];
  }

  /** What people read in public reports of devices in use. */
  async reviews(): Promise<readonly Review[]> {
    return [...(await loadFolder<Review>(join(this.folder, 'reviews'), 'review')).values()];
  }

  async knownIssues(): Promise<readonly KnownIssue[]> {
    return [...(await loadFolder<KnownIssue>(join(this.folder, 'known-issues'), 'known-issue')).values()];
  }

  /** Profiles by suite. */
  async profiles(): Promise<ReadonlyMap<string, Profile>> {
    const own = join(this.folder, 'profiles');
    return await loadFolder<Profile>(existsSync(own) ? own : join(projectRoot, 'suites/profiles'), 'profile');
  }
}

/**
 * Opens a database; the checkout's by default. A data release is one, as a folder or packed: a packed one is verified and unpacked into
 * the cache.
 * @param options.create make the folder if it is not there; else that is an error
 * @throws HwlabError `database-missing` or `release-damaged`, blame `usage`
 */
export async function openDatabase(folder: string = defaultDatabase, options: { readonly create?: boolean } = {}): Promise<Database> {
  if (options.create) await mkdir(folder, { recursive: true });
  const facts = await stat(folder).catch(() => undefined);
  if (facts?.isFile() && folder.endsWith('.tar.gz')) return Database.at(await (await import('./release/open-packed.ts')).openPackedRelease(folder));
  if (!facts?.isDirectory()) {
    throw new HwlabError({ code: 'database-missing', blame: 'usage', message: `${folder}: there is no database folder`, advice: 'give the folder that a night wrote to, or a data release, with --db' });
  }
  return Database.at(folder);
}

/** All `*.json` of a folder by file name without the ending, sorted; empty if there is no folder. */
export async function loadFolder<T>(folder: string, schema: string): Promise<ReadonlyMap<string, T>> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  return new Map(await Promise.all(files.map(async (name) => [basename(name, '.json'), await loadDataFile<T>(join(folder, name), schema)] as const)));
}
