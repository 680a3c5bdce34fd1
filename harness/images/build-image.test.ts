import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { buildImage } from './build-image.ts';
import { readImageRecord } from './catalogue.ts';
import { imageFolder, imagesFolder } from './image-store.ts';
import { readRecipe } from './recipe.ts';

describe('an image that is needed', () => {
  const before = process.env['HWLAB_CACHE'];
  let cache = '';

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'hwlab-build-'));
    process.env['HWLAB_CACHE'] = cache;
    mkdirSync(imagesFolder(), { recursive: true });
  });
  afterEach(() => {
    if (before === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = before;
    rmSync(cache, { recursive: true });
  });

  const store = async (digest?: string): Promise<void> => {
    const record = await readImageRecord('debian-12');
    const recipe = digest ?? (await readRecipe(record.recipe ?? '')).digest;
    mkdirSync(imageFolder('debian-12'));
    writeFileSync(join(imageFolder('debian-12'), 'manifest.json'), JSON.stringify({ schema: 'hwlab/image-manifest/1', record, files: { disk: { name: 'disk' } }, recipe }));
  };
  const need = () => buildImage('debian-12', { deadline: Deadline.after(300), progress: () => undefined });
  const lock = () => takeFileLock(join(imagesFolder(), 'build.lock'), 'builds another image', Deadline.after(5000));

  it('and is there does not wait for the build of another', async () => {
    await store();
    await using _other = await lock();
    expect((await need()).built).to.equal(false);
  });

  it('and is of another recipe waits for it', async () => {
    await store('of last week');
    await using _other = await lock();
    expect(await need().catch((error: unknown) => (error as { code?: unknown }).code)).to.be.oneOf(['lock-held', 'deadline-exceeded']);
  });
});
