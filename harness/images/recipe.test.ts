import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../base/places.ts';
import { BuildProgress } from './build-progress.ts';
import { mmdebstrapArguments } from './mmdebstrap-arguments.ts';
import { readRecipe } from './recipe.ts';

describe('image recipes', () => {
  it('give another digest when any of their files changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-recipe-'));
    try {
      cpSync(join(projectRoot, 'fixtures/images'), folder, { recursive: true });
      const original = await readRecipe('debian-12');
      expect((await readRecipe('debian-12', folder)).digest).to.equal(original.digest);
      writeFileSync(join(folder, 'debian/overlay/etc/hostname'), 'other\n');
      expect((await readRecipe('debian-12', folder)).digest).not.to.equal(original.digest);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('become arguments of mmdebstrap in which a path with a quote and spaces stays one word', async () => {
    const recipe = await readRecipe('debian-12');
    const inputs = { recipe, sources: ['deb http://mirror.example/debian bookworm main'], aptOptions: ['Acquire::Retries "3";'], overlayTar: "/home/o'neil x/overlay.tar", target: '/tmp/tree' };
    const args = mmdebstrapArguments({ ...inputs, mode: 'root' });
    expect(args).to.include(String.raw`--customize-hook=tar-in '/home/o'\''neil x/overlay.tar' /`);
    expect(args).to.include('--aptopt=Acquire::Retries "3";');
    expect(args.slice(-3)).to.deep.equal(['bookworm', '/tmp/tree', 'deb http://mirror.example/debian bookworm main']);
    expect(mmdebstrapArguments({ ...inputs, mode: 'unshare' })).to.include.members(['--mode=unshare', '--format=tar', '-']);
  });

  it('may lay an addition over their base; its script runs first, and its files count', async () => {
    const recipe = await readRecipe('debian-12-desktop');
    const inputs = { recipe, sources: [], aptOptions: [], overlayTar: '/w/overlay.tar', addedTar: '/w/added.tar', target: '/tmp/tree' };
    const hooks = mmdebstrapArguments({ ...inputs, mode: 'root' }).flatMap((argument) => /^--customize-hook=(?:tar-in|upload) '(.*?)'/.exec(argument)?.[1] ?? []);
    const scripts = ['desktop', 'debian'].map((folder) => join(projectRoot, 'fixtures/images', folder, 'finish.sh'));
    expect(hooks).to.deep.equal(['/w/overlay.tar', '/w/added.tar', ...scripts]);
    expect(recipe.digest).not.to.equal((await readRecipe('debian-12')).digest);
  });

  it('tell what runs, what is left and an estimate', () => {
    const said: string[] = [];
    {
      using progress = new BuildProgress([['one', 10], ['two', 30]], (line) => said.push(line));
      progress.step('one');
      progress.step('two');
      progress.step('one');
    }
    expect(said).to.deep.equal(['[1/2] one, about 40 s left', '[2/2] two, about 15 s left']);
  });
});
