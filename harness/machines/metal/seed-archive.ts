import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { tarEnd, tarHeader, tarPadding } from '../../images/netboot/tar.ts';

/** What is laid over the image's files in memory, and nothing else: keys, no disks to mount, and that the address stays the one of the firmware. */
export function seedArchive(options: { readonly mac: string; readonly hostKeyFile?: string; readonly authorizedKeyFile?: string }): Buffer {
  const files: { readonly path: string; readonly mode: number; readonly content: Buffer }[] = [
    { path: 'etc/fstab', mode: 0o644, content: Buffer.from('overlay / overlay rw 0 0\n') },
    {
      path: 'etc/systemd/network/05-hwlab-netboot.network',
      mode: 0o644,
      content: Buffer.from(`[Match]\nMACAddress=${options.mac}\n\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n\n[DHCPv4]\nClientIdentifier=mac\n`),
    },
    ...(options.hostKeyFile === undefined ? [] : [{ path: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: readFileSync(options.hostKeyFile) }]),
    ...(options.authorizedKeyFile === undefined ? [] : [{ path: 'root/.ssh/authorized_keys', mode: 0o600, content: readFileSync(options.authorizedKeyFile) }]),
  ];
  const own = { uid: 0, gid: 0, mtime: 0 };
  const pieces = files.flatMap(({ path, mode, content }) => [
    // sshd takes no keys from a folder that others may write to.
    ...(dirname(path) === 'root/.ssh' ? [tarHeader({ ...own, path: 'root/.ssh/', type: 'folder', mode: 0o700, size: 0 })] : []),
    tarHeader({ ...own, path, type: 'file', mode, size: content.length }),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...pieces, tarEnd]);
}
