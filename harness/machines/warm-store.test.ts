import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findWarm, newWarmDraft, pruneWarm, publishWarm, removeDeadDrafts, removeWarm, warmLimit, warmRoot, type WarmManifest } from './warm-store.ts';

const keyOf = (letter: string): string => letter.repeat(32);
const manifest = (key: string): WarmManifest => ({ schema: 'hwlab/warm/1', key, imageId: 'i', profileId: 'p', builtAt: '2026-01-01T00:00:00Z', hostKey: 'ssh-ed25519 A', memoryBytes: 2 ** 20, stateBytes: 10, timings: {} });

async function make(key: string): Promise<void> {
  const draft = await newWarmDraft('run');
  writeFileSync(join(draft, 'memory'), Buffer.alloc(2 ** 20, 1));
  writeFileSync(join(draft, 'state'), 'x'.repeat(10));
  writeFileSync(join(draft, 'disk.qcow2'), 'd');
  await publishWarm(draft, manifest(key));
}

describe('warm store', () => {
  const before_ = { cache: process.env['HWLAB_CACHE'], limit: process.env['HWLAB_WARM_LIMIT'] };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-warm-'));
    process.env['HWLAB_CACHE'] = folder;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of [['HWLAB_CACHE', before_.cache], ['HWLAB_WARM_LIMIT', before_.limit]] as const) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('finds what was published, whole', async () => {
    expect(await findWarm(keyOf('a'))).to.equal(undefined);
    await make(keyOf('a'));
    const found = await findWarm(keyOf('a'));
    expect(found?.manifest.hostKey).to.equal('ssh-ed25519 A');
    expect(readdirSync(warmRoot())).to.deep.equal([keyOf('a')]);
    expect(readdirSync(join(warmRoot(), keyOf('a'))).sort()).to.deep.equal(['disk.qcow2', 'manifest.json', 'memory', 'state']);
  });

  it('does not find what is cut short, has lost a file, or lies', async () => {
    const damages: ((at: string) => void)[] = [
      (at) => writeFileSync(join(at, 'memory'), 'short'),
      (at) => writeFileSync(join(at, 'state'), ''),
      (at) => rmSync(join(at, 'disk.qcow2')),
      (at) => writeFileSync(join(at, 'manifest.json'), '{"schema":'),
      (at) => writeFileSync(join(at, 'manifest.json'), JSON.stringify(manifest(keyOf('b')))),
    ];
    for (const damage of damages) {
      await make(keyOf('a'));
      damage(join(warmRoot(), keyOf('a')));
      expect(await findWarm(keyOf('a'))).to.equal(undefined);
    }
  });

  it('removes those not used for longest until the rest fits', async () => {
    for (const [index, letter] of ['a', 'b', 'c'].entries()) {
      await make(keyOf(letter));
      utimesSync(join(warmRoot(), keyOf(letter), 'manifest.json'), 1000 + index, 1000 + index);
    }
    await findWarm(keyOf('a'));
    expect(await pruneWarm(2.5 * 2 ** 20, [])).to.deep.equal([keyOf('b')]);
    expect(await pruneWarm(1, [keyOf('c')])).to.deep.equal([keyOf('a')]);
    expect(readdirSync(warmRoot())).to.deep.equal([keyOf('c')]);
  });

  it('removes drafts of dead processes only', async () => {
    const mine = await newWarmDraft('run');
    const dead = join(warmRoot(), '.draft-dead');
    mkdirSync(dead);
    writeFileSync(join(dead, 'owner.json'), JSON.stringify({ runId: 'r', pid: 1, started: '999999999999', boot: 'an earlier one' }));
    expect(await removeDeadDrafts()).to.deep.equal([dead]);
    expect([existsSync(mine), existsSync(dead)]).to.deep.equal([true, false]);
    await removeWarm(keyOf('f'));
  });

  it('takes its limit from the environment, and says when it is none', () => {
    delete process.env['HWLAB_WARM_LIMIT'];
    expect(warmLimit()).to.equal(8 * 2 ** 30);
    process.env['HWLAB_WARM_LIMIT'] = '512';
    expect(warmLimit()).to.equal(512 * 2 ** 20);
    process.env['HWLAB_WARM_LIMIT'] = 'lots';
    expect(() => warmLimit()).to.throw(/HWLAB_WARM_LIMIT/);
  });
});
