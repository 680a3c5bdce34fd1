import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { factOfReview } from './fact-of-review.ts';
import { expectationOf, levelOf } from './expectation.ts';
import { writeReview, type ReviewDraft } from './write-review.ts';

const now = new Date('2026-11-22T12:00:00Z');
const draft: ReviewDraft = { vendor: 'HP', name: 'LaserJet 1320', says: 'works', text: 'prints on both sides', reviewer: 'A. Ivanova', reviewedAt: '2026-11-22', source: { name: 'a wiki', url: 'https://wiki.example.org/1320', date: '2026-05-04', licence: 'CC BY-SA 4.0' } };

describe('writeReview', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hwlab-review-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function code(change: Partial<ReviewDraft>): Promise<string> {
    return await writeReview(folder, { ...draft, ...change }, now).then(() => 'written', (error: unknown) => (error instanceof HwlabError ? error.code : String(error)));
  }

  it('writes a file of the schema, and a second one of the day under another name', async () => {
    const first = await writeReview(folder, draft, now);
    const second = await writeReview(folder, draft, now);
    expect([first, second].map(({ review }) => review.id)).to.deep.equal(['hp-laserjet-1320-2026-11-22', 'hp-laserjet-1320-2026-11-22-2']);
    expect(JSON.parse(readFileSync(first.file, 'utf8'))).to.deep.equal({ ...draft, id: first.review.id });
  });

  it('refuses a review without a name, with another address than http, or of a day to come', async () => {
    expect(await code({ reviewer: '' })).to.equal('review-invalid');
    expect(await code({ source: { ...draft.source, url: 'javascript:alert(1)' } })).to.equal('review-invalid');
    expect(await code({ reviewedAt: '2026-11-23' })).to.equal('review-invalid');
    expect(await code({ source: { ...draft.source, date: '2026-11-23' } })).to.equal('review-invalid');
    expect(await code({})).to.equal('written');
  });

  it('is evidence E3 with who read it, and lets expect, no more', () => {
    const { evidence, review = '', claim } = factOfReview({ id: 'x', ...draft });
    const claims = [{ says: claim?.says ?? 'seen', evidence, review }];
    expect([review, levelOf(claims), expectationOf(claims)]).to.deep.equal(['A. Ivanova, 2026-11-22', 'E3', 'expected-to-work']);
  });
});
