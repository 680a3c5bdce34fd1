import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { seedArchive } from './seed-archive.ts';

describe('what is laid over a live system', () => {
  it('has keys that nobody else may read or replace, and no disks to mount', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-seed-'));
    try {
      for (const name of ['host', 'login.pub']) writeFileSync(join(folder, name), `${name}\n`);
      const archive = seedArchive({ mac: '52:54:00:77:00:02', hostKeyFile: join(folder, 'host'), authorizedKeyFile: join(folder, 'login.pub') });
      const listed = execFileSync('tar', ['-tv', '--numeric-owner', '-f', '-'], { input: archive, encoding: 'utf8' }).trim().split('\n').map((line) => line.replace(/^(\S+) (\S+) .* (\S+)$/, '$1 $2 $3'));
      expect(listed).to.deep.equal([
        '-rw-r--r-- 0/0 etc/fstab',
        '-rw-r--r-- 0/0 etc/systemd/network/05-hwlab-netboot.network',
        '-rw------- 0/0 etc/ssh/ssh_host_ed25519_key',
        'drwx------ 0/0 root/.ssh/',
        '-rw------- 0/0 root/.ssh/authorized_keys',
      ]);
      expect(execFileSync('tar', ['-xO', '-f', '-', 'root/.ssh/authorized_keys', 'etc/fstab'], { input: archive, encoding: 'utf8' })).to.equal('overlay / overlay rw 0 0\nlogin.pub\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has no keys where the system lets in by its own password', () => {
    expect(execFileSync('tar', ['-t', '-f', '-'], { input: seedArchive({ mac: '52:54:00:77:00:02' }), encoding: 'utf8' })).to.not.match(/ssh/);
  });
});
