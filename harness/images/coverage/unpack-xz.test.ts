import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { Deadline } from '../../base/deadline.ts';
import { unpackedSize, unpackXz } from './unpack-xz.ts';

const xz = (text: string): Buffer => execFileSync('xz', ['--compress', '--stdout', '--check=crc32'], { input: text });

describe('unpackXz', () => {
  it('unpacks many files with few runs, and tells which it could not', async () => {
    const files = Array.from({ length: 20 }, (_unused, index) => ({ path: `file ${index}`, data: xz(`text ${index} `.repeat(index * 100)) }));
    const damaged = xz('damaged '.repeat(1000));
    damaged[40] = (damaged[40] ?? 0) ^ 0xff;
    const found = new Map<string, string>();
    const failed = await unpackXz([...files.slice(0, 7), { path: 'damaged', data: damaged }, { path: 'no xz', data: Buffer.from('text') }, ...files.slice(7)], (path, data) => void found.set(path, data.toString()), Deadline.after(60_000));
    expect(failed).to.deep.equal(['damaged', 'no xz']);
    expect([...found].sort()).to.deep.equal(files.map(({ path }, index) => [path, `text ${index} `.repeat(index * 100)]).sort());
  });

  it('knows from the index how long a file will be, whatever is cut off', () => {
    const whole = xz('abc'.repeat(50_000));
    expect(unpackedSize(whole)).to.equal(150_000);
    for (let length = 0; length < whole.length; length += 1) expect(unpackedSize(whole.subarray(0, length))).to.equal(undefined);
    expect(unpackedSize(Buffer.concat([whole, whole]))).to.equal(150_000);
  });
});
