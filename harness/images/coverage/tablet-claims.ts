import type { FileTree } from '../disk/file-tree.ts';
import type { ClaimBook } from './claim-book.ts';
import { filesIn, textOf } from './image-text.ts';
import type { PackageOwners } from './package-owners.ts';
import { usbClaim } from './sane-files.ts';

/** Adds the tablets that libwacom describes: what a desktop needs to set up a pen that the kernel drives. */
export function readTabletClaims(tree: FileTree, owners: PackageOwners, book: ClaimBook): void {
  for (const path of ['/usr/share/libwacom', '/etc/libwacom'].flatMap((folder) => filesIn(tree, folder)).filter((file) => file.endsWith('.tablet'))) {
    const { name, claims } = parseTablet(textOf(tree, path, 65_536));
    if (claims.length > 0) book.claim({ kind: 'tablet', name, file: path, package: owners.ownerOf(path), source: path }, claims);
  }
}

const hidBus: Readonly<Record<string, string>> = { i2c: '0018', bluetooth: '0005' };

/** Name and ids of a .tablet file: `DeviceMatch=usb:056a:0390;usb|256c|006e||OEM02`, the fields split by `:` or `|`. */
export function parseTablet(text: string): { readonly name: string; readonly claims: readonly string[] } {
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const claims = value('DeviceMatch').split(';').slice(0, 100).flatMap((match) => {
    const [, bus = '', vendor = '', product = ''] = /^(\w+)[:|]([0-9a-f]{4})[:|]([0-9a-f]{4})/i.exec(match.trim()) ?? [];
    if (bus === 'usb') return [usbClaim(vendor, product)];
    const code = hidBus[bus];
    return code === undefined ? [] : [`hid:b${code}g*v0000${vendor.toUpperCase()}p0000${product.toUpperCase()}`];
  });
  return { name: value('Name').slice(0, 120), claims };
}
