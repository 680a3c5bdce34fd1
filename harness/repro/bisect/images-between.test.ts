import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datedImages, imagesBetween, type DatedImage } from './images-between.ts';

const image = (id: string, time: string, change: Partial<DatedImage> = {}): DatedImage => ({ id, sha256: id.padEnd(64, '0'), os: 'School', time, ...change });

describe('the images of a bisection', () => {
  // By name they stand otherwise than by time.
  const stored = [image('a', '2026-04-20'), image('b', '2026-02-01'), image('c', '2026-04-01'), image('d', '2026-05-01'), image('e', '2026-06-01', { os: 'Other' }), image('f', '2026-01-01'), image('same', '2026-04-02', { sha256: 'c'.padEnd(64, '0') })];
  const ids = (...asked: Parameters<typeof imagesBetween>): string[] => imagesBetween(...asked).map(({ image: id }) => id);
  const refused = (...asked: Parameters<typeof imagesBetween>): unknown => {
    try {
      return imagesBetween(...asked);
    } catch (error) {
      return error;
    }
  };

  it('are those of the same system by their time, the same bits once, the ends as they are named', () => {
    expect(ids([...stored, image('g', '2026-04-15', { os: 'Other' })], 'b', 'd')).to.deep.equal(['b', 'same', 'a', 'd']);
    expect(ids(stored, 'd', 'b'), 'the good one may be the newer').to.deep.equal(['d', 'b']);
    expect(ids(stored, 'b', 'e'), 'of two systems only the ends').to.deep.equal(['b', 'e']);
  });

  it('or those that a person names, in that order', () => {
    expect(ids(stored, 'b', 'd', ['c', 'a', 'd', 'e'])).to.deep.equal(['b', 'c', 'a', 'e', 'd']);
    expect(refused(stored, 'b', 'd', ['nowhere'])).to.have.property('code', 'image-missing');
  });

  it('have to be two that are there', () => {
    expect(refused(stored, 'c', 'same')).to.have.property('code', 'same-image');
    expect(refused(stored, 'gone', 'd')).to.have.property('code', 'image-missing');
  });

  it('count from their release where it is known, else from their building; what cannot be read is none', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'hwlab-between-'));
    const before = process.env['HWLAB_CACHE'];
    process.env['HWLAB_CACHE'] = cache;
    try {
      for (const [id, releasedAt] of [['one', '2025-01-01'], ['two', undefined], ['broken', undefined]] as const) {
        mkdirSync(join(cache, 'images', id), { recursive: true });
        const manifest = JSON.stringify({ schema: 'hwlab/image-manifest/1', record: { id, os: 'School', releasedAt }, files: { disk: { name: 'x', size: 1, sha256: '1'.repeat(64) } }, packages: {}, builtAt: '2026-11-22T00:00:00Z' });
        writeFileSync(join(cache, 'images', id, 'manifest.json'), id === 'broken' ? manifest.slice(0, 40) : manifest);
      }
      expect((await datedImages()).map(({ id, time }) => `${id} ${time}`)).to.deep.equal(['one 2025-01-01', 'two 2026-11-22T00:00:00Z']);
    } finally {
      if (before === undefined) delete process.env['HWLAB_CACHE'];
      else process.env['HWLAB_CACHE'] = before;
      rmSync(cache, { recursive: true });
    }
  });
});
