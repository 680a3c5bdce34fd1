import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cpioArchive } from './cpio.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

describe('the archives of a netboot', () => {
  const long = `./${'folder/'.repeat(20)}file`;
  const own = { uid: 0, gid: 0, mtime: 1_700_000_000 };

  it('are read by tar: long names, links, owners, attributes', () => {
    const content = Buffer.from('hello');
    const archive = Buffer.concat([
      tarHeader({ ...own, path: long, type: 'file', mode: 0o4755, uid: 1000, gid: 5, size: content.length, attributes: new Map([['security.capability', Buffer.from([1, 0, 10, 0x3d])]]) }),
      content,
      tarPadding(content.length),
      tarHeader({ ...own, path: './link', type: 'link', mode: 0o777, size: 0, target: 'file' }),
      tarEnd,
    ]);
    const listed = execFileSync('tar', ['tvf', '-', '--numeric-owner'], { input: archive, encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
    expect(listed).to.match(new RegExp(`^-rwsr-xr-x 1000/5 +5 2023-11-14 22:13 ${long.replaceAll('.', '\\.')}\nl.* \\./link -> file\n$`));
    expect(archive.includes('SCHILY.xattr.security.capability=\x01\0\n=\n')).to.equal(true);
    expect(execFileSync('tar', ['xOf', '-', long], { input: archive, encoding: 'utf8' })).to.equal('hello');
  });

  it('are unpacked by the kernel as cpio archives: fixed header, names and contents padded to four bytes', () => {
    const archive = cpioArchive([{ path: 'dev/console', type: 'character-device', mode: 0o600, device: { major: 5, minor: 1 } }, { path: 'init', type: 'file', mode: 0o755, content: Buffer.from('#!/bin/sh\n') }]);
    const first = archive.subarray(0, 110).toString();
    expect(first).to.match(/^070701[0-9a-f]{104}$/);
    expect(first.slice(14, 22)).to.equal('00002180');
    expect(first.slice(78, 94)).to.equal('0000000500000001');
    expect(archive.toString('latin1')).to.match(/init\0{1,4}#!\/bin\/sh\n/).and.to.include('TRAILER!!!');
    const second = archive.indexOf('070701', 1);
    expect(second % 4).to.equal(0);
  });

  it('of the first root is a script that busybox would read', function () {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-init-'));
    try {
      writeFileSync(join(folder, 'init'), readFileSync(join(import.meta.dirname, 'init.sh')));
      execFileSync('sh', ['-n', join(folder, 'init')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of the first root finds the disks of the machine itself', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-disks-'));
    try {
      const disk = (name: string, where = 'pci0/ata1', removable = 0, size = 100): void => {
        const there = join(folder, 'devices', where, name);
        mkdirSync(there, { recursive: true });
        writeFileSync(join(there, 'removable'), `${removable}\n`);
        writeFileSync(join(there, 'size'), `${size}\n`);
        mkdirSync(join(folder, 'block'), { recursive: true });
        symlinkSync(there, join(folder, 'block', name));
      };
      const own = ['mmcblk0', 'nvme0n1', 'sda', 'vda'];
      for (const name of own) disk(name);
      for (const name of ['mmcblk0boot0', 'mmcblk0boot1', 'mmcblk0rpmb', 'nvme0c0n1', 'loop0', 'zram0', 'sr0', 'dm-0']) disk(name);
      disk('sdb', 'pci0/usb1/1-1');
      disk('sdc', 'pci0/ata2', 1);
      disk('sdd', 'pci0/ata3', 0, 0);
      const text = readFileSync(join(import.meta.dirname, 'init.sh'), 'utf8');
      const found = /^internal_disks\(\) \{$.*?^\}$/ms.exec(text)?.[0] ?? '';
      expect(execFileSync('sh', ['-c', `${found}\ninternal_disks "$1"`, 'sh', join(folder, 'block')], { encoding: 'utf8' }).trim().split('\n')).to.deep.equal(own.map((name) => `/dev/${name}`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
