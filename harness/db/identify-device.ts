import { nearMatches } from '../base/near-matches.ts';
import type { Device } from './generated/device.ts';

/** What a typed model name means. */
export type Identified =
  | { readonly kind: 'found'; readonly device: Device }
  /** Several products have that name. */
  | { readonly kind: 'ambiguous'; readonly devices: readonly Device[] }
  /** None has; `near` are the most alike, best first. */
  | { readonly kind: 'unknown'; readonly near: readonly Device[] };

/** Longest name that is looked at. */
const longestName = 200;

/**
 * Finds the product that a person means: by id, name with or without vendor, alias, or USB id (`2341:0043`). Case, spaces,
 * punctuation and look-alike Cyrillic letters do not count.
 */
export function identifyDevice(asked: string, devices: Iterable<Device>): Identified {
  const all = [...devices];
  const wanted = asked.slice(0, longestName);
  const key = plainName(wanted);
  const exact = key === '' ? [] : all.filter((device) => namesOf(device).some((name) => plainName(name) === key));
  const byUsb = exact.length > 0 ? exact : all.filter((device) => hasUsbId(device, wanted));
  const [only, ...others] = byUsb;
  if (only !== undefined) return others.length === 0 ? { kind: 'found', device: only } : { kind: 'ambiguous', devices: byUsb };
  return { kind: 'unknown', near: nearDevices(wanted, all) };
}

/** The name to show: vendor and model. */
export function fullName({ vendor, name }: Device): string {
  return `${vendor} ${name}`;
}

/** Every name by which a device is known. */
export function namesOf(device: Device): readonly string[] {
  return [device.id, device.name, fullName(device), ...device.aliases, ...device.aliases.map((alias) => `${device.vendor} ${alias}`)];
}

/** Letters and digits only, lower case, with Cyrillic letters that look like Latin ones (М2040, ЕСОSYS) read as those. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[авекмнорстух]/g, (letter) => lookAlikes[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

const lookAlikes: Readonly<Record<string, string>> = { а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x' };

function hasUsbId(device: Device, asked: string): boolean {
  const [, vendor, product] = /^\s*(?:0x)?([0-9a-f]{4})\s*:\s*(?:0x)?([0-9a-f]{4})\s*$/i.exec(asked) ?? [];
  return device.usb.some((id) => id.vendorId === `0x${vendor?.toLowerCase()}` && id.productId === `0x${product?.toLowerCase()}`);
}

function nearDevices(asked: string, devices: readonly Device[]): readonly Device[] {
  const byName = new Map(devices.flatMap((device) => namesOf(device).map((name) => [plainName(name), device] as const)));
  return [...new Set(nearMatches(plainName(asked), byName.keys(), 12).flatMap((name) => byName.get(name) ?? []))].slice(0, 5);
}
