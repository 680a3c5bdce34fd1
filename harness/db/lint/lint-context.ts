import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import type { Database } from '../database.ts';
import type { Assertions } from '../generated/assertions.ts';
import type { Certificate } from '../generated/certificate.ts';
import type { Review } from '../generated/review.ts';
import type { CoverageRecord } from '../generated/coverage.ts';
import type { Device } from '../generated/device.ts';
import type { EmulatedModelFile } from '../generated/emulated-model.ts';
import type { ImageRecord } from '../generated/image.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { NameWords } from '../generated/name-words.ts';
import type { NegativeControls } from '../generated/negative-controls.ts';
import type { Observations } from '../generated/observations.ts';
import type { Personality } from '../generated/personality.ts';
import type { Plan } from '../generated/plan.ts';
import type { Profile } from '../generated/profile.ts';
import type { VendorNames } from '../generated/vendor-names.ts';
import { readDataFile } from '../load-data-file.ts';
import { problemsOf, type DataProblem } from '../parse-data.ts';
import { parseYamlOrJson, type ParsedData } from '../parse-yaml-or-json.ts';
import { hasSchema } from '../schemas.ts';
import type { LintProblem } from './lint-rule.ts';
import { readDeclaredFeatures, type DeclaredFeature } from './read-declared-features.ts';

/** What the files of a kind hold once they keep their schema. */
export interface DataKinds {
  readonly device: Device;
  readonly image: ImageRecord;
  readonly machine: { readonly id: string };
  readonly coverage: CoverageRecord;
  readonly 'known-issue': KnownIssue;
  readonly certificate: Certificate;
  readonly review: Review;
  readonly observations: Observations;
  readonly 'emulated-model': EmulatedModelFile;
  readonly personality: Personality;
  readonly profile: Profile;
  readonly plan: Plan;
  readonly 'negative-controls': NegativeControls;
  readonly assertions: Assertions;
  readonly 'vendor-names': VendorNames;
  readonly 'name-words': NameWords;
}

export type DataKind = keyof DataKinds;

/** A data file as the rules see it. */
export interface LintFile<K extends DataKind = DataKind> {
  readonly kind: K;
  readonly path: string;
  /** File name without the ending. */
  readonly name: string;
  readonly text: string;
  /** undefined when it could not be parsed. */
  readonly parsed: ParsedData | undefined;
  /** undefined when it does not keep its schema; other rules leave such a file alone. */
  readonly value: DataKinds[K] | undefined;
  /** Why it could not be read, parsed or does not keep its schema. */
  readonly problems: readonly DataProblem[];
  readonly unreadable: HwlabError | undefined;
}

/** Everything that is linted, read once. */
export interface LintContext {
  readonly database: Database;
  readonly files: readonly LintFile[];
  /** Features that the suites' sources declare. */
  readonly declared: readonly DeclaredFeature[];
  readonly now: Date;
}

/** Where the files of each kind are; `own` kinds are in the database's folder. */
function foldersOf(database: Database, root: string): Readonly<Record<DataKind, { readonly folder: string; readonly ending: string }>> {
  return {
    device: { folder: database.folderOf('devices'), ending: '.json' },
    image: { folder: database.folderOf('images'), ending: '.json' },
    machine: { folder: database.folderOf('machines'), ending: '.json' },
    coverage: { folder: database.coverageFolder, ending: '.json' },
    'known-issue': { folder: join(database.folder, 'known-issues'), ending: '.json' },
    certificate: { folder: join(database.folder, 'certificates'), ending: '.json' },
    review: { folder: join(database.folder, 'reviews'), ending: '.json' },
    observations: { folder: join(database.folder, 'observations'), ending: '.json' },
    'emulated-model': { folder: join(root, 'fixtures/devices'), ending: '.json' },
    personality: { folder: join(root, 'fixtures/personalities'), ending: '.json' },
    profile: { folder: join(root, 'suites/profiles'), ending: '.json' },
    plan: { folder: join(root, 'suites/plans'), ending: '.yaml' },
    'negative-controls': { folder: join(root, 'suites/negative-controls'), ending: '.json' },
    assertions: { folder: join(root, 'suites/assertions'), ending: '.json' },
    // One file each; the ending of the name tells them apart.
    'vendor-names': { folder: join(root, 'hardware-db/names'), ending: 'vendors.json' },
    'name-words': { folder: join(root, 'hardware-db/names'), ending: 'words.json' },
  };
}

/** @param root the checkout, for what is not part of a database: models, suites, plans */
export async function readLintContext(database: Database, now: Date, root: string = projectRoot): Promise<LintContext> {
  const folders = Object.entries(foldersOf(database, root)) as [DataKind, { folder: string; ending: string }][];
  const files = await Promise.all(folders.flatMap(([kind, { folder, ending }]) => filesBelow(folder, ending).map((path) => readLintFile(kind, path))));
  return { database, files, declared: readDeclaredFeatures(join(root, 'suites')), now };
}

/** Files of a kind that keep their schema. */
export function valid<K extends DataKind>(context: LintContext, kind: K): readonly (LintFile<K> & { readonly value: DataKinds[K]; readonly parsed: ParsedData })[] {
  return context.files.filter((file): file is LintFile<K> & { value: DataKinds[K]; parsed: ParsedData } => file.kind === kind && file.value !== undefined);
}

/** A problem at the value of a file that `path` leads to. */
export function problemAt(file: LintFile, path: readonly (string | number)[], message: string, more: { readonly severity?: LintProblem['severity']; readonly advice?: string } = {}): LintProblem {
  const position = file.parsed?.locate(path.map(String)) ?? { line: 1, column: 1 };
  return { file: shownPath(file.path), ...position, message, severity: more.severity ?? 'error', ...(more.advice === undefined ? {} : { advice: more.advice }) };
}

/** A path relative to the checkout where it is in it. */
export function shownPath(path: string): string {
  const inside = relative(projectRoot, path);
  return inside.startsWith('..') ? path : inside;
}

async function readLintFile<K extends DataKind>(kind: K, path: string): Promise<LintFile<K>> {
  const name = basename(path, extname(path));
  let text = '';
  try {
    text = await readDataFile(path);
    const parsed = parseYamlOrJson(path, text);
    const problems = hasSchema(kind) ? problemsOf(path, parsed, kind) : [];
    return { kind, path, name, text, parsed, value: problems.length === 0 ? (parsed.value as DataKinds[K]) : undefined, problems, unreadable: undefined };
  } catch (error) {
    if (!(error instanceof HwlabError)) throw error;
    return { kind, path, name, text, parsed: undefined, value: undefined, problems: [], unreadable: error };
  }
}

function filesBelow(folder: string, ending: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
