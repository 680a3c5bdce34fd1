import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { fetchImage } from './fetch-image.ts';
import { imagesFolder, readManifest } from './image-store.ts';
import { openImage } from './open-image.ts';
import type { ImageManifest } from './stored-image.ts';

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('an image from where images are shared', () => {
  const before = process.env['HWLAB_CACHE'];
  let folder: string;
  let store: string;
  let server: Server | undefined;
  const disk = Buffer.alloc(64 * 512, 1);
  disk.fill(0, 446, 510);
  disk.writeUInt16LE(0xaa55, 510);
  const kernel = Buffer.from('a kernel');
  const wanted = { id: 'school-7', sha256: hash(disk) };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-fetch-'));
    process.env['HWLAB_CACHE'] = join(folder, 'cache');
    store = join(folder, 'shared');
    mkdirSync(join(store, 'school-7'), { recursive: true });
    writeFileSync(join(store, 'school-7/image-1.raw'), disk);
    writeFileSync(join(store, 'school-7/vmlinuz-1'), kernel);
    put(manifest());
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    if (before === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = before;
    rmSync(folder, { recursive: true });
  });

  function manifest(): ImageManifest {
    return {
      schema: 'hwlab/image-manifest/1',
      record: { schema: 'hwlab/image/1', id: 'school-7', os: 'School', version: '7', format: 'raw', recipe: 'school-7', boot: 'direct-kernel', login: { username: 'root' } },
      files: { disk: { name: 'image-1.raw', size: disk.length, sha256: hash(disk) }, kernel: { name: 'vmlinuz-1', size: kernel.length, sha256: hash(kernel) } },
      packages: { cups: '2.4' },
      builtAt: '2026-11-22T00:00:00Z',
    };
  }
  function put(value: unknown): void {
    writeFileSync(join(store, 'school-7/manifest.json'), JSON.stringify(value));
  }
  const get = async (from = store, what = wanted): Promise<string | undefined> => fetchImage(what, from, Deadline.after(10_000), () => undefined);
  const refusal = async (from = store): Promise<string> =>
    get(from).then(
      () => 'taken',
      (error: unknown) => String((error as Error).message),
    );
  const left = (): readonly string[] => (existsSync(imagesFolder()) ? readdirSync(imagesFolder()) : []).filter((name) => name.startsWith('.draft'));

  it('comes whole from a folder, with kernel and packages, and can be used', async () => {
    expect(await get()).to.equal('school-7');
    const image = await openImage('school-7', Deadline.after(5000));
    expect([image.sha256, image.manifest.packages, readFileSync(image.kernel ?? '', 'utf8')]).to.deep.equal([hash(disk), { cups: '2.4' }, 'a kernel']);
    expect([image.record.recipe, image.record.sha256]).to.deep.equal([undefined, hash(disk)]);
    expect(left()).to.deep.equal([]);
  });

  it('comes over http, and one that is not there is not an error', async () => {
    server = createServer((request, response) => {
      const stream = createReadStream(join(store, new URL(request.url ?? '/', 'http://x').pathname));
      stream.on('error', () => response.writeHead(404).end());
      stream.pipe(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await get(at)).to.equal('school-7');
    expect(await get(at, { ...wanted, id: 'school-8' })).to.equal(undefined);
  });

  it('is looked for in the store only, whatever name a bundle gives it', async () => {
    mkdirSync(join(folder, 'outside'), { recursive: true });
    writeFileSync(join(folder, 'outside/manifest.json'), 'not JSON');
    expect(await get(join(folder, 'store-of-a-test'), { ...wanted, id: '../outside' })).to.equal(undefined);
    expect(await get(folder, { ...wanted, id: './outside' })).to.equal(undefined);
  });

  it('is not followed to another address, which may be any machine of the network', async () => {
    let followed = 0;
    server = createServer((request, response) => {
      if (request.url?.startsWith('/elsewhere')) followed += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const error: unknown = await get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'image-store-unreachable', blame: 'lab' });
    expect(followed).to.equal(0);
  });

  it('has a name of its own where another image has that name', async () => {
    await get();
    const other = Buffer.from(disk);
    other[0] = 9;
    writeFileSync(join(store, 'school-7/image-1.raw'), other);
    put({ ...manifest(), files: { disk: { name: 'image-1.raw', size: other.length, sha256: hash(other) } } });
    expect(await get(store, { id: 'school-7', sha256: hash(other) })).to.equal(`school-7-${hash(other).slice(0, 8)}`);
    expect((await readManifest('school-7'))?.files.disk.sha256).to.equal(hash(disk));
  });

  it('is not taken when the one of that name is another one', async () => {
    expect(await get(store, { id: 'school-7', sha256: '0'.repeat(64) })).to.equal(undefined);
  });

  for (const [what, damage, says] of [
    ['cut', () => writeFileSync(join(store, 'school-7/image-1.raw'), disk.subarray(1)), /it was cut: 32767 of 32768 bytes/],
    ['longer than it says', () => writeFileSync(join(store, 'school-7/image-1.raw'), Buffer.concat([disk, disk])), /more than 32768 bytes/],
    ['edited', () => writeFileSync(join(store, 'school-7/vmlinuz-1'), 'b kernel'), /not those of its manifest/],
    ['without its kernel', () => rmSync(join(store, 'school-7/vmlinuz-1')), /is not there/],
    ['one that names a file elsewhere', () => put({ ...manifest(), files: { disk: { name: '../../etc/shadow', size: 1, sha256: hash(disk) } } }), /manifest is damaged/],
    ['of a size that is none', () => put({ ...manifest(), files: { disk: { name: 'image-1.raw', size: -1, sha256: hash(disk) } } }), /manifest is damaged/],
    ['of another kind', () => put({ schema: 'hwlab/image-manifest/2' }), /manifest is damaged/],
    ['no JSON', () => writeFileSync(join(store, 'school-7/manifest.json'), '{'), /no JSON/],
    ['a manifest without an end', () => writeFileSync(join(store, 'school-7/manifest.json'), Buffer.alloc(5 * 1024 ** 2, 32)), /too large/],
  ] as const) {
    it(`is refused and leaves nothing: ${what}`, async () => {
      damage();
      expect(await refusal()).to.match(says);
      expect(await readManifest('school-7')).to.equal(undefined);
      expect(left()).to.deep.equal([]);
    });
  }

  it('is refused when its disk names another file, though its hash is right', async () => {
    const hostile = Buffer.alloc(4096);
    hostile.write('QFI\xfb', 0, 'latin1');
    hostile.writeUInt32BE(3, 4);
    hostile.writeBigUInt64BE(1024n, 8);
    writeFileSync(join(store, 'school-7/image-1.raw'), hostile);
    put({ ...manifest(), files: { disk: { name: 'image-1.raw', size: hostile.length, sha256: hash(hostile) } } });
    const error = await get(store, { id: 'school-7', sha256: hash(hostile) }).catch((cause: unknown) => String((cause as Error).message));
    expect(error).to.contain('backing file');
    expect(left()).to.deep.equal([]);
  });

  it("an address that does not answer is the lab's fault, and is named", async () => {
    expect(await refusal('http://127.0.0.1:1')).to.match(/127\.0\.0\.1:1\/school-7\/manifest\.json cannot be read/);
  });
});
