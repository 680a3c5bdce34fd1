import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { extentsOf } from './disk-extents.ts';

const mebibyte = 2 ** 20;

/** A disk of so many mebibytes; `written` says with what each is filled, 0 where it says nothing. */
function disk(count: number, written: Readonly<Record<number, number>>) {
  return { size: count * mebibyte, read: (position: number, length: number) => Buffer.alloc(length, written[position / mebibyte] ?? 0) };
}

const sha = (...fills: readonly number[]): string => createHash('sha256').update(Buffer.concat(fills.map((fill) => Buffer.alloc(mebibyte, fill)))).digest('hex');

describe('the extents of a disk', () => {
  it('are what is written and what is empty, from the first mebibyte to the last', async () => {
    expect(await extentsOf(disk(6, { 0: 1, 1: 2, 4: 3 }), Deadline.after(5000))).to.equal(`0 2 ${sha(1, 2)}\n2 2 zero\n4 1 ${sha(3)}\n5 1 zero\n`);
    expect(await extentsOf(disk(0, {}), Deadline.after(5000))).to.equal('');
  });

  it('are short: of an empty gigabyte too the installer says between its parts that it lives', async () => {
    expect(await extentsOf(disk(600, {}), Deadline.after(20_000))).to.equal('0 256 zero\n256 256 zero\n512 88 zero\n');
    const full = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [index, 9]));
    expect(await extentsOf(disk(17, full), Deadline.after(5000))).to.equal(`0 16 ${sha(...Array.from({ length: 16 }, () => 9))}\n16 1 ${sha(9)}\n`);
  });
});
