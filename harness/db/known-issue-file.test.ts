import { expect } from 'chai';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HwlabError } from '../base/hwlab-error.ts';
import { canonicalJson } from './canonical-json.ts';
import { exampleResult, exampleTest } from './example-result.ts';
import { failureSignature } from './failure-signature.ts';
import type { KnownIssue } from './generated/known-issue.ts';
import type { Result, TestResult } from './generated/result.ts';
import { addKnownIssue, closeKnownIssue, draftKnownIssue, type IssueWords } from './known-issue-file.ts';
import { matchKnownIssues, returnedIssues } from './match-known-issues.ts';

const now = new Date('2026-11-23T10:00:00.500Z');
const words: IssueWords = { kind: 'errata', link: 'https://bugs.example.org/7', owner: 'anna', days: 30 };

describe('the file of a known issue', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-issue-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A result whose one test failed so. */
  function failing(message: string): Result & { readonly tests: [TestResult] } {
    const failure = { code: 'assertion-failed', blame: 'product' as const, message };
    const example = exampleTest('printing.raw', 'FAIL');
    const test: TestResult = { ...example, id: 't', title: 'sheets come in order', attempts: [{ ...example.attempts[0], failure, signature: failureSignature('printing.raw', failure) }] };
    return { ...exampleResult({ outcome: 'FAIL' }), tests: [test] };
  }
  const draft = (result = failing('three are missing'), more: Partial<IssueWords> = {}): KnownIssue => draftKnownIssue({ result, test: result.tests[0], signature: result.tests[0].attempts[0].signature?.id ?? '' }, { ...words, ...more }, now);
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'done', (error: HwlabError) => `${error.code} ${error.message}`);

  it('names a failure so that the next night knows it, and another failure of the test is not it', async () => {
    const issue = draft();
    expect(issue).to.deep.include({ title: 'sheets come in order: three are missing', scope: { images: ['debian-12'], suites: ['printers'], features: ['printing.raw'] }, expires: '2026-12-23', owner: 'anna' });
    const states = (result: Result): unknown => matchKnownIssues(result, [issue], now).map(({ state, tests }) => [state, tests]);
    expect(states(failing('three are missing'))).to.deep.equal([['present', ['t']]]);
    expect(states(failing('the paper is out'))).to.deep.equal([]);
    expect(readFileSync(await addKnownIssue(folder, issue, []), 'utf8')).to.equal(canonicalJson(issue));
  });

  it('is of the quirks that the device had, and of all images when that is said', () => {
    const result = failing('x');
    const quirky = { ...result, cell: { ...result.cell, personalities: ['slow'] as [string] } };
    expect(draft(quirky, { everywhere: true }).scope).to.deep.equal({ suites: ['printers'], features: ['printing.raw'], personalities: ['slow'] });
  });

  it('has a title without both sides of a comparison', () => {
    expect(draft(failing('where it was touched: expected [ [ 640, 200 ] ] to deeply equal [ [ 320, 200 ] ]')).title).to.equal('sheets come in order: where it was touched');
  });

  it('has a title that stays a line, whatever the guest said', () => {
    expect(draft(failing(`a\u001b[31m\n${'b'.repeat(500)}`)).title).to.match(/^sheets come in order: a \[31m b+$/).and.to.have.length(160);
  });

  it('is not written twice for one failure, nor over another file, nor with what the schema refuses', async () => {
    const issue = draft();
    await addKnownIssue(folder, issue, []);
    expect(await codeOf(addKnownIssue(folder, { ...issue, id: 'other' }, [issue]))).to.match(/^issue-known .* has the signature/);
    expect(await codeOf(addKnownIssue(folder, draft(failing('another'), { id: issue.id }), []))).to.match(/^issue-known .* is there already/);
    for (const [wrong, said] of [[{ id: '../../etc' }, 'id'], [{ link: 'file:///etc/passwd' }, 'link'], [{ link: 'ftp://bugs.example.org/7' }, 'link'], [{ link: 'javascript://bugs.example.org/%0aalert(1)' }, 'link'], [{ link: 'no address' }, 'link']] as const) expect(await codeOf(addKnownIssue(folder, draft(failing('a third'), wrong), []))).to.contain(`issue-invalid the issue was not written: ${said}`);
    expect(readdirSync(join(folder, 'known-issues'))).to.deep.equal([`${issue.id}.json`]);
  });

  it('is closed to the second, once, and a run that shows it later brings it back', async () => {
    const issue = draft();
    await addKnownIssue(folder, issue, []);
    const file = await closeKnownIssue(folder, issue, now);
    const closed = JSON.parse(readFileSync(file, 'utf8')) as KnownIssue;
    expect(closed).to.deep.equal({ ...issue, closed: '2026-11-23T10:00:00Z' });
    const shown = (startedAt: string): number => returnedIssues({ ...failing('three are missing'), startedAt }, [closed]).length;
    expect([shown('2026-11-23T09:59:59.000Z'), shown('2026-11-23T10:00:01.000Z')]).to.deep.equal([0, 1]);
    expect(await codeOf(closeKnownIssue(folder, closed, now))).to.match(/^issue-closed/);
  });
});
