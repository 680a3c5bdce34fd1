import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readAhead } from './read-ahead.ts';

describe('reading ahead', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hwlab-ahead-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads all of a file, nothing of one that is not there, and stops when it is told', async () => {
    const file = join(folder, 'index');
    writeFileSync(file, Buffer.alloc(3_000_000));
    expect(await readAhead(file, new AbortController().signal)).to.equal(3_000_000);
    expect(await readAhead(join(folder, 'none'), new AbortController().signal)).to.equal(0);
    expect(await readAhead(file, AbortSignal.abort())).to.equal(0);
  });

  it('leaves alone what has no room in memory', async () => {
    const file = join(folder, 'index');
    writeFileSync(file, Buffer.alloc(1000));
    expect(await readAhead(file, new AbortController().signal, 999)).to.equal(0);
    expect(await readAhead(file, new AbortController().signal, 1000)).to.equal(1000);
  });
});
