import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { extract } from 'tar';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import { loadFolder, openDatabase, type Database } from '../database.ts';
import { pointerOf } from '../describe-violation.ts';
import type { DataRelease } from '../generated/data-release.ts';
import type { Device } from '../generated/device.ts';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import { fullName } from '../identify-device.ts';
import { importedFolder } from '../import/import-facts.ts';
import { loadDataFile } from '../load-data-file.ts';
import { violationsOf } from '../parse-data.ts';
import { readLines } from '../read-lines.ts';
import { damaged } from './pack-release.ts';
import { sha256Of } from './released-files.ts';
import { answerKey, snapshotOf, type Snapshot } from './snapshot.ts';

/** Where releases are written to and looked for. */
export const releasesFolder = join(projectRoot, 'reports/releases');

/** A state of the data that was asked for, open until it is disposed of. */
export interface OpenState extends AsyncDisposable {
  readonly label: string;
  readonly database: Database;
  /** Its folder stays when it is closed, so that an index of it is worth while. */
  readonly lasting: boolean;
  /** undefined of what is no release */
  readonly release: { readonly manifest: DataRelease; readonly manifestSha256: string } | undefined;
}

/**
 * Opens what somebody named: `current`, a folder, a release (folder, `.tar.gz`, or its id in `releases`), or a git revision of the
 * checkout. Results and imported lists are not kept in git, so a revision is given those of the current database.
 * @throws HwlabError `state-unknown` and what opening a database throws, blame `usage`
 */
export async function openState(asked: string, options: { readonly db: string; readonly releases: string }): Promise<OpenState> {
  if (asked === 'current') return await folderState(options.db, 'current');
  const packed = join(options.releases, `${asked}.tar.gz`);
  for (const path of [asked, join(options.releases, asked), packed]) if (existsSync(path)) return await folderState(path);
  return await revisionState(asked, options.db);
}

/** The answers of a state: as they were frozen, of a release; else as they are at `now`. */
export async function frozenSnapshot(state: OpenState, now: Date): Promise<Snapshot> {
  return state.release === undefined ? await snapshotOf(state.database, state.label, now) : await readFrozen(state.database.folder, state.release.manifest);
}

async function folderState(path: string, label?: string): Promise<OpenState> {
  const database = await openDatabase(resolve(path));
  const manifestFile = join(database.folder, 'manifest.json');
  const release = existsSync(manifestFile) ? { manifest: await loadDataFile<DataRelease>(manifestFile, 'data-release'), manifestSha256: await sha256Of(manifestFile) } : undefined;
  return { label: label ?? release?.manifest.id ?? basename(path), database, release, lasting: true, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/**
 * The answers of a data release as they were frozen. @param only of these devices; the lines of others are passed over
 * @throws HwlabError `release-damaged`
 */
export async function readFrozen(folder: string, manifest: DataRelease, only?: ReadonlySet<string>): Promise<Snapshot> {
  const answers = new Map<string, FrozenAnswer>();
  const file = join(folder, 'answers.jsonl');
  for await (const { bytes, number } of readLines(file, 1024 * 1024)) {
    if (only !== undefined && isOfOther(bytes, only)) continue;
    const answer = parsed(bytes);
    if (only !== undefined && answer !== undefined && !only.has(String((answer as Partial<FrozenAnswer>).device))) continue;
    const [violation] = answer === undefined ? [] : violationsOf(answer, 'frozen-answer');
    if (answer === undefined || violation) throw damaged(file, `line ${number}${violation ? ` at ${pointerOf(violation.path)}: expected ${violation.expected}` : ' is not JSON'}`);
    answers.set(answerKey(answer as FrozenAnswer), answer as FrozenAnswer);
  }
  const devices = only === undefined ? await loadFolder<Device>(join(folder, 'devices'), 'device') : await someDevices(folder, manifest, only);
  return { label: manifest.id, date: manifest.date, devices: new Map([...devices].map(([id, device]) => [id, fullName(device)])), answers };
}

/** Whether a line as hwlab writes it is of a device that was not asked for, by its beginning; other lines are parsed. */
function isOfOther(bytes: Buffer | undefined, only: ReadonlySet<string>): boolean {
  const device = /^\{"device":"([a-z0-9-]{1,80})",/.exec(bytes?.toString('latin1', 0, 100) ?? '')?.[1];
  return device !== undefined && !only.has(device);
}

async function someDevices(folder: string, { files }: DataRelease, only: ReadonlySet<string>): Promise<ReadonlyMap<string, Device>> {
  const ids = files.flatMap(({ path }) => /^devices\/(.+)\.json$/.exec(path)?.[1] ?? []).filter((id) => only.has(id));
  return new Map(await Promise.all(ids.map(async (id) => [id, await loadDataFile<Device>(join(folder, 'devices', `${id}.json`), 'device')] as const)));
}

function parsed(bytes: Buffer | undefined): unknown {
  try {
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as unknown);
  } catch {
    return undefined;
  }
}

async function revisionState(revision: string, db: string): Promise<OpenState> {
  const draft = await mkdtemp(join(tmpdir(), 'hwlab-revision-'));
  const dispose = async (): Promise<void> => await rm(draft, { recursive: true, force: true });
  try {
    const commit = await git(revision, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
    await git(revision, 'archive', '--format=tar', '--output', join(draft, 'tree.tar'), commit.trim(), 'hardware-db', 'suites/profiles');
    await extract({ file: join(draft, 'tree.tar'), cwd: draft, strict: true });
    const folder = join(draft, 'hardware-db');
    await cp(join(draft, 'suites/profiles'), join(folder, 'profiles'), { recursive: true });
    // What git does not keep is the same on both sides.
    for (const part of ['results', importedFolder]) {
      const current = join(resolve(db), part);
      if (!existsSync(join(folder, part)) && existsSync(current)) await symlink(current, join(folder, part));
    }
    const state = await folderState(folder, revision);
    return { ...state, lasting: false, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function git(revision: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await execa('git', ['-C', projectRoot, ...args])).stdout;
  } catch (error) {
    throw new HwlabError({
      code: 'state-unknown',
      blame: 'usage',
      message: `"${revision.slice(0, 80)}" is no folder, data release or git revision of ${projectRoot}${args[0] === 'rev-parse' ? '' : `: ${messageOf(error).split('\n')[0] ?? ''}`}`,
      advice: 'give a folder, a data-YYYY-MM-DD.tar.gz, "current", or a revision such as HEAD~1',
      cause: error,
    });
  }
}

