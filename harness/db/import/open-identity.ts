import type { Database } from '../database.ts';
import type { Device, DeviceClass } from '../generated/device.ts';
import type { ImportKind } from '../generated/imported-fact.ts';
import { decide } from '../identity/decide.ts';
import { buildIdentityCatalogue, MemoryCatalogue } from '../identity/identity-catalogue.ts';
import { entryOfDevice, type IdentityEntry } from '../identity/identity-entry.ts';
import { matchDevices } from '../identity/match-devices.ts';
import { FactGroups, modelKey } from './entries-from-facts.ts';
import type { SourcedClaim } from './expectation.ts';
import { factOfReview } from './fact-of-review.ts';
import { readImportedFacts } from './read-imported.ts';

/**
 * All names that a database knows: of its own devices, and of models that only imported facts name. What a list says of a device of ours adds names and ids
 * to it, marked with the list; an inventory adds none, as schools write what they like.
 */
export async function openIdentity(database: Database): Promise<OpenIdentity> {
  const devices = await database.devices();
  const groups = new FactGroups();
  for await (const fact of readImportedFacts(database.folder)) if (isNaming(fact)) groups.add(fact);
  for (const review of await database.reviews()) groups.add(factOfReview(review));
  return identityOf([...devices.values()], groups);
}

/** Inventories and KernelCI name people's things and boards as they like: they name no model. */
export function isNaming({ source: { kind } }: { readonly source: { readonly kind: ImportKind } }): boolean {
  return kind !== 'inventory' && kind !== 'kcidb';
}

/** The names that a database knows, and what lists say of the devices. */
export interface OpenIdentity {
  readonly catalogue: MemoryCatalogue;
  /** By id of the catalogue; empty where no list says anything. */
  claimsOf(id: string): readonly SourcedClaim[];
  /** Kinds of device that lists say it is, by id of the catalogue. */
  classesOf(id: string): readonly DeviceClass[];
}

/** The catalogue of devices and of what lists say. */
export function identityOf(devices: readonly Device[], groups: FactGroups): OpenIdentity {
  const own = new Map(devices.map((device) => [device.id, entryOfDevice(device)] as const));
  const ownCatalogue = buildIdentityCatalogue(devices);
  const byKey = new Map(devices.flatMap(({ id, vendor, name, aliases }) => [name, ...aliases].flatMap((each) => {
    const key = modelKey(vendor, each);
    return key === undefined ? [] : [[key, id] as const];
  })));
  const foreign: IdentityEntry[] = [];
  const claims = new Map<string, readonly SourcedClaim[]>();
  const classes = new Map<string, readonly DeviceClass[]>();
  for (const [key, entry] of groups.entries(own.keys())) {
    const id = byKey.get(key) ?? sameById(entry, ownCatalogue);
    const device = id === undefined ? undefined : own.get(id);
    if (device) own.set(device.id, extended(device, entry));
    else foreign.push(entry);
    const said = groups.claims(key);
    const owner = device?.id ?? entry.id;
    classes.set(owner, groups.classes(key));
    if (said.length > 0) claims.set(owner, [...(claims.get(owner) ?? []), ...said]);
  }
  const catalogue = new MemoryCatalogue();
  for (const entry of own.values()) catalogue.add(entry);
  for (const entry of foreign) catalogue.add(entry);
  return { catalogue, claimsOf: (id) => claims.get(id) ?? [], classesOf: (id) => classes.get(id) ?? [] };
}

/** The device that has an id of the entry to itself, and a name that is not against it. */
function sameById(entry: IdentityEntry, catalogue: MemoryCatalogue): string | undefined {
  for (const { id } of entry.usb) {
    const numbers = catalogue.entries(`u:${id}`, 2);
    const [only] = numbers;
    if (only === undefined || numbers.length > 1) continue;
    const device = catalogue.entry(only);
    if (device.usb.some((usb) => usb.id === id && usb.shared !== undefined)) continue;
    const decision = decide(matchDevices(`${entry.vendor} ${entry.name}`, catalogue));
    if (decision.kind === 'one' && decision.match.device === device.id) return device.id;
  }
  return undefined;
}

/** Ids and names of a list are added; those of our own record stand first and without a mark. */
function extended(device: IdentityEntry, { name, aliases, usb, ieee1284, articles }: IdentityEntry): IdentityEntry {
  const known = new Set(device.usb.map(({ id }) => id));
  return {
    ...device,
    aliases: [...new Set([...device.aliases, name, ...aliases])],
    usb: [...device.usb, ...usb.filter(({ id }) => !known.has(id))],
    ieee1284: [...device.ieee1284, ...ieee1284.filter((id) => !device.ieee1284.some((own) => own.manufacturer === id.manufacturer && own.model === id.model))],
    articles: [...new Set([...device.articles, ...articles])],
  };
}
