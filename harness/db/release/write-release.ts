import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import { randomId } from '../../base/random-id.ts';
import { canonicalJson } from '../canonical-json.ts';
import { loadFolder, type Database } from '../database.ts';
import type { DataRelease } from '../generated/data-release.ts';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import type { ImageRecord } from '../generated/image.ts';
import { fullName } from '../identify-device.ts';
import { openAnswers } from '../index/open-lookup.ts';
import { readLines } from '../read-lines.ts';
import { longestResult } from '../read-results.ts';
import { schemasFolder } from '../schemas.ts';
import { changelogText } from './changelog-text.ts';
import { copyLists } from './copy-lists.ts';
import { compareAnswers } from './compare-answers.ts';
import { endOfDay, freezeAnswers, type Freezable } from './freeze-answers.ts';
import { packRelease } from './pack-release.ts';
import { releasedFiles, sha256Of } from './released-files.ts';
import { answerKey, type Snapshot } from './snapshot.ts';

export interface ReleaseOptions {
  /** Folder that the release is written into. */
  readonly out: string;
  /** ISO date: verdicts are as of its end. */
  readonly date: string;
  /** Number of a second release on one day, from 2. */
  readonly number?: number | undefined;
  /** The release before this one, and the SHA-256 of its manifest. */
  readonly previous?: { readonly snapshot: Snapshot; readonly manifestSha256: string } | undefined;
  /** A folder instead of a packed file. */
  readonly asFolder?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

export interface WrittenRelease {
  readonly manifest: DataRelease;
  /** The folder, or the `.tar.gz` with a `.sha256` beside it. */
  readonly path: string;
  /** SHA-256 of the packed file; undefined of a folder. */
  readonly sha256: string | undefined;
  /** It was there already, byte for byte. */
  readonly existed: boolean;
}

/**
 * Freezes a database: its records and finished results, profiles and schemas, the answer for every device on every image, what changed
 * since the release before, and a manifest with the SHA-256 of every file. The same data, date and release before give the same bytes.
 * @throws HwlabError `release-exists`, blame `usage`, where there is another release with this id
 */
export async function writeRelease(database: Database, options: ReleaseOptions): Promise<WrittenRelease> {
  const id = `data-${options.date}${options.number === undefined ? '' : `-${options.number}`}`;
  const target = join(options.out, options.asFolder ? id : `${id}.tar.gz`);
  await mkdir(options.out, { recursive: true });
  const draft = join(options.out, `.${id}.${randomId(8)}.tmp`);
  try {
    const folder = join(draft, id);
    const manifest = await fillRelease(database, folder, id, options);
    if (options.asFolder) {
      const existed = await sameManifest(join(target, 'manifest.json'), manifest);
      if (!existed) await rename(folder, target);
      return { manifest, path: target, sha256: undefined, existed };
    }
    options.onProgress?.('packing');
    const packed = join(draft, basename(target));
    await packRelease(folder, packed, endOfDay(options.date));
    const sha256 = await sha256Of(packed);
    const existed = existsSync(target);
    if (existed && (await sha256Of(target)) !== sha256) throw exists(target);
    if (!existed) {
      await writeFile(`${target}.sha256`, `${sha256}  ${basename(target)}\n`);
      await rename(packed, target);
    }
    return { manifest, path: target, sha256, existed };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fillRelease(database: Database, folder: string, id: string, { date, previous, signal, onProgress }: ReleaseOptions): Promise<DataRelease> {
  const now = endOfDay(date);
  const write = async (path: string, text: string): Promise<void> => {
    signal?.throwIfAborted();
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  onProgress?.('records');
  using source = await openAnswers(database, { now, ...(signal ? { signal } : {}) });
  const [machines, profiles, issues] = [await loadFolder<unknown>(database.folderOf('machines'), 'machine'), await database.profiles(), await database.knownIssues()];
  const names = new Map<string, string>();
  for (const device of source.allDevices()) {
    names.set(device.id, fullName(device));
    await write(`devices/${device.id}.json`, canonicalJson(device));
  }
  for (const [name, image] of source.records) await write(`images/${name}.json`, canonicalJson(withoutSecrets(image)));
  for (const [name, machine] of machines) await write(`machines/${name}.json`, canonicalJson(machine));
  for (const [name, profile] of profiles) await write(`profiles/${name}.json`, canonicalJson(profile));
  for (const [name, coverage] of await database.coverage()) await write(`coverage/${name}.json`, canonicalJson(coverage));
  for (const certificate of await loadFolder<object>(join(database.folder, 'certificates'), 'certificate')) await write(`certificates/${certificate[0]}.json`, canonicalJson(certificate[1]));
  for (const review of await database.reviews()) await write(`reviews/${review.id}.json`, canonicalJson(review));
  for (const issue of issues) await write(`known-issues/${issue.id}.json`, canonicalJson(issue));
  for (const file of (await readdir(schemasFolder, { recursive: true })).filter((name) => name.endsWith('.schema.json'))) await write(`schemas/${file}`, readFileSync(join(schemasFolder, file), 'utf8'));
  onProgress?.('lists');
  const facts = await copyLists(database.folder, folder, signal);
  onProgress?.('results');
  const results = await copyResults(database, folder, signal);
  onProgress?.('answers');
  const { snapshot, headlines } = await writeAnswers(source, join(folder, 'answers.jsonl'), { label: id, date, devices: names }, now, signal);
  const changes = previous === undefined ? [] : compareAnswers(previous.snapshot, snapshot);
  await write('changelog.json', canonicalJson({ from: previous?.snapshot.label ?? null, to: id, changes }));
  await write('CHANGELOG.md', changelogText(previous?.snapshot, snapshot, changes, 'en'));
  await write('CHANGELOG.ru.md', changelogText(previous?.snapshot, snapshot, changes, 'ru'));
  onProgress?.('checksums');
  const manifest: DataRelease = {
    schema: 'hwlab/data-release/1',
    id,
    date,
    hwlab: (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version,
    previous: previous === undefined ? null : { id: previous.snapshot.label, manifestSha256: previous.manifestSha256 },
    counts: { devices: names.size, images: source.records.size, nights: results.nights, results: results.lines, answers: snapshot.answers.size, ...(facts === 0 ? {} : { facts }) },
    headlines: Object.fromEntries(Object.entries(headlines).sort()),
    files: await releasedFiles(folder),
  };
  await write('manifest.json', canonicalJson(manifest));
  return manifest;
}

/** Writes every answer that says anything, one a line, and keeps them for the comparison with the release before. */
async function writeAnswers(source: Freezable, file: string, facts: Omit<Snapshot, 'answers'>, now: Date, signal: AbortSignal | undefined): Promise<{ readonly snapshot: Snapshot; readonly headlines: Readonly<Record<string, number>> }> {
  const answers = new Map<string, FrozenAnswer>();
  const headlines: Record<string, number> = {};
  const lines = async function* (): AsyncGenerator<string> {
    for (const answer of freezeAnswers(source, source.allDevices(), now)) {
      answers.set(answerKey(answer), answer);
      headlines[answer.headline] = (headlines[answer.headline] ?? 0) + 1;
      yield `${JSON.stringify(answer)}\n`;
      if (answers.size % 200 !== 0) continue;
      await nextTurn();
      signal?.throwIfAborted();
    }
  };
  await pipeline(lines, createWriteStream(file));
  return { snapshot: { ...facts, answers }, headlines };
}

/** A disk's place and how one logs in are nobody's business but the lab's. */
function withoutSecrets(image: ImageRecord): ImageRecord {
  return { ...image, ...(image.file === undefined ? {} : { file: '(left out of data releases)' }), login: { username: image.login.username } };
}

/** Copies the finished lines of every night; what a night is just writing waits for the next release. */
async function copyResults(database: Database, folder: string, signal: AbortSignal | undefined): Promise<{ readonly nights: number; readonly lines: number }> {
  const nights = await database.results.nights();
  let lines = 0;
  for (const night of nights) {
    signal?.throwIfAborted();
    const month = `${night.slice(0, 4)}-${night.slice(4, 6)}`;
    const from = join(database.results.folder, month, night);
    const to = join(folder, 'results', month, night);
    await mkdir(dirname(to), { recursive: true });
    let end = 0;
    for await (const line of readLines(`${from}.jsonl`, longestResult)) {
      if (!line.finished) continue;
      end = line.end;
      lines += 1;
    }
    if (end > 0) await pipeline(createReadStream(`${from}.jsonl`, { end: end - 1 }), createWriteStream(`${to}.jsonl`));
    if (existsSync(`${from}.night.json`)) await writeFile(`${to}.night.json`, readFileSync(`${from}.night.json`));
  }
  return { nights: nights.length, lines };
}

async function sameManifest(file: string, manifest: DataRelease): Promise<boolean> {
  if (!existsSync(dirname(file))) return false;
  if (existsSync(file) && readFileSync(file, 'utf8') === canonicalJson(manifest)) return true;
  throw exists(dirname(file));
}

function exists(path: string): HwlabError {
  return new HwlabError({ code: 'release-exists', blame: 'usage', message: `${path}: there is another release with this id`, advice: 'a release never changes: give --number 2 for a second one on this day, or another --date' });
}
