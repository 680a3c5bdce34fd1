import { expect } from 'chai';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { LockFile } from './lock-file.ts';
import { thisProcess } from '../base/process-identity.ts';

describe('LockFile', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-lock-'));
    path = join(folder, 'night.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function rivals(count: number): Promise<readonly LockFile[]> {
    const settled = await Promise.allSettled(Array.from({ length: count }, () => LockFile.take(path, 'the night')));
    for (const each of settled) if (each.status === 'rejected') expect(each.reason).to.be.instanceOf(HwlabError).and.include({ code: 'database-locked', blame: 'usage' });
    return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  it('has one winner among rivals and leaves nothing behind', async () => {
    const winners = await rivals(20);
    expect(winners).to.have.length(1);
    await winners[0]?.check();
    await winners[0]?.release();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('has at most one winner that still holds it, when rivals take over a stale lock', async () => {
    for (let round = 0; round < 20; round += 1) {
      rmSync(path, { force: true });
      writeFileSync(path, JSON.stringify({ ...thisProcess(), started: '1' }));
      const winners = await rivals(10);
      const holding = await Promise.all(winners.map((lock) => lock.check().then(() => 1, () => 0)));
      expect(holding.reduce<number>((sum, each) => sum + each, 0)).to.equal(1);
    }
    expect(readdirSync(folder)).to.deep.equal(['night.lock']);
  });

  it('takes over from a process of an earlier boot, and not from one that runs', async () => {
    writeFileSync(path, JSON.stringify({ ...thisProcess(), boot: 'an earlier one' }));
    const [first] = await rivals(1);
    expect(first).to.not.equal(undefined);
    expect(await rivals(1)).to.deep.equal([]);
    await first?.release();
    expect(existsSync(path)).to.equal(false);
  });

  it('does not remove the lock of another when it was taken away', async () => {
    const [first] = await rivals(1);
    rmSync(path);
    const [second] = await rivals(1);
    await first?.release();
    expect(existsSync(path)).to.equal(true);
    await second?.check();
  });
});
