import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { addImage, type AddOptions } from './add-image.ts';
import { listImageIds } from './catalogue.ts';
import { imageFolder, imagesFolder, readManifest } from './image-store.ts';
import { listImages } from './list-images.ts';
import { openImage } from './open-image.ts';
import { removeImage } from './remove-image.ts';

describe('the image store', () => {
  const before = process.env['HWLAB_CACHE'];
  let folder = '';
  let file = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-store-'));
    process.env['HWLAB_CACHE'] = join(folder, 'cache');
    file = join(folder, 'disk.img');
    const disk = Buffer.alloc(64 * 512, 1);
    disk.fill(0, 446, 510);
    disk.writeUInt16LE(0xaa55, 510);
    writeFileSync(file, disk);
  });
  afterEach(() => {
    if (before === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = before;
    rmSync(folder, { recursive: true });
  });

  const add = (change: Partial<AddOptions> = {}) => addImage({ file, id: 'school', login: 'root:secret', os: 'School', version: '4', deadline: Deadline.after(5000), progress: () => undefined, ...change });
  const open = (options = {}) => openImage('school', Deadline.after(5000), options);
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => (error as { code?: unknown }).code);

  it('keeps a copy with its hash, readable by its owner alone where it holds a password', async () => {
    const manifest = await add();
    expect(await listImageIds()).to.include('school');
    const image = await open();
    expect(image).to.deep.include({ id: 'school', sha256: manifest.files.disk.sha256, disk: join(imageFolder('school'), `image-${manifest.files.disk.sha256.slice(0, 16)}.raw`) });
    expect(image.record).to.deep.include({ os: 'School', version: '4', boot: 'bios', seed: 'none', login: { username: 'root', password: 'secret' } });
    expect(statSync(join(imageFolder('school'), 'manifest.json')).mode & 0o077).to.equal(0);
    expect(statSync(image.disk).mode & 0o222).to.equal(0);
  });

  it('finds a changed disk by its times, and one whose times were set back by hashing', async () => {
    await add();
    const { disk } = await open();
    const { atime, mtime } = statSync(disk);
    rmSync(disk);
    writeFileSync(disk, Buffer.alloc(64 * 512, 2));
    expect(await codeOf(open())).to.equal('image-corrupt');
    utimesSync(disk, atime, mtime);
    expect(await codeOf(open({ verify: true }))).to.equal('image-corrupt');
    expect(await codeOf(open())).to.equal('image-corrupt');
  });

  it('refuses a disk that was cut or is gone', async () => {
    await add();
    const { disk } = await open();
    rmSync(disk);
    writeFileSync(disk, 'short');
    expect(await codeOf(open())).to.equal('image-corrupt');
    rmSync(disk);
    expect(await codeOf(open())).to.equal('image-corrupt');
  });

  it('says that a manifest is damaged, lists the others, and can still remove it', async () => {
    await add();
    await add({ id: 'other' });
    writeFileSync(join(imageFolder('school'), 'manifest.json'), '{"schema":');
    expect(await codeOf(open())).to.equal('image-corrupt');
    const states = Object.fromEntries((await listImages()).map((image) => [image.id, image.state]));
    expect(states).to.include({ school: 'damaged', other: 'ready' });
    await removeImage('school', Deadline.after(5000));
    expect(await readManifest('school')).to.equal(undefined);
  });

  it('takes neither a name twice nor one of a recipe', async () => {
    await add();
    expect(await codeOf(add())).to.equal('image-exists');
    expect(await codeOf(add({ id: 'debian-12', replace: true }))).to.equal('image-exists');
    await add({ replace: true, login: 'root:other' });
    expect((await open()).record.login.password).to.equal('other');
  });

  it('keeps the disk that a running night has open when the image is replaced, once', async () => {
    await add();
    const first = (await open()).disk;
    const replaceBy = async (byte: number): Promise<string> => {
      writeFileSync(file, readFileSync(file).fill(byte, 0, 100));
      await add({ replace: true });
      return (await open()).disk;
    };
    const second = await replaceBy(2);
    expect([existsSync(first), existsSync(second)]).to.deep.equal([true, true]);
    const third = await replaceBy(3);
    expect([existsSync(first), existsSync(second), existsSync(third)]).to.deep.equal([false, true, true]);
  });

  it('refuses a name that is a path, a wrong hash, and a login that is none', async () => {
    expect(await codeOf(add({ id: '../../escape' }))).to.equal('data-invalid');
    expect(await codeOf(add({ sha256: '0'.repeat(64) }))).to.equal('image-refused');
    expect(await codeOf(add({ login: 'root' }))).to.equal('login-invalid');
    expect(await codeOf(add({ login: 'root; reboot:x' }))).to.equal('data-invalid');
    expect(await codeOf(add({ file: join(folder, 'nowhere') }))).to.equal('image-refused');
    expect(await codeOf(add({ login: 'root', key: file }))).to.equal('login-invalid');
    expect(readdirSync(imagesFolder()).filter((name) => name !== 'build.lock')).to.deep.equal([]);
  });

  it('takes a private key without a passphrase', async () => {
    mkdirSync(join(folder, 'keys'));
    const key = join(folder, 'keys/id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    expect((await add({ login: 'lab', key })).record.login).to.deep.equal({ username: 'lab', privateKeyFile: key });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'geheim', '-f', `${key}2`]);
    expect(await codeOf(add({ id: 'locked', login: 'lab', key: `${key}2` }))).to.equal('login-invalid');
  });

  it('names near matches of an unknown image', async () => {
    const error: unknown = await openImage('debain-12', Deadline.after(5000)).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'unknown-image', blame: 'usage' });
    expect((error as Error).message).to.match(/did you mean .*"debian-12"/);
  });
});
