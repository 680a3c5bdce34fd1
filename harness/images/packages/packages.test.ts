import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { FileTree, WalkedEntry } from '../disk/file-tree.ts';
import { compareVersions } from './debian-version.ts';
import { parseStatus, type PackageSet } from './installed-packages.ts';
import { changeText, closure, orderChanges } from './package-changes.ts';
import { fulfils, parseRelations } from './relations.ts';
import { repackPackages } from './repack.ts';
import { writeDeb } from './write-deb.ts';

/** A status file of lines like `a 1.0 | Depends: b (>= 2)`. */
function set(...lines: readonly string[]): PackageSet {
  return parseStatus(lines.map((line) => line.split(' | ')).map(([head = '', ...fields]) => [`Package: ${head.split(' ')[0]}`, 'Status: install ok installed', `Version: ${head.split(' ')[1]}`, 'Architecture: amd64', ...fields].join('\n')).join('\n\n'));
}
const names = (good: PackageSet, bad: PackageSet): string[] => orderChanges(good, bad).map((group) => group.map(({ key }) => key).join('+'));

describe('packages of Debian', () => {
  // deb-version(7) and the tests of dpkg's own lib/dpkg/t/t-version.c name these.
  const ordered: readonly (readonly [string, string])[] = [['1.0~rc1', '1.0'], ['1.0~~', '1.0~'], ['1.0', '1.0+b1'], ['1.9', '1.10'], ['0:1.0-1', '0:1.0-1.1'], ['9', '1:0'], ['1.0-1~bpo12+1', '1.0-1'], ['1.0a', '1.0.1'], ['2.36-9+deb12u9', '2.36-9+deb12u14'], ['6.1.192-2', '6.12.95-1~bpo12+1'], ['1-', '1-0a']];
  for (const [less, more] of ordered) {
    it(`${less} is before ${more}`, () => {
      expect(Math.sign(compareVersions(less, more))).to.equal(-1);
      expect(Math.sign(compareVersions(more, less))).to.equal(1);
      expect(compareVersions(less, less)).to.equal(0);
    });
  }
  it('1.0, 1.0-0, 0:1.0 and 01.0 are the same', () => {
    for (const same of ['1.0-0', '0:1.0', '01.0']) expect(compareVersions('1.0', same), same).to.equal(0);
  });

  it('reads relations with alternatives, versions, architectures and old signs', () => {
    expect(parseRelations('a (>= 1:2-3), b:any | c [amd64] <!nocheck>, d (<2)')).to.deep.equal([[{ name: 'a', operator: '>=', version: '1:2-3' }], [{ name: 'b' }, { name: 'c' }], [{ name: 'd', operator: '<=', version: '2' }]]);
    const exim = { name: 'exim', version: '4', provides: [{ name: 'mta' }, { name: 'smtp', operator: '=' as const, version: '3' }] };
    expect([{ name: 'mta' }, { name: 'mta', operator: '>=' as const, version: '1' }, { name: 'smtp', operator: '<<' as const, version: '3' }, { name: 'exim', operator: '=' as const, version: '4' }].map((wanted) => fulfils(exim, wanted))).to.deep.equal([true, false, false, true]);
  });

  it('reads what is installed, and nothing of what is not', () => {
    const status = 'Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDepends: b,\n c (>= 2)\n\nPackage: a\nStatus: install ok installed\nArchitecture: i386\nVersion: 1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: ../x\nStatus: install ok installed\nVersion: 1\n\nPackage: x\nStatus: install ok installed\nVersion: 1\nArchitecture: ../../etc/x\n\nPackage: y\nStatus: install ok installed\nVersion: 1\x1b[2J\n\nPackage: z\nStatus: install ok installed\nVersion: ../1\n';
    const found = parseStatus(status);
    expect([...found.keys()]).to.deep.equal(['a', 'a:i386']);
    expect(found.get('a')?.depends).to.deep.equal([[{ name: 'b' }], [{ name: 'c', operator: '>=', version: '2' }]]);
  });

  it('does not take a status file that would fill the memory', () => {
    const hostile = Array.from({ length: 40 }, (_, index) => `Package: p${index}\nStatus: install ok installed\nVersion: 1\nDepends: ${'a,'.repeat(40_000)}`).join('\n\n');
    expect(() => parseStatus(hostile)).to.throw(HwlabError).with.property('code', 'package-database-too-large');
    expect(parseRelations(`a (>= ${'9'.repeat(5000)})`)).to.deep.equal([[{ name: 'a' }]]);
  });

  describe('in an order in which each can be changed', () => {
    it('what a new version needs comes before it', () => {
      expect(names(set('a 1', 'b 1'), set('a 2 | Depends: b (>= 2)', 'b 2'))).to.deep.equal(['b', 'a']);
      expect(names(set('a 1'), set('a 2 | Depends: z', 'z 1'))).to.deep.equal(['z', 'a']);
      expect(names(set('a 1', 'b 1'), set('a 2 | Depends: b', 'b 2')), 'the old one does as well').to.deep.equal(['a', 'b']);
    });
    it('what needs the old one of something changes before that, and a thing is removed last', () => {
      expect(names(set('a 1 | Depends: b (<< 2)', 'b 1'), set('a 2 | Depends: b', 'b 2'))).to.deep.equal(['a', 'b']);
      expect(names(set('a 1 | Depends: old', 'old 1'), set('a 2 | Depends: new', 'new 1'))).to.deep.equal(['new', 'a', 'old']);
    });
    it('two that need each other go together', () => {
      expect(names(set('a 1 | Depends: b (= 1)', 'b 1', 'c 1'), set('a 2 | Depends: b (= 2)', 'b 2', 'c 2'))).to.deep.equal(['a+b', 'c']);
    });
    it('what a new one breaks has changed or gone before', () => {
      expect(names(set('a 1', 'b 1'), set('a 2 | Breaks: b (<< 2)', 'b 2'))).to.deep.equal(['b', 'a']);
      expect(names(set('x-mta 1 | Provides: mta'), set('a-mta 1 | Provides: mta | Conflicts: mta'))).to.deep.equal(['x-mta', 'a-mta']);
    });
    it('an alternative that stays is enough', () => {
      expect(names(set('a 1', 'b 1', 'c 1'), set('a 2 | Depends: b (>= 2) | Section: x', 'b 2', 'c 1'))).to.deep.equal(['b', 'a']);
      expect(names(set('a 1', 'c 1'), set('a 2 | Depends: zz | Section: x'.replace('zz', 'zz, c').replace('zz, c', 'c'), 'c 1', 'zz 1'))).to.deep.equal(['a', 'zz']);
    });
    it('each prefix of the order leaves every package with what it needs, whatever the sets are', () => {
      let state = 12345;
      const random = (below: number): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
      for (let round = 0; round < 150; round += 1) {
        const all = Array.from({ length: 9 }, (_, index) => `p${index}`);
        const needs = (there: readonly string[]): string[] => there.filter(() => random(5) === 0);
        const before = new Map(all.map((name) => [name, needs(all)]));
        const stay = all.filter((name) => random(5) > 0 || name === 'p0');
        const same = new Set(stay.filter((name) => random(2) && before.get(name)?.every((other) => stay.includes(other))));
        const line = (name: string, version: number, names: readonly string[]): string => `${name} ${version} | Depends: ${names.map((other) => (random(2) ? other : `${other} (>= ${version === 1 || same.has(other) ? 1 : 2})`)).join(', ')}`;
        const good = set(...all.map((name) => line(name, 1, before.get(name) ?? [])));
        // One that stays as it is can only stay where all that it needs is there.
        const bad = set(...stay.map((name) => (same.has(name) ? line(name, 1, before.get(name) ?? []) : line(name, 2, needs(stay)))));
        const groups = orderChanges(good, bad);
        expect(groups.flat().length).to.equal(new Set(groups.flat().map(({ key }) => key)).size);
        const now = new Map(good);
        for (const group of groups) {
          for (const { key, to } of group) {
            if (to) now.set(key, to);
            else now.delete(key);
          }
          for (const it of now.values()) for (const clause of it.depends) expect([...now.values()].some((other) => clause.some((wanted) => fulfils(other, wanted))), `round ${round}: ${it.key} ${it.version} after ${group.map(changeText).join(', ')}`).to.equal(true);
        }
        expect([...now.values()].map(({ key, version }) => `${key} ${version}`).sort()).to.deep.equal([...bad.values()].map(({ key, version }) => `${key} ${version}`).sort());
      }
    });
    it('a part of them is completed by what it cannot be made without', () => {
      const good = set('a 1', 'b 1', 'c 1', 'd 1');
      const bad = set('a 2 | Depends: b (>= 2)', 'b 2 | Depends: d (>= 2)', 'c 2', 'd 2');
      const groups = orderChanges(good, bad);
      const index = (key: string): number => groups.findIndex((group) => group.some((change) => change.key === key));
      expect(closure(groups, good, bad, [index('a')]).map((each) => groups[each]?.[0]?.key)).to.deep.equal(['d', 'b', 'a']);
      expect(closure(groups, good, bad, [index('c')])).to.deep.equal([index('c')]);
    });
  });

  it('makes a package again from the files of an image, which dpkg takes', async function () {
    this.timeout(20_000);
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-repack-'));
    try {
      const status = 'Package: school\nStatus: install ok installed\nArchitecture: all\nVersion: 1:2-3\nConffiles:\n /etc/school.conf 0123\nMaintainer: x <x@example.org>\nDescription: of the school\n more';
      const info: Record<string, string> = { '/var/lib/dpkg/status': status, '/var/lib/dpkg/info/school.list': '/.\n/etc\n/etc/school.conf\n/lib\n/lib/school\n/lib/school/tool\n/lib/school/link\n/usr/share/doc/school/gone\n/etc/../../escape', '/var/lib/dpkg/info/school.postinst': '#!/bin/sh\nexit 0\n', '/var/lib/dpkg/info/school.conffiles': '/etc/school.conf\n' };
      const entry = (path: string, kind: WalkedEntry['kind'], content = '', mode = 0o644): WalkedEntry => ({ path, kind, mode: kind === 'folder' ? 0o755 : kind === 'link' ? 0o777 : mode, uid: 0, gid: 0, mtime: 1_700_000_000, size: content.length, ...(kind === 'link' ? { target: 'tool' } : {}), attributes: new Map(), read: () => Buffer.from(content) });
      const tree: FileTree = {
        what: 'a tree of a test',
        list: () => [],
        sizeOf: (path) => info[path]?.length,
        read: (path) => (info[path] === undefined ? undefined : Buffer.from(info[path])),
        realPath: (path) => path,
        walk: () => [entry('etc', 'folder'), entry('etc/school.conf', 'file', 'as changed\n'), entry('lib', 'link'), entry('usr/lib/school', 'folder'), entry('usr/lib/school/tool', 'file', '#!/bin/sh\n', 0o4755), entry('usr/lib/school/link', 'link')],
      };
      const made = await repackPackages(tree, [...parseStatus(status).values()], folder, Deadline.after(10_000), () => undefined);
      const file = made.get('school') ?? '';
      expect(file).to.match(/school_1%3a2-3_all\.deb$/);
      const bytes = readFileSync(file);
      expect(bytes.subarray(0, 8).toString()).to.equal('!<arch>\n');
      const controlAt = bytes.indexOf('control.tar.gz');
      const control = gunzipSync(bytes.subarray(controlAt + 60, controlAt + 60 + Number(bytes.subarray(controlAt + 48, controlAt + 58).toString()))).toString('latin1');
      expect(control).to.contain('Package: school').and.to.contain('Version: 1:2-3').and.to.contain(' more').and.to.contain('postinst').and.not.to.contain('Status:').and.not.to.contain('0123');
      if (existsSync('/usr/bin/dpkg-deb')) {
        const listed = execFileSync('dpkg-deb', ['-c', file], { encoding: 'utf8' });
        expect(listed.split('\n').map((line) => line.replace(/\s+/g, ' ').split(' ').filter((_word, index) => index === 0 || index > 4).join(' '))).to.deep.equal(['drwxr-xr-x ./etc', '-rw-r--r-- ./etc/school.conf', 'drwxr-xr-x ./lib', 'drwxr-xr-x ./lib/school', '-rwsr-xr-x ./lib/school/tool', 'lrwxrwxrwx ./lib/school/link -> tool', '']);
        execFileSync('dpkg-deb', ['-x', file, join(folder, 'out')]);
        expect(readFileSync(join(folder, 'out/etc/school.conf'), 'utf8')).to.equal('as changed\n');
        expect(statSync(join(folder, 'out/lib/school/tool')).mode & 0o7777).to.equal(0o4755);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends the members of a package at even places, whatever their length', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-deb-'));
    try {
      for (let length = 1; length <= 8; length += 1) {
        const file = join(folder, 'a.deb');
        await writeDeb(file, [], [{ path: './a', type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, size: length, read: () => Buffer.from('abcdefgh'.slice(0, length)) }], Deadline.after(10_000));
        expect(statSync(file).size % 2, `${length} bytes`).to.equal(0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('makes a package again with what another one moved aside, and with two names of one file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-repack-'));
    try {
      const info: Record<string, string> = { '/var/lib/dpkg/info/school.list': '/usr/bin/tool\n/usr/bin/twin\n/usr/bin/moved\n', '/var/lib/dpkg/diversions': '/usr/bin/moved\n/usr/bin/moved.distrib\nother\n/usr/bin/tool\n/usr/bin/tool.real\nschool\n' };
      const entry = (path: string, content: string, sameAs?: string): WalkedEntry => ({ path, kind: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, size: content.length, ...(sameAs === undefined ? {} : { sameAs }), attributes: new Map(), read: () => Buffer.from(content) });
      const tree: FileTree = { what: 'a tree of a test', list: () => [], sizeOf: () => undefined, read: (path) => (info[path] === undefined ? undefined : Buffer.from(info[path])), realPath: (path) => path, walk: () => [entry('usr/bin/moved', 'of the other'), entry('usr/bin/moved.distrib', 'its own'), entry('usr/bin/tool', 'tool'), entry('usr/bin/twin', 'tool', 'usr/bin/tool')] };
      const made = await repackPackages(tree, [...set('school 1').values()], folder, Deadline.after(10_000), () => undefined);
      const bytes = readFileSync(made.get('school') ?? '');
      const dataAt = bytes.indexOf('data.tar.gz');
      const data = gunzipSync(bytes.subarray(dataAt + 60, dataAt + 60 + Number(bytes.subarray(dataAt + 48, dataAt + 58).toString())));
      const members: Record<string, string> = {};
      for (let at = 0; data[at] !== 0; ) {
        const text = (from: number, length: number): string => data.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
        const size = Number.parseInt(text(124, 12), 8);
        members[text(0, 100)] = text(156, 1) === '1' ? `as ${text(157, 100)}` : data.toString('latin1', at + 512, at + 512 + size);
        at += 512 + Math.ceil(size / 512) * 512;
      }
      expect(members).to.deep.equal({ './usr/bin/tool': 'tool', './usr/bin/twin': 'as ./usr/bin/tool', './usr/bin/moved': 'its own' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  describe('made again from an image that means harm', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-repack-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    const make = async (name: string, version: string, size: number, into = folder): Promise<unknown> => {
      const packages = [...set(`${name} ${version}`).values()];
      const list: WalkedEntry = { path: 'usr/a', kind: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, size, attributes: new Map(), read: () => Buffer.alloc(size) };
      const tree: FileTree = { what: 'a tree of a test', list: () => [], sizeOf: () => undefined, read: (path) => (path.endsWith(`${name}.list`) ? Buffer.from('/usr/a\n') : undefined), realPath: (path) => path, walk: () => [list] };
      return await repackPackages(tree, packages, into, Deadline.after(10_000), () => undefined).catch((error: unknown) => error);
    };

    it('a name as long as can be becomes a file', async () => {
      const made = await make('a'.repeat(101), `1:${'9:'.repeat(55)}1`, 1);
      expect(made).to.be.instanceOf(Map);
      expect(readdirSync(folder)).to.have.length(1);
    });
    it('a file that calls itself a terabyte is refused, and nothing is left', async () => {
      expect(await make('a', '1', 1024 ** 4)).to.include({ code: 'package-not-repacked', blame: 'usage' });
      expect(readdirSync(folder)).to.deep.equal([]);
    });
    it('a disk that takes nothing is said as such', async () => {
      expect(await make('a', '1', 1, join(folder, 'gone'))).to.include({ code: 'write-failed', blame: 'lab' });
    });
  });
});
