import type { CoverageDriver } from '../../db/coverage/coverage-index.ts';
import type { FileTree } from '../disk/file-tree.ts';
import type { ClaimBook } from './claim-book.ts';
import { filesIn, textOf } from './image-text.ts';
import type { PackageOwners } from './package-owners.ts';
import { parseHwdb, parseRules, usbClaimOf } from './udev-files.ts';

const hwdbFolders = ['/usr/lib/udev/hwdb.d', '/etc/udev/hwdb.d'];
const rulesFolders = ['/usr/lib/udev/rules.d', '/etc/udev/rules.d'];
/** Lists of names; they say nothing about support. */
const nameFiles = /^20-(OUI|acpi-vendor|bluetooth-vendor-product|dmi-id|net-ifname|pci-\w+(-\w+)?|sdio-\w+(-\w+)?|usb-\w+(-\w+)?|vmbus-class)\.hwdb$/;

/** Adds what udev's rules and the text sources of its hwdb say of single devices: scanners of SANE, mode switches, and settings. */
export function readUdevClaims(tree: FileTree, owners: PackageOwners, book: ClaimBook): void {
  const entry = (path: string, kind: CoverageDriver['kind'], name: string): CoverageDriver => ({ kind, name, file: path, package: owners.ownerOf(path), source: path });
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  for (const path of hwdbFolders.flatMap((folder) => filesIn(tree, folder)).filter((file) => file.endsWith('.hwdb') && !nameFiles.test(nameOf(file)))) {
    for (const { globs, properties } of parseHwdb(textOf(tree, path))) {
      const claims = globs.flatMap((glob) => usbClaimOf(glob) ?? []);
      if (claims.length === 0) continue;
      if (properties.get('libsane_matched') === 'yes') book.claim(entry(path, 'scanner', 'a SANE backend'), claims);
      else book.claim(entry(path, 'udev', nameOf(path)), claims);
    }
  }
  for (const path of rulesFolders.flatMap((folder) => filesIn(tree, folder)).filter((file) => file.endsWith('.rules'))) {
    for (const { claims, text } of parseRules(textOf(tree, path))) {
      if (/libsane_matched\}\s*=\s*"yes"/.test(text)) book.claim(entry(path, 'scanner', 'a SANE backend'), claims);
      else if (text.includes('usb_modeswitch')) book.claim(entry(path, 'mode-switch', 'usb_modeswitch'), claims);
      else book.claim(entry(path, 'udev', nameOf(path)), claims);
    }
  }
}

/**
 * Names of the devices that are claimed, from the hwdb that systemd builds of usb.ids and pci.ids.
 * @param wanted `usb 04a9:2206`, `pci 8086:1234`
 */
export function readNames(tree: FileTree, wanted: ReadonlySet<string>): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [bus, file] of [['usb', '20-usb-vendor-model.hwdb'], ['pci', '20-pci-vendor-model.hwdb']] as const) {
    const vendors = new Map<string, string>();
    for (const { globs, properties } of parseHwdb(textOf(tree, `/usr/lib/udev/hwdb.d/${file}`))) {
      const found = /^\w+:v(?:0000)?([0-9A-F]{4})(?:[pd](?:0000)?([0-9A-F]{4}))?\*$/.exec(globs[0] ?? '');
      const [, vendor = '', product] = found ?? [];
      const vendorName = properties.get('ID_VENDOR_FROM_DATABASE');
      const model = properties.get('ID_MODEL_FROM_DATABASE');
      if (product === undefined && vendorName !== undefined) vendors.set(vendor, vendorName);
      const id = `${bus} ${vendor}:${product ?? ''}`.toLowerCase();
      if (model !== undefined && wanted.has(id)) names[id] = `${vendors.get(vendor) ?? ''} ${model}`.trim().slice(0, 160);
    }
  }
  return names;
}
