import type { Device } from '../generated/device.ts';
import { identifyDevice, namesOf, plainName } from '../identify-device.ts';

/** How a device was recognised. */
export type MatchKind = 'exact' | 'alias' | 'usb-id' | 'ieee1284' | 'article' | 'fuzzy' | 'related';

/** One device that may be meant. */
export interface Match {
  /** Id of the device. */
  readonly device: string;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly kind: MatchKind;
  /** Why: `code` or `code:argument`, plain data that `explainReason` turns into a sentence. */
  readonly because: readonly string[];
}

/** All names by which devices are known, ready to be asked. Made by `buildIdentityCatalogue`. */
export interface IdentityCatalogue {
  readonly devices: readonly Device[];
}

export function buildIdentityCatalogue(devices: Iterable<Device>): IdentityCatalogue {
  return { devices: [...devices] };
}

/** The devices that a person may mean, most likely first. Never throws, whatever was asked. */
export function matchDevices(asked: string, catalogue: IdentityCatalogue): Match[] {
  const found = identifyDevice(asked, catalogue.devices);
  if (found.kind === 'unknown') return found.near.map((device) => ({ device: device.id, confidence: 0.4, kind: 'related', because: ['name-near'] }));
  const devices = found.kind === 'found' ? [found.device] : found.devices;
  const byName = devices.some((device) => namesOf(device).some((name) => plainName(name) === plainName(asked)));
  return devices.map((device) => ({ device: device.id, confidence: byName ? 1 : 0.95, kind: byName ? 'exact' : 'usb-id', because: [byName ? 'name-equal' : 'usb-id-equal'] }));
}
