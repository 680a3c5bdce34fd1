import type { DeviceClass } from '../generated/device.ts';
import type { IdentityEntry } from '../identity/identity-entry.ts';
import { ownVocabulary, vendorIdOf } from '../identity/identity-keys.ts';
import { nameData } from '../identity/name-data.ts';
import { signatureOf } from '../identity/name-signature.ts';
import type { ImportedFact } from '../generated/imported-fact.ts';
import type { SourcedClaim } from './expectation.ts';

type Fact = Pick<ImportedFact, 'device'> & { readonly source: { readonly kind: string } } & Partial<Pick<ImportedFact, 'evidence' | 'review' | 'claim'>>;

/** Facts of one model, whatever lists they are of. */
interface Group {
  readonly vendor: string;
  readonly name: string;
  readonly aliases: Set<string>;
  readonly usb: Map<string, string>;
  readonly ieee1284: Map<string, { readonly manufacturer: string; readonly model: string }>;
  readonly articles: Set<string>;
  readonly from: Set<string>;
  readonly claims: SourcedClaim[];
  readonly classes: Set<DeviceClass>;
}

/** Most names and ids that a model collects. */
const mostOfEach = 64;

/** Puts together what lists say of one model. Two facts are of one model when maker and name are the same but for case, punctuation and generic words. */
export class FactGroups {
  readonly #groups = new Map<string, Group>();

  get size(): number {
    return this.#groups.size;
  }

  /** Takes a fact; gives the key of its model, undefined if its name says nothing. */
  add({ device, source, claim, evidence, review }: Fact): string | undefined {
    const key = modelKey(device.vendor, device.name);
    if (key === undefined) return undefined;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { vendor: nameData().vendorNames.get(vendorIdOf(device.vendor, nameData())) ?? device.vendor, name: device.name, aliases: new Set(), usb: new Map(), ieee1284: new Map(), articles: new Set(), from: new Set(), claims: [], classes: new Set() };
      this.#groups.set(key, group);
    }
    for (const alias of [...(device.name === group.name ? [] : [device.name]), ...(device.aliases ?? [])]) if (group.aliases.size < mostOfEach) group.aliases.add(alias);
    for (const id of device.usb ?? []) if (group.usb.size < mostOfEach && !group.usb.has(id)) group.usb.set(id, source.kind);
    for (const { manufacturer, model } of device.ieee1284 ?? []) if (group.ieee1284.size < mostOfEach) group.ieee1284.set(`${manufacturer};${model}`, { manufacturer, model });
    for (const article of device.articles ?? []) if (group.articles.size < mostOfEach) group.articles.add(article);
    group.from.add(source.kind);
    for (const name of device.classes ?? []) group.classes.add(name);
    if (claim && evidence !== undefined && group.claims.length < mostOfEach) {
      const { name = source.kind, date = '', licence = '', at = '' } = source as Partial<ImportedFact['source']>;
      const { says, feature, driver, text } = claim;
      group.claims.push({ source: name, date, licence, at, evidence, ...(review === undefined ? {} : { review }), says, ...(feature === undefined ? {} : { feature }), ...(driver === undefined ? {} : { driver }), ...(text === undefined ? {} : { text }) });
    }
    return key;
  }

  /** What lists say of a model, in the order in which they were read. */
  claims(key: string): readonly SourcedClaim[] {
    return this.#groups.get(key)?.claims ?? [];
  }

  /** Kinds of device that lists say a model is. */
  classes(key: string): readonly DeviceClass[] {
    return [...(this.#groups.get(key)?.classes ?? [])];
  }

  /** Models by their keys, with ids that no other has. @param reserved ids that are taken already */
  *entries(reserved: Iterable<string> = []): Generator<readonly [key: string, IdentityEntry]> {
    const taken = new Set<string>(reserved);
    for (const [key, { vendor, name, aliases, usb, ieee1284, articles, from }] of this.#groups) {
      const id = freeId(modelId(vendor, name), taken);
      taken.add(id);
      yield [key, { id, vendor, name, aliases: [...aliases], usb: [...usb].map(([each, listedBy]) => ({ id: each, listedBy })), ieee1284: [...ieee1284.values()], articles: [...articles], importedFrom: [...from] }];
    }
  }
}

/** Maker and what is left of the name: `kyocera ecosysm2040dn`. Undefined if nothing is left. */
export function modelKey(vendor: string, name: string): string | undefined {
  const data = nameData();
  const { core, squash } = signatureOf(name, data, ownVocabulary({ id: '', vendor, name, aliases: [], usb: [], ieee1284: [], articles: [] }, data));
  const rest = core === '' ? squash : core;
  return rest === '' ? undefined : `${vendorIdOf(vendor, data)} ${rest}`;
}

/** `hp-laserjet-1320`: maker and name as an id. */
export function modelId(vendor: string, name: string): string {
  const slug = `${vendorIdOf(vendor, nameData())} ${name}`.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/gu, '-').replace(/^-+|-+$/gu, '').slice(0, 72).replace(/-+$/u, '');
  return slug === '' ? 'unnamed' : slug;
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let number = 2; ; number++) if (!taken.has(`${id}-${number}`)) return `${id}-${number}`;
}
