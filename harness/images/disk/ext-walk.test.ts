import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileSource } from './byte-source.ts';
import { ExtTree } from './ext-tree.ts';

/** An ordinary user's path may lack where e2fsprogs is. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

describe('a walk through an ext4 file system', () => {
  it('gives owners, modes, times, hard links, links and attributes as the file system has them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-walk-'));
    try {
      const tree = join(folder, 'tree');
      mkdirSync(join(tree, 'etc'), { recursive: true });
      writeFileSync(join(tree, 'etc/a'), 'content');
      linkSync(join(tree, 'etc/a'), join(tree, 'etc/b'));
      symlinkSync('/etc/a', join(tree, 'link'));
      writeFileSync(join(tree, 'ping'), 'x');
      chmodSync(join(tree, 'ping'), 0o4755);
      const disk = join(folder, 'disk');
      execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, disk, '4M'], { env });
      writeFileSync(join(folder, 'value'), Buffer.from([1, 0, 0, 2]));
      const requests = [`ea_set -f ${join(folder, 'value')} /ping security.capability`, 'ea_set /ping user.long ' + 'v'.repeat(300), 'sif /ping uid 100000', 'sif /ping gid 5', 'sif /ping mtime @1700000000'];
      writeFileSync(join(folder, 'requests'), `${requests.join('\n')}\n`);
      execFileSync('debugfs', ['-w', '-f', join(folder, 'requests'), disk], { stdio: 'pipe', env });
      using source = new FileSource(disk);
      const seen = new Map([...new ExtTree(source, 'the whole disk').walk()].map((entry) => [entry.path, entry]));
      expect([...seen.keys()].sort()).to.deep.equal(['', 'etc', 'etc/a', 'etc/b', 'link', 'lost+found', 'ping']);
      expect(seen.get('etc/a')).to.include({ kind: 'file', size: 7 }).and.not.have.property('sameAs');
      expect(seen.get('etc/a')?.read().toString()).to.equal('content');
      expect(seen.get('etc/b')).to.include({ kind: 'file', sameAs: 'etc/a' });
      expect(seen.get('link')).to.include({ kind: 'link', target: '/etc/a' });
      const ping = seen.get('ping');
      expect(ping).to.include({ kind: 'file', mode: 0o4755, uid: 100_000, gid: 5, mtime: 1_700_000_000 });
      expect([...(ping?.attributes ?? [])].map(([name, value]) => [name, value.length])).to.deep.include.members([['security.capability', 4], ['user.long', 300]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
