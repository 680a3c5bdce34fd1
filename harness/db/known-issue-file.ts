import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { oneLine } from '../base/one-line.ts';
import { canonicalJson } from './canonical-json.ts';
import { replaceSynced } from './durable-file.ts';
import type { KnownIssue } from './generated/known-issue.ts';
import type { Result, TestResult } from './generated/result.ts';
import { violationsOf } from './parse-data.ts';

/** What a person says of an issue; the rest comes from the failure. */
export interface IssueWords {
  readonly id?: string;
  readonly kind: KnownIssue['kind'];
  readonly title?: string;
  readonly titleRu?: string;
  readonly link: string;
  readonly owner: string;
  /** Days from now on which it applies. */
  readonly days: number;
  /** On every image, and not only on that of the failure. */
  readonly everywhere?: boolean;
  readonly note?: string;
}

/** A failure as an issue names it. */
export interface NamedFailure {
  readonly result: Result;
  readonly test?: TestResult;
  /** 16 hex digits. */
  readonly signature: string;
}

const dayLength = 86_400_000;
const longestTitle = 160;

/** The issue of a failure: for the image, suite, feature and quirks that it was seen with, by its own signature. */
export function draftKnownIssue({ result, test, signature }: NamedFailure, words: IssueWords, now: Date): KnownIssue {
  const { image, suite, personalities } = result.cell;
  // What was expected and found is in the signature, and long.
  const [message = ''] = oneLine((test ? test.attempts.at(-1)?.failure?.message : undefined) ?? result.reason?.message ?? '').split(/: expected /);
  const title = words.title ?? oneLine(test ? `${test.title}: ${message}` : message, longestTitle);
  return {
    id: words.id ?? `${suite}-${signature.slice(0, 8)}`,
    kind: words.kind,
    title,
    ...(words.titleRu === undefined ? {} : { titleRu: words.titleRu }),
    scope: { ...(words.everywhere ? {} : { images: [image] }), suites: [suite], ...(test ? { features: [test.feature] } : {}), ...(personalities ? { personalities: [...personalities] } : {}) },
    signature: { failure: signature },
    owner: words.owner,
    link: words.link,
    since: result.startedAt.slice(0, 10),
    expires: new Date(now.getTime() + words.days * dayLength).toISOString().slice(0, 10),
    ...(words.note === undefined ? {} : { note: words.note }),
  };
}

/**
 * Writes a new `known-issues/<id>.json` of a database.
 * @param known the issues that the database has
 * @returns the file
 * @throws HwlabError usage `issue-known` when one names that signature or has that id, `issue-invalid` with the first field that is wrong
 */
export async function addKnownIssue(database: string, issue: KnownIssue, known: readonly KnownIssue[]): Promise<string> {
  const [violation] = violationsOf(issue, 'known-issue');
  if (violation) throw invalid(`${violation.path.join('.')}: expected ${violation.expected}, found ${violation.found}`);
  if (!/^https?:\/\/[^/]/.test(issue.link)) throw invalid(`link: expected an http address, found ${issue.link.slice(0, 200)}`);
  const same = known.find(({ signature }) => signature.failure !== undefined && signature.failure === issue.signature.failure);
  if (same) throw new HwlabError({ code: 'issue-known', blame: 'usage', message: `${same.id} has the signature ${same.signature.failure}${same.closed === undefined ? '' : `, and was closed on ${same.closed}`}`, advice: `edit known-issues/${same.id}.json; ./hwlab known-issue list` });
  const file = fileOf(database, issue.id);
  if (existsSync(file)) throw new HwlabError({ code: 'issue-known', blame: 'usage', message: `${file} is there already`, advice: 'give it another name with --id' });
  await mkdir(join(database, 'known-issues'), { recursive: true });
  await replaceSynced(file, canonicalJson(issue));
  return file;
}

/**
 * Closes an issue as of a moment, to the second.
 * @returns the file
 * @throws HwlabError usage `issue-closed`, `issue-invalid`
 */
export async function closeKnownIssue(database: string, issue: KnownIssue, at: Date): Promise<string> {
  if (issue.closed !== undefined) throw new HwlabError({ code: 'issue-closed', blame: 'usage', message: `${issue.id} was closed on ${issue.closed}` });
  const closed = { ...issue, closed: at.toISOString().replace(/\.\d+Z$/, 'Z') };
  const [violation] = violationsOf(closed, 'known-issue');
  if (violation) throw invalid(`${violation.path.join('.')}: expected ${violation.expected}, found ${violation.found}`);
  const file = fileOf(database, issue.id);
  await replaceSynced(file, canonicalJson(closed));
  return file;
}

function fileOf(database: string, id: string): string {
  return join(database, 'known-issues', `${id}.json`);
}

function invalid(message: string): HwlabError {
  return new HwlabError({ code: 'issue-invalid', blame: 'usage', message: `the issue was not written: ${message}`, advice: 'hwlab known-issue --help' });
}
