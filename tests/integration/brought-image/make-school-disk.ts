import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredImage } from '../../../harness/images/stored-image.ts';
import { findProgram } from '../../../harness/setup/host-requirements.ts';

export interface SchoolDisk {
  /** qcow2 with a partition table: a FAT partition that both BIOS and UEFI start from, and the system. */
  readonly file: string;
  /** Private key that root trusts. */
  readonly keyFile: string;
}

const mebibyte = 1024 ** 2;
/** MiB: where the boot partition starts, and where the system starts. */
const layout = { boot: 1, system: 129 };

/**
 * A disk as a user brings it, made of the reference image's files: its own boot loaders (syslinux and systemd-boot), its own host key, a password and a key for root,
 * and nothing that takes what QEMU hands in. Needs neither root rights nor loop devices.
 * @param size mebibytes of the system, as large as the reference image's when left out
 */
export function makeSchoolDisk(image: StoredImage, folder: string, password: string, size?: number): SchoolDisk {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  const run = (program: string, args: readonly string[], input?: string): string =>
    execFileSync(findProgram(program) ?? program, args, { encoding: 'utf8', stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], ...(input === undefined ? {} : { input }) });

  const root = at('root');
  run('qemu-img', ['convert', '-O', 'raw', image.disk, root]);
  if (size !== undefined) {
    run('e2fsck', ['-f', '-p', root]);
    run('resize2fs', [root, `${size}M`]);
    run('truncate', ['--size', `${size}M`, root]);
  }
  writeLogin();
  const disk = at('disk');
  run('truncate', ['--size', `${layout.system + Math.ceil(statSync(root).size / mebibyte)}M`, disk]);
  run('sfdisk', ['--quiet', disk], `label: dos\nstart=${layout.boot}MiB, size=${layout.system - layout.boot}MiB, type=ef, bootable\nstart=${layout.system}MiB, type=83\n`);
  run('dd', ['if=/usr/lib/syslinux/mbr/mbr.bin', `of=${disk}`, 'bs=440', 'count=1', 'conv=notrunc', 'status=none']);
  writeBootPartition();
  run('dd', [`if=${root}`, `of=${disk}`, 'bs=1M', `seek=${layout.system}`, 'conv=notrunc,sparse', 'status=none']);
  rmSync(root);
  const file = at('school.qcow2');
  run('qemu-img', ['convert', '-O', 'qcow2', disk, file]);
  rmSync(disk);
  return { file, keyFile: at('login') };

  function writeLogin(): void {
    for (const name of ['host', 'login']) run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'school', '-f', at(name)]);
    const shadow = run('debugfs', ['-R', 'cat /etc/shadow', root]);
    const hashed = run('openssl', ['passwd', '-6', password]).trim();
    writeFileSync(at('shadow'), shadow.replace(/^root:[^:]*:/m, () => `root:${hashed}:`));
    writeFileSync(at('sshd'), 'HostKey /etc/ssh/school_host_key\nPermitRootLogin yes\nPasswordAuthentication yes\nUsePAM no\nUseDNS no\n');
    const requests = [
      'rm /etc/systemd/system/multi-user.target.wants/hwlab-seed.service',
      'rm /etc/ssh/sshd_config.d/hwlab.conf',
      `write ${at('sshd')} /etc/ssh/sshd_config.d/school.conf`,
      `write ${at('host')} /etc/ssh/school_host_key`,
      'sif /etc/ssh/school_host_key mode 0100600',
      'mkdir /root/.ssh',
      'sif /root/.ssh mode 040700',
      `write ${at('login.pub')} /root/.ssh/authorized_keys`,
      'sif /root/.ssh/authorized_keys mode 0100600',
      'rm /etc/shadow',
      `write ${at('shadow')} /etc/shadow`,
      'sif /etc/shadow mode 0100600',
      'rm /etc/fstab',
      `write ${at('fstab')} /etc/fstab`,
    ];
    writeFileSync(at('fstab'), 'LABEL=system / ext4 defaults,noatime 0 1\n');
    // Whoever builds may be an ordinary user; what is written belongs to root all the same.
    const owned = requests.flatMap((request) => {
      const path = /^(?:write \S+|mkdir) (\S+)/.exec(request)?.[1];
      return path === undefined ? [request] : [request, `sif ${path} uid 0`, `sif ${path} gid 0`];
    });
    writeFileSync(at('requests'), `${owned.join('\n')}\n`);
    run('debugfs', ['-w', '-f', at('requests'), root]);
  }

  function writeBootPartition(): void {
    const drive = `${disk}@@${layout.boot}M`;
    const options = 'root=LABEL=system rw console=ttyS0 loglevel=6';
    run('mformat', ['-i', drive, '-F', '-T', String(((layout.system - layout.boot) * mebibyte) / 512), '-h', '255', '-s', '63', '-H', String((layout.boot * mebibyte) / 512), '::']);
    run('syslinux', ['--install', '--offset', String(layout.boot * mebibyte), disk]);
    writeFileSync(at('syslinux.cfg'), `SERIAL 0 115200\nDEFAULT school\nLABEL school\n  LINUX /vmlinuz\n  INITRD /initrd\n  APPEND ${options}\n`);
    writeFileSync(at('loader.conf'), 'default school\ntimeout 0\n');
    writeFileSync(at('school.conf'), `title School\nlinux /vmlinuz\ninitrd /initrd\noptions ${options}\n`);
    for (const path of ['EFI', 'EFI/BOOT', 'loader', 'loader/entries']) run('mmd', ['-i', drive, `::${path}`]);
    const files: readonly (readonly [string, string])[] = [
      [image.kernel ?? '', 'vmlinuz'],
      [image.initrd ?? '', 'initrd'],
      [at('syslinux.cfg'), 'syslinux.cfg'],
      ['/usr/lib/systemd/boot/efi/systemd-bootx64.efi', 'EFI/BOOT/BOOTX64.EFI'],
      [at('loader.conf'), 'loader/loader.conf'],
      [at('school.conf'), 'loader/entries/school.conf'],
    ];
    for (const [source, target] of files) run('mcopy', ['-i', drive, source, `::${target}`]);
  }
}
