import { once } from 'node:events';
import { createWriteStream, lstatSync, type Stats } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { HwlabError } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import type { ImportedFact } from '../generated/imported-fact.ts';
import { violationsOf } from '../parse-data.ts';
import { filesBelow } from './files-below.ts';
import { importLimits, type Importer, type ImportProblem, type RawFact, type SourceFacts } from './importer.ts';
import { importers } from './importers.ts';

/** Folder of a database that holds what was imported; derived, it can be deleted and imported again. */
export const importedFolder = 'imported';

export interface ImportRequest {
  readonly kind: string;
  readonly path: string;
  /** Folder of the database. */
  readonly database: string;
  /** Read and count, write nothing. */
  readonly dryRun: boolean;
  readonly now: Date;
  /** Aborts between two facts. */
  readonly signal?: AbortSignal;
  /** Called now and then with the number of facts so far. */
  readonly onProgress?: (facts: number) => void;
}

/** What an import did; JSON-safe. */
export interface ImportReport {
  readonly kind: string;
  readonly source: SourceFacts;
  readonly licence: string;
  readonly evidence: 'E1' | 'E3';
  readonly facts: number;
  /** By what they say; `named` makes no claim. */
  readonly claims: Readonly<Record<string, number>>;
  /** Facts with a USB id, and with an IEEE 1284 id. */
  readonly withUsb: number;
  readonly withDeviceId: number;
  readonly problems: number;
  /** The first of them. */
  readonly firstProblems: readonly ImportProblem[];
  /** What was written; null for a dry run. */
  readonly file: string | null;
}

/**
 * Reads a list and writes its facts to `<database>/imported/`, one JSON object a line, instead of those of an earlier import of the same list. The file is
 * whole or not there.
 * @throws HwlabError `import-kind-unknown`, `import-missing`, `import-too-big`, `import-empty`, `interrupted` and those of the readers, blame `usage`
 */
export async function importFacts(request: ImportRequest): Promise<ImportReport> {
  const { kind, path, database, dryRun, now } = request;
  const importer = importers.find((each) => each.kind === kind);
  if (!importer) throw new HwlabError({ code: 'import-kind-unknown', blame: 'usage', message: `there is no list of kind "${kind.slice(0, 40)}"${didYouMean(kind, importers.map((each) => each.kind))}`, advice: 'hwlab db import --help lists them' });
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new HwlabError({ code: 'import-missing', blame: 'usage', message: `${path}: there is no such file or folder`, advice: `${importer.kind} is ${importer.what}` });
  if (facts.isFile() && facts.size > importLimits.fileBytes) throw new HwlabError({ code: 'import-too-big', blame: 'usage', message: `${path}: longer than ${importLimits.fileBytes / 1024 / 1024} MB`, advice: 'divide it' });
  const source: { name: string; date: string } = { name: basename(path).slice(0, 120) || importer.kind, date: dateOf(path, facts) };
  const counted = new Counted(importer, source);
  const target = join(database, importedFolder, fileNameOf(importer, path));
  if (dryRun) {
    for await (const fact of factsOf(importer, request, counted)) counted.take(fact);
  } else {
    await mkdir(join(database, importedFolder), { recursive: true });
    await writeWhole(target, async (write) => {
      for await (const fact of factsOf(importer, request, counted)) {
        counted.take(fact);
        await write(`${JSON.stringify(bearing(importer, fact, source, now))}\n`);
      }
      if (counted.facts === 0) throw new HwlabError({ code: 'import-empty', blame: 'usage', message: `${path}: nothing in it is a fact of kind ${kind}`, advice: `${importer.kind} is ${importer.what}`, facts: { problems: counted.firstProblems.map(({ at, reason }) => `${at}: ${reason}`) } });
    });
  }
  return counted.report(dryRun ? null : target);
}

/** Facts that keep the schema; others become problems. */
async function* factsOf(importer: Importer, { path, now, signal, onProgress }: ImportRequest, counted: Counted): AsyncGenerator<RawFact> {
  const context = { describe: (facts: Partial<SourceFacts>) => void Object.assign(counted.source, facts), problem: (problem: ImportProblem) => counted.problem(problem) };
  let seen = 0;
  for await (const fact of importer.read(path, context)) {
    signal?.throwIfAborted();
    if (++seen > importLimits.facts) throw new HwlabError({ code: 'import-too-big', blame: 'usage', message: `${path}: more than ${importLimits.facts} facts`, advice: 'divide it' });
    if (seen % 10_000 === 0) onProgress?.(seen);
    const [violation] = violationsOf(bearing(importer, fact, counted.source, now), 'imported-fact');
    if (violation) counted.problem({ at: fact.at, reason: `${violation.path.join('/')}: expected ${violation.expected}, found ${violation.found}`.slice(0, 300) });
    else yield fact;
  }
}

/** A fact with where it comes from, and what it may prove: never more than the importer's level. */
function bearing(importer: Importer, { device, claim, at }: RawFact, source: SourceFacts, now: Date): ImportedFact {
  return {
    source: { kind: importer.kind, name: source.name, date: source.date, licence: importer.licence, importedAt: now.toISOString(), at: at.slice(0, 200) },
    evidence: importer.evidence,
    ...(importer.evidence === 'E3' ? { review: 'needed' } : {}),
    device,
    ...(claim === undefined ? {} : { claim }),
  };
}

/** Day of the newest file, for lists that bear no date. */
function dateOf(path: string, facts: Stats): string {
  const files = facts.isDirectory() ? filesBelow(path, ['']).slice(0, 10_000) : [];
  const newest = Math.max(...files.map((file) => lstatSync(file).mtimeMs), files.length === 0 ? facts.mtimeMs : 0);
  return new Date(newest).toISOString().slice(0, 10);
}

/** One file a list; machines and schools have one each. */
function fileNameOf({ kind, evidence }: Importer, path: string): string {
  if (evidence === 'E1' && kind !== 'lsusb' && kind !== 'kcidb') return `${kind}.jsonl`;
  const slug = basename(path).toLowerCase().replace(/\.(txz|tgz|tar(\.[gx]z)?|csv|xlsx|json|txt)$/u, '').replace(/[^a-z0-9]+/gu, '-').replace(/^-+|-+$/gu, '').slice(0, 60);
  return `${kind}--${slug === '' ? 'unnamed' : slug}.jsonl`;
}

class Counted {
  readonly source: { name: string; date: string };
  readonly firstProblems: ImportProblem[] = [];
  facts = 0;
  readonly #importer: Importer;
  readonly #claims: Record<string, number> = {};
  #problems = 0;
  #withUsb = 0;
  #withDeviceId = 0;

  constructor(importer: Importer, source: { name: string; date: string }) {
    this.#importer = importer;
    this.source = source;
  }

  take({ device, claim }: RawFact): void {
    this.facts++;
    const says = claim?.says ?? 'named';
    this.#claims[says] = (this.#claims[says] ?? 0) + 1;
    if (device.usb) this.#withUsb++;
    if (device.ieee1284) this.#withDeviceId++;
  }

  problem(problem: ImportProblem): void {
    this.#problems++;
    if (this.firstProblems.length < importLimits.problems) this.firstProblems.push(problem);
  }

  report(file: string | null): ImportReport {
    const { kind, licence, evidence } = this.#importer;
    return { kind, source: this.source, licence, evidence, facts: this.facts, claims: this.#claims, withUsb: this.#withUsb, withDeviceId: this.#withDeviceId, problems: this.#problems, firstProblems: this.firstProblems, file };
  }
}

/** Writes a file beside its place and moves it there once it is whole. */
async function writeWhole(target: string, body: (write: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
  const draft = `${target}.${process.pid}.draft`;
  const stream = createWriteStream(draft, { flags: 'wx' });
  try {
    await body(async (text) => {
      if (!stream.write(text)) await once(stream, 'drain');
    });
    stream.end();
    await finished(stream);
    await rename(draft, target);
  } catch (error) {
    stream.destroy();
    await rm(draft, { force: true });
    throw error;
  }
}
