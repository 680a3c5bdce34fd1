import type { Device } from '../generated/device.ts';
import { fullName, namesOf, plainName } from '../identify-device.ts';
import { vendorIdOf } from '../identity/identity-keys.ts';
import { nameData } from '../identity/name-data.ts';
import { longestQuery } from './lookup-source.ts';

/** Words of a name as they are compared: `ECOSYS M2040dn` is `ecosys`, `m2040dn`; Cyrillic look-alikes are Latin. Bounded. */
export function wordsOf(text: string): readonly string[] {
  return text
    .slice(0, longestQuery)
    .split(/[^\p{L}\p{N}]+/u)
    .map(plainName)
    .filter((word) => word !== '')
    .slice(0, 12);
}

/** Words by which a device is found as they are typed: of its names, of the other ways in which its maker is written, its USB ids and article numbers. */
export function searchWords(device: Device): ReadonlySet<string> {
  const vendor = vendorNames().get(vendorIdOf(device.vendor, nameData())) ?? [];
  const ids = device.usb.flatMap(({ vendorId, productId }) => [vendorId.slice(2), productId.slice(2)]);
  return new Set([...namesOf(device), ...vendor, ...(device.articles ?? [])].flatMap(wordsOf).concat(ids));
}

/** By what devices of one headline are sorted. */
export function sortKey(device: Device): string {
  return fullName(device).toLowerCase();
}

let byVendor: ReadonlyMap<string, readonly string[]> | undefined;

/** All ways to write a maker, by its id. */
function vendorNames(): ReadonlyMap<string, readonly string[]> {
  if (byVendor === undefined) {
    const names = new Map<string, string[]>();
    for (const [name, vendor] of nameData().vendors) names.set(vendor, [...(names.get(vendor) ?? []), name]);
    byVendor = names;
  }
  return byVendor;
}
