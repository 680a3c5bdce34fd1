import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LeaseBook } from './lease-book.ts';
import { leaseFile } from './lease-store.ts';

const contender = join(import.meta.dirname, '../testing/lease-contender.ts');
/** More by hand: HWLAB_LEASE_KILLS=200. */
const kills = Number(process.env['HWLAB_LEASE_KILLS'] ?? 4);
const names = ['machine/a', 'machine/b', 'unit/u'];

describe('leases of processes that are killed', () => {
  let folder: string;
  const running = new Set<ChildProcess>();

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-kill-'))));
  afterEach(async () => {
    for (const child of running) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    running.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(): ChildProcess {
    const child = spawn(process.execPath, [contender, folder, ...names], { stdio: ['ignore', 'ignore', 'inherit'] });
    running.add(child);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    running.delete(child);
    if (child.exitCode !== null) throw new Error(`a contender ended by itself with ${child.exitCode}`);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  const tokensOf = (name: string): readonly number[] => {
    const file = join(folder, `${name.replace('/', '-')}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map(Number) : [];
  };

  it('never has two holders, tokens only grow, and what a killed one held is dirty', async function () {
    this.timeout(60_000 + kills * 10_000);
    for (let at = 0; at < 3; at += 1) start();
    for (let killed = 0; killed < kills; killed += 1) {
      // Wait for work to be done, not for time to pass, so that a loaded machine kills at work too.
      const before = tokensOf('machine/a').length;
      while (tokensOf('machine/a').length < before + 2) {
        await delay(5 + Math.random() * 20);
        for (const child of running) expect(child.exitCode, 'a contender ended by itself').to.equal(null);
      }
      const [oldest] = running;
      if (oldest) await kill(oldest);
      start();
    }
    for (const child of [...running]) await kill(child);
    expect(existsSync(join(folder, 'violations')) ? readFileSync(join(folder, 'violations'), 'utf8') : '').to.equal('');
    using book = new LeaseBook(leaseFile(folder));
    expect(book.leases(), 'all holders are dead').to.deep.equal([]);
    for (const name of names) {
      const tokens = tokensOf(name);
      expect(tokens.length).to.be.greaterThan(1);
      for (const [at, token] of tokens.entries()) if (at > 0) expect(token, `${name}, line ${at}`).to.be.greaterThan(tokens[at - 1] ?? Infinity);
      if (existsSync(join(folder, `${name.replace('/', '-')}.holder`))) expect(book.resources().find((one) => one.name === name)?.dirty, name).to.equal(true);
    }
  });
});
