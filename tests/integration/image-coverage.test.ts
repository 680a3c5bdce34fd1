import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Deadline } from '../../harness/base/deadline.ts';
import { HwlabError } from '../../harness/base/hwlab-error.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { makeSystemTree, type SystemTreeOptions } from './image-coverage/make-system-tree.ts';
import { openSystem } from '../../harness/images/disk/open-system.ts';
import { readCoverage } from '../../harness/images/coverage/read-coverage.ts';
import { findProgram } from '../../harness/setup/host-requirements.ts';

const partitionStart = 1024 * 1024;

describe('hwlab image coverage and diff on disks made here', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-coverage-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (program: string, ...args: readonly string[]): void => void execFileSync(findProgram(program) ?? program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  async function hwlab(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly out: string; readonly err: string }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [join(projectRoot, 'harness/cli/main.ts'), ...args], { reject: false, env: { HWLAB_CACHE: join(folder, 'cache') } });
    return { code: exitCode, out: stdout, err: stderr };
  }

  /** A file system of 16 MiB made from a tree, by the host's mke2fs and without root. */
  function fileSystem(name: string, options: SystemTreeOptions = {}, ...flags: readonly string[]): string {
    const tree = join(folder, `${name}.tree`);
    makeSystemTree(tree, options);
    const disk = join(folder, `${name}.fs`);
    run('mke2fs', '-q', '-F', ...(flags.length > 0 ? flags : ['-t', 'ext4']), '-d', tree, disk, '16M');
    return disk;
  }
  function withTable(fs: string, label: 'gpt' | 'dos'): string {
    const disk = fs.replace(/\.fs$/, `.${label}.raw`);
    writeFileSync(disk, '');
    truncateSync(disk, partitionStart * 2 + statSync(fs).size);
    execFileSync(findProgram('sfdisk') ?? 'sfdisk', ['-q', disk], { input: `label: ${label}\nstart=${partitionStart / 512}, size=${statSync(fs).size / 512}, type=L\n` });
    const file = openSync(disk, 'r+');
    writeSync(file, readFileSync(fs), 0, statSync(fs).size, partitionStart);
    closeSync(file);
    return disk;
  }
  function qcow2(raw: string, ...options: readonly string[]): string {
    const disk = `${raw}${options.includes('-c') ? '.packed' : ''}.qcow2`;
    run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, disk);
    return disk;
  }
  const refusal = async (disk: string): Promise<string> => {
    try {
      await readCoverage({ disk, sha256: '0'.repeat(64), now: new Date(), deadline: Deadline.after(60_000), progress: () => undefined });
      return 'read';
    } catch (error) {
      return error instanceof HwlabError ? error.code : String(error);
    }
  };

  it('reads ext4 from raw and qcow2, whole and partitioned, and ext2 and ext3', async () => {
    const fs = fileSystem('plain');
    const gpt = withTable(fs, 'gpt');
    const disks = [fs, gpt, withTable(fs, 'dos'), qcow2(fs), qcow2(gpt), qcow2(gpt, '-c'), qcow2(gpt, '-o', 'cluster_size=4k'), fileSystem('ext2', {}, '-t', 'ext2', '-b', '1024'), fileSystem('ext3', {}, '-t', 'ext3'), fileSystem('features', {}, '-t', 'ext4', '-O', '^64bit,metadata_csum_seed,large_dir,meta_bg,^resize_inode', '-I', '128')];
    const answers = await Promise.all(disks.map(async (disk) => {
      const { drivers, claims, kernel, system, classes, packages } = await readCoverage({ disk, sha256: '0'.repeat(64), now: new Date(), deadline: Deadline.after(60_000), progress: () => undefined });
      return { drivers, claims, kernel, system, classes, packages };
    }));
    for (const [at, answer] of answers.entries()) expect(answer, disks[at]).to.deep.equal(answers[0]);
    expect(answers[0]).to.include({ kernel: '6.1.0-2-test', system: 'School Linux 1' });
    expect(answers[0]?.drivers.map(({ kind, name }) => `${kind} ${name}`).sort()).to.include.members(['kernel ch341', 'kernel ath9k_htc', 'kernel usbhid', 'kernel packed_gz', 'kernel packed_xz', 'kernel packed_zst', 'printer Brother HL-2140', 'printer HP LaserJet 1020 Foomatic/foo2zjs', 'printer Kyocera FS-1000 packed', 'scanner a SANE backend', 'scanner genesys', 'tablet Pad', 'udev 60-kit.rules']);
  });

  it('answers by id, package, firmware and reason, and ends with 0 or 1', async () => {
    const disk = fileSystem('answers');
    const good = await hwlab('image', 'coverage', disk, '--id', '1a86:7523', 'MFG:Brother;MDL:HL-2140 series;');
    expect(good.code, good.err).to.equal(0);
    expect(good.out).to.contain('kernel ch341 (linux-image-test 6.1.2-1) by id: /usr/lib/modules/6.1.0-2-test/modules.alias: usb:v1A86p7523d*');
    expect(good.out).to.contain('printer Brother HL-2140 (printer-driver-test 1.0)');
    const mixed = await hwlab('image', 'coverage', disk, '--json', '--id', '0cf3:9271', '1111:2222', '04a9:2206', '04a9:2207', 'ffff:0001');
    expect(mixed.code).to.equal(1);
    const { answers } = JSON.parse(mixed.out) as { answers: { verdict: string; answers: { drivers: { driver: { name: string; firmware?: object; disabled?: string } }[] }[] }[] };
    expect(answers.map(({ verdict }) => verdict)).to.deep.equal(['firmware', 'disabled', 'driver', 'driver', 'none']);
    expect(answers[0]?.answers[0]?.drivers[0]?.driver.firmware).to.deep.equal({ present: [], missing: ['ath9k_htc/htc_9271-1.4.0.fw'] });
    expect(answers[1]?.answers[0]?.drivers[0]?.driver.disabled).to.equal('blacklisted by /etc/modprobe.d/school.conf');
    expect((await hwlab('image', 'coverage', disk, '--id', 'no such model')).code).to.equal(2);
    expect((await hwlab('image', 'coverage', 'no-such-image')).code).to.equal(2);
  });

  it('is a gate between two releases, weighed by what the school has', async () => {
    const older = fileSystem('release-1', { firmware: ['ath9k_htc/htc_9271-1.4.0.fw'] });
    const newer = fileSystem('release-2', { without: ['ch341', 'genesys'] });
    const list = join(folder, 'inventory.csv');
    const diff = await hwlab('image', 'diff', older, newer);
    expect(diff.code, diff.err).to.equal(1);
    expect(diff.out).to.contain('usb 1a86:7523').and.to.contain('ath9k_htc/htc_9271-1.4.0.fw').and.to.contain('usb 04a9:2206');
    writeFileSync(list, 'id,count\n0403:6001,40\n');
    const kept = await hwlab('image', 'diff', older, newer, '--inventory', list);
    expect(kept.code, kept.out).to.equal(0);
    writeFileSync(list, 'id,count\n0cf3:9271,2\n1a86:7523,40\n0403:6001,7\n');
    const lost = await hwlab('image', 'diff', older, newer, '--inventory', list, '--json');
    expect(lost.code).to.equal(1);
    const { inventory } = JSON.parse(lost.out) as { inventory: { lost: { text: string; count: number; before: string; after: string }[] } };
    expect(inventory.lost.map(({ count, before, after }) => `${count} ${before} ${after}`)).to.deep.equal(['40 driver none', '2 driver firmware']);
    expect((await hwlab('image', 'diff', older, older)).code).to.equal(0);
  });

  it('keeps what it read by the hash of the image, and reads a changed one again', async () => {
    const disk = fileSystem('cached');
    expect((await hwlab('image', 'coverage', disk)).err).to.contain('reading ext4');
    expect((await hwlab('image', 'coverage', disk)).err).not.to.contain('reading ext4');
    expect((await hwlab('image', 'coverage', disk, '--fresh')).err).to.contain('reading ext4');
    cpSync(fileSystem('other', { without: ['ch341'] }), disk);
    expect((await hwlab('image', 'coverage', disk)).err).to.contain('reading ext4');
  });

  it('says what it does not read', async () => {
    const at = (name: string, offset: number, magic: string): string => {
      const disk = join(folder, name);
      writeFileSync(disk, Buffer.alloc(1 << 20));
      const file = openSync(disk, 'r+');
      writeSync(file, Buffer.from(magic, 'latin1'), 0, magic.length, offset);
      closeSync(file);
      return disk;
    };
    for (const disk of [at('btrfs', 0x10040, '_BHRfS_M'), at('xfs', 0, 'XFSB'), at('squashfs', 0, 'hsqs'), at('lvm', 536, 'LVM2 001'), at('luks', 0, 'LUKS\xba\xbe'), at('empty', 0, '')]) {
      expect(await refusal(disk), disk).to.equal('image-layout-unknown');
    }
    expect(await refusal(fileSystem('no-system', { without: ['os-release'] }))).to.equal('image-layout-unknown');
    const encrypted = fileSystem('inline', {}, '-t', 'ext4', '-O', 'inline_data');
    expect(['read', 'image-damaged']).to.include(await refusal(encrypted));
  });

  it('keeps links inside the image, whatever they name, and reads no devices', () => {
    const tree = join(folder, 'links.tree');
    makeSystemTree(tree, {});
    const odd: Readonly<Record<string, string>> = { up: '../../../../../../etc/os-release', absolute: '/etc/os-release', circle: 'circle', far: 'x/'.repeat(400), host: `${projectRoot}/package.json`, dev: '/dev/zero' };
    for (const [name, target] of Object.entries(odd)) symlinkSync(target, join(tree, name));
    const disk = join(folder, 'links.fs');
    run('mke2fs', '-q', '-F', '-t', 'ext4', '-d', tree, disk, '16M');
    using system = openSystem(disk, Deadline.after(60_000));
    const own = system.tree.read('/etc/os-release', 1000)?.toString();
    expect(own).to.contain('School Linux');
    for (const [name, content] of [['up', own], ['absolute', own], ['circle', undefined], ['far', undefined], ['host', undefined], ['dev', undefined]] as const) expect(system.tree.read(`/${name}`, 1000)?.toString(), name).to.equal(content);
    expect(() => system.tree.read('/etc/os-release', 3)).to.throw(HwlabError, 'at most 3');
    expect(system.tree.read('/../../../etc/os-release', 1000)?.toString()).to.equal(own);
  });

  it('ends with an answer or a clear error on a damaged file system, and in bounded time', async () => {
    const whole = readFileSync(fileSystem('damage'));
    const disk = join(folder, 'damaged.fs');
    const outcomes = new Map<string, number>();
    let state = 20261122;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    for (let round = 0; round < 60; round += 1) {
      const changed = Buffer.from(whole);
      // The first blocks hold the superblock, descriptors and inodes; then folders.
      for (let byte = 0; byte < 40; byte += 1) changed[1024 + random(round % 2 === 0 ? 1024 * 1024 : 8192)] = random(256);
      changed.writeUInt16LE(0xef53, 1024 + 56);
      writeFileSync(disk, changed);
      const outcome = await refusal(disk);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].filter((outcome) => !['read', 'image-damaged', 'image-layout-unknown', 'image-too-costly'].includes(outcome))).to.deep.equal([]);
    expect(outcomes.size).to.be.greaterThan(1);
    for (const length of [0, 100, 1024, 2048, 100_000, whole.length - 4096]) {
      writeFileSync(disk, whole.subarray(0, length));
      expect(['image-damaged', 'image-layout-unknown'], String(length)).to.include(await refusal(disk));
    }
    mkdirSync(join(folder, 'a-folder'));
    expect((await hwlab('image', 'coverage', join(folder, 'a-folder'))).code).to.equal(2);
  });
});
