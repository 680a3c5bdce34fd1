import { expect } from 'chai';
import { ReplayBook } from './replay-book.ts';

describe('the verdict of a tape', () => {
  const all = { events: 3, of: 3 };
  const some = { events: 2, of: 3 };
  const verdict = (change: (book: ReplayBook) => void, consumed = all, pending: readonly string[] = []): string => {
    const book = new ReplayBook();
    change(book);
    return book.report(consumed, pending, 0).verdict;
  };

  it('is stalled only when its time is over and something is still to be said', () => {
    expect(verdict(() => undefined, some, ['a word'])).to.equal('incomplete');
    expect(verdict((book) => (book.stalled = true), some, ['a word'])).to.equal('stalled');
    expect(verdict((book) => (book.stalled = true), all)).to.equal('match');
  });

  it('is that of the worst thing that happened; the first difference is told with the last ten events before it', () => {
    expect(verdict((book) => (book.benign = 1))).to.equal('benign-difference');
    expect(verdict((book) => (book.benign = 1), some)).to.equal('incomplete');
    const book = new ReplayBook();
    for (let each = 1; each <= 12; each += 1) book.note(() => `event ${each} `);
    book.stalled = true;
    for (const found of ['one', 'two']) book.diverge({ index: 1, what: 'data', expected: 'zero', found });
    const { verdict: worst, first, divergences } = book.report(some, ['a word'], 0);
    expect([worst, divergences, first?.found, first?.before[0], first?.before.length]).to.deep.equal(['divergence', 2, 'one', 'event 3', 10]);
  });

  it('tells the first divergences when they happen, and counts them all', () => {
    const told: string[] = [];
    const book = new ReplayBook(({ found, before }) => told.push(`${found} after ${before.join()}`));
    book.note(() => 'plugged in');
    for (let each = 1; each <= 1000; each += 1) book.diverge({ index: each, what: 'data', expected: 'zero', found: `${each}` });
    expect([told[0], told.length, book.report(all, [], 0).divergences]).to.deep.equal(['1 after plugged in', 20, 1000]);
  });
});
