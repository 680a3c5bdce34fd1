import { expect } from 'chai';
import { accountOf, accountTable, sayAccount } from './account.ts';

const sheet = (student: number, page: number): { exam: string; student: number; page: number; pages: number } => ({ exam: 'M26A', student, page, pages: 2 });
const expected = [sheet(1, 1), sheet(1, 2), sheet(2, 1), sheet(2, 2)];

describe('the account of an exam', () => {
  it('is even when each sheet comes once, in order', () => {
    expect(accountOf(expected, expected)).to.deep.equal({ missing: [], repeated: [], foreign: [], inOrder: true });
  });

  it('names what is missing, repeated, foreign, and says when the order is wrong', () => {
    const seen = [sheet(1, 2), sheet(1, 1), sheet(1, 1), sheet(3, 1), sheet(2, 2)];
    expect(accountOf(expected, seen)).to.deep.equal({ missing: ['student 2, page 1 of 2'], repeated: ['student 1, page 1 of 2'], foreign: ['student 3, page 1 of 2'], inOrder: false });
    expect(accountOf(expected, [...expected.slice(0, 2), ...expected]).inOrder, 'printed again from the start').to.equal(true);
  });

  it('is a sentence', () => {
    expect(sayAccount(accountOf(expected, expected))).to.equal('every sheet once, in order');
    expect(sayAccount(accountOf(expected, [sheet(1, 2), sheet(1, 1), sheet(1, 1), sheet(2, 1)]))).to.equal('missing: student 2, page 2 of 2; more than once: student 1, page 1 of 2; not in order');
  });

  it('is a table for people', () => {
    expect(accountTable(expected.slice(0, 2), { printed: [sheet(1, 1), sheet(1, 1)], scanned: [] })).to.equal('sheet\tprinted\tscanned\nstudent 1, page 1 of 2\t2\t0\nstudent 1, page 2 of 2\t0\t0\n');
  });
});
