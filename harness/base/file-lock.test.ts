import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from './deadline.ts';
import { takeFileLock, tryFileLock } from './file-lock.ts';
import { thisProcess } from './process-identity.ts';

describe('file lock', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one in at a time and leaves nothing behind', async () => {
    const path = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        await using _lock = await takeFileLock(path, 'tests', Deadline.after(4000));
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
        inside -= 1;
      }),
    );
    expect(most).to.equal(1);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('takes over from a dead process and from a torn file', async () => {
    const path = join(folder, 'lock');
    for (const content of [JSON.stringify({ pid: 2 ** 22 - 1, started: '1', boot: 'another', what: 'died' }), '', '{"pid":']) {
      writeFileSync(path, content);
      await using _lock = await takeFileLock(path, 'tests', Deadline.after(2000));
    }
  });

  it('is held by a process of another host, whatever its number, until a person says otherwise', async () => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ ...thisProcess(), host: 'another', started: '1', what: 'builds the image x' }));
    const held = await tryFileLock(path, 'tests');
    expect(held).to.deep.equal({ pid: process.pid, words: `process ${process.pid} on another, which builds the image x` });
  });

  it('tells whom it waits for, and gives up in time', async () => {
    const path = join(folder, 'lock');
    await using _held = await takeFileLock(path, 'builds the image x', Deadline.after(1000));
    let told = '';
    const error: unknown = await takeFileLock(path, 'tests', Deadline.after(100), (owner) => (told = owner)).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'lock-held');
    expect(told).to.equal(`process ${process.pid}, which builds the image x`);
  });
});
