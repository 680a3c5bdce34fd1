import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { HwlabError } from '../../base/hwlab-error.ts';
import { exampleResult, exampleTest } from '../../db/example-result.ts';
import type { Bundle } from '../../db/generated/bundle.ts';
import type { MachineProfile } from '../../machines/machine.ts';
import { Catalogue, loadCatalogue } from '../../run/catalogue.ts';
import { makeCell } from '../../run/plan.ts';
import { parseOverrides } from '../overrides.ts';
import { cellAgain } from '../plan-repro.ts';
import { catalogueWith } from './bundle-cell.ts';
import { bundledCassette } from './bundled-cassette.ts';
import { bundleLimits } from './bundle-limits.ts';
import { openBundle } from './open-bundle.ts';
import { writeBundle, type WrittenBundle } from './write-bundle.ts';

const machine: MachineProfile = { id: 'vm-basic', name: 'Basic', kind: 'vm', cpus: 2, memory: 1024, firmware: 'direct-kernel', display: 'none', usb: { controller: 'qemu-xhci', ports: 4 } };

/** One file of a tar archive (POSIX ustar), whatever its name. */
function tarFile(path: string, content: Uint8Array, type = '0', link = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

const tarEnd = Buffer.alloc(1024);

describe('a bundle', function () {
  this.timeout(20_000);
  let folder: string;
  let good: string;
  let bundle: Bundle;
  let make: (file: string) => Promise<WrittenBundle>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-bundle-test-'));
    const night = join(folder, 'night');
    await mkdir(join(night, 'cells/001'), { recursive: true });
    await writeFile(join(night, 'cells/001/console.log'), 'booted\n');
    const catalogue = await loadCatalogue(['debian-12']);
    const cell = makeCell({ image: 'debian-12', machine: 'vm-basic', model: 'arduino-uno-r3', suite: 'robotics' }, 1, catalogue);
    const base = exampleResult();
    const result = exampleResult({
      outcome: 'FAIL',
      tests: [exampleTest('printing.raw', 'FAIL')],
      cell: cell.id,
      environment: { ...base.environment, modelSha256: cell.modelSha256, suiteRevision: cell.suiteRevision },
      artefacts: [{ name: 'console', path: 'cells/001/console.log', mediaType: 'text/plain' }, { name: 'gone', path: 'cells/001/gone.txt', mediaType: 'text/plain' }, { name: 'bad', path: '../../etc/passwd', mediaType: 'text/plain' }],
    });
    good = join(folder, 'good.hwlab.tgz');
    make = async (file) => await writeBundle(file, { result, cell, machine, image: undefined, nightFolder: night, harness: 'hwlab test', now: new Date('2026-11-22T12:00:00Z') });
    const written = await make(good);
    expect(written.missing).to.deep.equal(['../../etc/passwd', 'cells/001/gone.txt']);
    ({ bundle } = await openBundle(good, await fresh()));
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  async function fresh(): Promise<string> {
    return await mkdtemp(join(folder, 'out-'));
  }

  /** The files of the good one as they stand in it, each to be changed, left out or followed by others. */
  function pieces(): { path: string; content: Buffer }[] {
    const tar = gunzipSync(readFileSync(good));
    const found: { path: string; content: Buffer }[] = [];
    for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
      const path = tar.toString('latin1', at, at + 100).replace(/\0.*$/, '');
      const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
      found.push({ path, content: tar.subarray(at + 512, at + 512 + size) });
      at += 512 + Math.ceil(size / 512) * 512;
    }
    return found;
  }

  async function written(parts: readonly Buffer[]): Promise<string> {
    const file = join(await fresh(), 'bundle.hwlab.tgz');
    await writeFile(file, gzipSync(Buffer.concat([...parts, tarEnd])));
    return file;
  }

  async function refusal(file: string): Promise<string> {
    const out = await fresh();
    const thrown = await openBundle(file, out).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown, 'it was taken').to.be.instanceOf(HwlabError);
    expect(thrown).to.include({ code: 'bundle-refused', blame: 'usage' });
    for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) expect(entry.isSymbolicLink(), entry.name).to.equal(false);
    return (thrown as HwlabError).message;
  }

  const manifestOf = (changed: unknown): Buffer => tarFile('bundle.json', Buffer.from(JSON.stringify(changed)));
  const rest = (): Buffer[] => pieces().slice(1).map(({ path, content }) => tarFile(path, content));

  it('comes out as it went in, with suite sources, what they import, and artefacts', async () => {
    const out = await fresh();
    const opened = await openBundle(good, out);
    expect(opened.bundle.result.cell.model).to.equal('arduino-uno-r3');
    expect(Object.keys(bundle.files).filter((path) => path.startsWith('suites/')).length).to.be.above(bundle.suite.files.length);
    expect(await readFile(join(out, 'artefacts/cells/001/console.log'), 'utf8')).to.equal('booted\n');
    for (const file of bundle.suite.files) expect(existsSync(join(out, file)), file).to.equal(true);
  });

  it('gives a checkout that lacks its model the same cell; its suite is run only where a person trusts it', async () => {
    const known = await loadCatalogue(['debian-12']);
    const without = new Catalogue({ models: new Map(), suites: known.suites, machines: known.machines, machineHashes: known.machineHashes, images: known.images, plans: known.plans });
    const opened = await openBundle(good, await fresh());
    const own = await cellAgain(bundle.result, parseOverrides([]), undefined, await catalogueWith(opened, without, false), true);
    expect(own.id).to.deep.equal(bundle.result.cell);
    expect(own.model).to.deep.equal(bundle.model);
    expect(own.suiteFiles[0]).to.not.contain(opened.folder);
    const trusted = await cellAgain(bundle.result, parseOverrides([]), undefined, await catalogueWith(opened, without, true), true);
    expect(trusted.suiteFiles).to.deep.equal(bundle.suite.files.map((file) => join(opened.folder, file)));
    expect(existsSync(join(opened.folder, 'harness/index.ts'))).to.equal(true);
  });

  it('has the cassette of its result, where that was recorded, and says so where not', async () => {
    const opened = await openBundle(good, await fresh());
    expect(() => bundledCassette(opened, 'good.tgz')).to.throw('has no cassette to play');
    const recorded = { ...opened, bundle: { ...opened.bundle, result: { ...opened.bundle.result, artefacts: [{ name: 'cassette', path: 'cells/001/console.log', mediaType: 'application/gzip' }] } } };
    expect(bundledCassette(recorded, 'good.tgz')).to.equal(join(opened.folder, 'artefacts/cells/001/console.log'));
    const elsewhere = { ...opened, bundle: { ...opened.bundle, result: { ...opened.bundle.result, artefacts: [{ name: 'cassette', path: '../../../etc/passwd', mediaType: 'application/gzip' }] } } };
    expect(() => bundledCassette(elsewhere, 'good.tgz')).to.throw('has no cassette to play');
  });

  it('is the same bytes for the same result at the same moment', async () => {
    const again = join(folder, 'again.hwlab.tgz');
    await make(again);
    expect(readFileSync(again).equals(readFileSync(good))).to.equal(true);
  });

  it('is refused when it was cut, anywhere', async () => {
    const whole = readFileSync(good);
    for (const part of [0, 1, 5, 40, 0.1, 0.5, 0.9, 0.99]) {
      const length = part >= 1 ? part : Math.floor(whole.length * part);
      const file = join(await fresh(), 'cut.tgz');
      await writeFile(file, whole.subarray(0, length));
      expect(await refusal(file), String(part)).to.match(/cut|damaged|does not begin with/);
    }
    const tarCut = pieces().slice(0, -1);
    expect(await refusal(await written(tarCut.map(({ path, content }) => tarFile(path, content))))).to.contain('is missing');
  });

  it('is refused when a file in it was edited, added, doubled, or grew', async () => {
    const edited = pieces().map(({ path, content }, index) => tarFile(path, index === 1 ? Buffer.from(content.map((byte, at) => (at === 0 ? byte ^ 1 : byte))) : content));
    expect(await refusal(await written(edited))).to.contain('edited').and.to.contain('is not what');
    expect(await refusal(await written([...pieces().map(({ path, content }) => tarFile(path, content)), tarFile('suites/more.ts', Buffer.from('x'))]))).to.contain('does not name');
    const [, second] = pieces();
    expect(await refusal(await written([...pieces().map(({ path, content }) => tarFile(path, content)), tarFile(second?.path ?? '', second?.content ?? Buffer.alloc(0))]))).to.contain('twice');
    const grown = pieces().map(({ path, content }, index) => tarFile(path, index === 1 ? Buffer.concat([content, Buffer.from('x')]) : content));
    expect(await refusal(await written(grown))).to.contain('bytes instead of');
  });

  it('is refused when it is of a newer version, or does not keep the schema, or contradicts itself', async () => {
    expect(await refusal(await written([manifestOf({ ...bundle, schema: 'hwlab/bundle/2' }), ...rest()]))).to.contain('of version 2');
    expect(await refusal(await written([manifestOf({ ...bundle, image: 7 }), ...rest()]))).to.contain('at /image');
    expect(await refusal(await written([tarFile('bundle.json', Buffer.from('{')), ...rest()]))).to.contain('no JSON');
    expect(await refusal(await written([manifestOf({ ...bundle, image: { ...bundle.image, sha256: '0'.repeat(64) } }), ...rest()]))).to.contain('not that of its result');
    expect(await refusal(await written([manifestOf({ ...bundle, model: { ...bundle.model, emulator: 'rm -rf' } }), ...rest()]))).to.contain('its model');
    expect(await refusal(await written([manifestOf({ ...bundle, suite: { ...bundle.suite, files: ['suites/../../x.ts'] } }), ...rest()]))).to.contain('edited');
    expect(await refusal(await written(rest()))).to.contain('does not begin with');
  });

  for (const path of ['/etc/passwd', '../escape', 'suites/../../escape', 'suites//x', 'suites/./x', 'artefacts/a\\..\\b', 'home/x', `suites/${'a'.repeat(90)}`]) {
    it(`is refused with the path ${path.slice(0, 40)}`, async () => {
      const content = Buffer.from('x');
      const named = { ...bundle, files: { ...bundle.files, ...(path.length > 80 ? {} : { [path]: { size: 1, sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' } }) } };
      await refusal(await written([manifestOf(named), ...rest(), tarFile(path, content)]));
      expect(existsSync(join(folder, 'escape'))).to.equal(false);
    });
  }

  for (const [name, type] of [['a symbolic link', '2'], ['a hard link', '1'], ['a device', '3'], ['a pipe', '6'], ['a folder', '5']] as const) {
    it(`is refused with ${name} in it`, async () => {
      expect(await refusal(await written([manifestOf(bundle), tarFile('suites/link', Buffer.alloc(0), type, '/etc/passwd'), ...rest()]))).to.be.a('string');
    });
  }

  it('is refused before it fills the disk: a bomb that says so, and one that lies', async () => {
    const huge = { ...bundle, files: { ...bundle.files, 'artefacts/huge': { size: bundleLimits.bytes + 1, sha256: '0'.repeat(64) } } };
    expect(await refusal(await written([manifestOf(huge)]))).to.contain('unpacks to more than');
    const claim = tarFile('bundle.json', Buffer.alloc(0));
    claim.write(`${(bundleLimits.manifestBytes + 1).toString(8).padStart(11, '0')}\0`, 124);
    claim.write('        ', 148);
    claim.write(`${claim.subarray(0, 512).reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
    expect(await refusal(await written([claim]))).to.contain('too large');
    // Zeros in zeros: more than a thousand bytes for each.
    const zeros = join(await fresh(), 'zeros.tgz');
    await writeFile(zeros, gzipSync(Buffer.concat([tarFile('bundle.json', Buffer.alloc(8 * 2 ** 20, 32)), Buffer.alloc(64 * 2 ** 20)])));
    await refusal(zeros);
  });
});
