import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { unpackXz } from '../coverage/unpack-xz.ts';
import { zstdDecompressSync } from 'node:zlib';
import type { FileTree } from '../disk/file-tree.ts';
import type { CpioMember } from './cpio.ts';

/** What a machine needs before it has its system: the network card, disks, and how the system is mounted; by their place in the kernel's tree. */
const needed = [
  /\/drivers\/net\/(ethernet|phy|mdio|pcs|usb)\//,
  /\/drivers\/net\/(mii|mdio|virtio_net|net_failover|vmxnet3\/vmxnet3)\.ko/,
  /\/drivers\/virtio\//,
  /\/drivers\/(ata|nvme)\//,
  /\/drivers\/block\/(virtio_blk|loop)\.ko/,
  /\/drivers\/scsi\/(sd_mod|virtio_scsi)\.ko/,
  /\/drivers\/mmc\/(core|host)\//,
  /\/drivers\/usb\/(host|storage)\//,
  /\/fs\/(squashfs|overlayfs)\//,
  /\/kernel\/(arch\/x86\/)?crypto\/crc32c\w*\.ko/,
];
/** Firmware folders of wired network cards. */
const firmwareFolders = ['rtl_nic', 'tigon', 'bnx2', 'e100'];
const mostModule = 32 * 1024 ** 2;
const mostIndex = 64 * 1024 ** 2;
const indexFiles = ['modules.alias', 'modules.builtin', 'modules.order', 'modules.softdep'];
const packed = /\.(xz|zst)$/;

/**
 * The modules of the image's own kernel that bring up network, disks and the system, with all they depend on, for an initramfs.
 * Packed modules are unpacked, since busybox loads them only so.
 * @throws HwlabError `image-not-netbootable`, blame usage
 */
export async function bootModules(tree: FileTree, kernel: string, deadline: Deadline): Promise<CpioMember[]> {
  const source = `/lib/modules/${kernel}`;
  const text = (name: string): string => tree.read(`${source}/${name}`, mostIndex)?.toString('latin1') ?? '';
  const dependencies = new Map(text('modules.dep').split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).split(' ').filter((word) => word !== '')] as const];
  }));
  if (dependencies.size === 0) throw new HwlabError({ code: 'image-not-netbootable', blame: 'usage', message: `the image has no modules of the kernel ${kernel} (${source}/modules.dep)` });
  const wanted = new Set<string>();
  for (const [path, more] of dependencies) if (needed.some((one) => one.test(`/${path}`))) for (const one of [path, ...more]) wanted.add(one);

  const members: CpioMember[] = [];
  const add = (path: string, content: Uint8Array): void => void members.push({ path: path.slice(1), type: 'file', mode: 0o644, content });
  const target = `/lib/modules/${kernel}`;
  const xz: { path: string; data: Buffer }[] = [];
  for (const path of wanted) {
    deadline.check('reading kernel modules');
    const data = tree.read(`${source}/${path}`, mostModule);
    if (data === undefined) continue;
    const place = `${target}/${path.replace(packed, '')}`;
    if (path.endsWith('.xz')) xz.push({ path: place, data });
    else add(place, path.endsWith('.zst') ? zstdDecompressSync(data, { maxOutputLength: mostModule }) : data);
  }
  const unread = xz.length === 0 ? [] : await unpackXz(xz, add, deadline);
  if (unread.length > 0) throw new HwlabError({ code: 'image-not-netbootable', blame: 'usage', message: `${unread.length} kernel modules of the image cannot be unpacked, such as ${unread[0] ?? ''}` });
  const plain = (path: string): string => path.replace(packed, '');
  const lines = [...dependencies].flatMap(([path, more]) => (wanted.has(path) ? [`${plain(path)}: ${more.map(plain).join(' ')}`] : []));
  add(`${target}/modules.dep`, Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
  for (const name of indexFiles) add(`${target}/${name}`, Buffer.from(text(name), 'latin1'));
  for (const folder of firmwareFolders) {
    for (const { name, kind } of tree.list(`/lib/firmware/${folder}`)) {
      const data = kind === 'file' || kind === 'link' ? tree.read(`/lib/firmware/${folder}/${name}`, mostModule) : undefined;
      if (data) add(`/lib/firmware/${folder}/${name}`, data);
    }
  }
  return withFolders(members);
}

/** The members with the folders that they lie in before them. */
export function withFolders(members: readonly CpioMember[]): CpioMember[] {
  const folders = new Set<string>();
  for (const { path } of members) for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
  return [...[...folders].sort().map((path): CpioMember => ({ path, type: 'folder', mode: 0o755 })), ...members];
}
