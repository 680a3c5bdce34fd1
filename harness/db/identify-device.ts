import type { Device } from './generated/device.ts';
import { decide } from './identity/decide.ts';
import { buildIdentityCatalogue, matchDevices, type Match } from './identity/match-devices.ts';

/** What a typed model name means. */
export type Identified =
  | { readonly kind: 'found'; readonly device: Device }
  /** Several products have that name. */
  | { readonly kind: 'ambiguous'; readonly devices: readonly Device[] }
  /** None has; `near` are the most alike, best first. */
  | { readonly kind: 'unknown'; readonly near: readonly Device[] };

/**
 * Finds the product that a person means, by the scored matching of `matchDevices`: found only if one is meant for certain, ambiguous if several may be, else
 * unknown with those that are alike.
 */
export function identifyDevice(asked: string, devices: Iterable<Device>): Identified {
  const byId = new Map([...devices].map((device) => [device.id, device] as const));
  const matches = matchDevices(asked, buildIdentityCatalogue(byId.values()));
  const decision = decide(matches);
  const devicesOf = (some: readonly Match[]): readonly Device[] => some.flatMap((match) => byId.get(match.device) ?? []);
  switch (decision.kind) {
    case 'one':
      return { kind: 'found', device: byId.get(decision.match.device) as Device };
    case 'several':
      return { kind: 'ambiguous', devices: devicesOf(decision.matches) };
    case 'related':
      return { kind: 'unknown', near: devicesOf(decision.matches).slice(0, 5) };
    case 'none':
      return { kind: 'unknown', near: [] };
  }
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
