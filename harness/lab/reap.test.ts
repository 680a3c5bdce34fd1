import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerLives, thisOwner, writeOwner, type MachineOwner } from '../machines/machine-owner.ts';
import { reapWith } from './reap.ts';

const dead: MachineOwner = { ...thisOwner('dead'), started: '1' };

describe('reaper', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'hwlab-reap-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('removes what dead runs left, domains first, and nothing else', async () => {
    const folder = async (name: string, owner?: MachineOwner): Promise<string> => {
      mkdirSync(join(root, name));
      if (owner) await writeOwner(join(root, name), owner);
      return join(root, name);
    };
    const [live, left, young, old] = [await folder('live', thisOwner('r')), await folder('left', dead), await folder('young'), await folder('old')];
    utimesSync(old, 1000, 1000);
    const owners = new Map([['hwlab-a-0', thisOwner('a')], ['hwlab-b-0', dead]]);
    const destroyed: string[] = [];
    const destroy = async (name: string): Promise<void> => {
      expect(existsSync(left)).to.equal(true);
      destroyed.push(name);
      return Promise.resolve();
    };
    const domains = { list: async () => Promise.resolve(['hwlab-a-0', 'hwlab-b-0', 'hwlab-of-somebody']), owner: async (name: string) => Promise.resolve(owners.get(name)), destroy };
    const reaped = await reapWith({ domains, roots: [root, join(root, 'none')], lives: ownerLives, now: Date.now() });
    expect(reaped.domains).to.deep.equal(['hwlab-b-0']).and.deep.equal(destroyed);
    expect([...reaped.folders].sort()).to.deep.equal([left, old].sort());
    expect([live, young].map((path) => existsSync(path))).to.deep.equal([true, true]);
  });

  it('knows a process by its start, not by its number', () => {
    expect(ownerLives(thisOwner('r'))).to.equal(true);
    expect(ownerLives({ ...thisOwner('r'), started: '7' })).to.equal(false);
    expect(ownerLives({ ...thisOwner('r'), boot: 'another' })).to.equal(false);
    expect(ownerLives({ ...thisOwner('r'), pid: 2 ** 22 + 1 })).to.equal(false);
  });
});
