import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { NameWords } from '../generated/name-words.ts';
import type { VendorNames } from '../generated/vendor-names.ts';
import { foldText } from './fold-text.ts';

/** Makers and words of hardware-db/names, ready to be asked. The linter checks the files; they belong to the code like the schemas. */
export interface NameData {
  /** Id of the maker by a name of it, squashed: `hewlettpackard` and `хьюлеттпаккард` are `hp`. */
  readonly vendors: ReadonlyMap<string, string>;
  /** How a maker is called, by id. */
  readonly vendorNames: ReadonlyMap<string, string>;
  /** Groups of makers that sell the same devices, by maker. */
  readonly families: ReadonlyMap<string, readonly string[]>;
  readonly transcriptions: ReadonlyMap<string, string>;
  readonly abbreviations: ReadonlyMap<string, string>;
  readonly kinds: ReadonlyMap<string, string>;
  readonly generic: ReadonlySet<string>;
  readonly series: ReadonlySet<string>;
  readonly variants: ReadonlySet<string>;
  readonly looseVariants: ReadonlySet<string>;
  readonly otherKinds: ReadonlySet<string>;
  readonly suffixes: ReadonlySet<string>;
  readonly separate: ReadonlySet<string>;
  readonly accessories: readonly string[];
  readonly companyForms: ReadonlySet<string>;
  /** Finds a phrase that another model will do; group 1 is what stood before it. */
  readonly orEquivalent: RegExp;
}

let loaded: NameData | undefined;

/** The data, read once a process. */
export function nameData(): NameData {
  loaded ??= load();
  return loaded;
}

/** Letters and digits only: how a maker's name is looked up. */
export function squashed(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}+]+/gu, '');
}

/** A maker's name without Inc, Corp and the like: `["seiko", "epson"]`. */
export function vendorWords(folded: string, companyForms: ReadonlySet<string>): readonly string[] {
  const words = folded.split(/[^\p{L}\p{N}+]+/u).filter((word) => word !== '');
  const kept = words.filter((word, index) => index === 0 || !companyForms.has(word));
  return kept;
}

/** Counted up when the keys of `identityKeysOf` change, so that an index on disk is built anew. */
const keysVersion = 1;

/** Changes with the names and with how keys are made from them. */
export function identityVersion(): string {
  const hash = createHash('sha256').update(String(keysVersion));
  for (const name of ['vendors', 'words']) hash.update(textOf(name));
  return hash.digest('hex').slice(0, 16);
}

function textOf(name: string): string {
  return readFileSync(join(projectRoot, 'hardware-db/names', `${name}.json`), 'utf8');
}

function load(): NameData {
  const read = <T>(name: string): T => JSON.parse(textOf(name)) as T;
  const { vendors, families } = read<VendorNames>('vendors');
  const words = read<NameWords>('words');
  const fold = (list: readonly string[]): ReadonlySet<string> => new Set(list.map(foldText));
  const byName = new Map<string, string>();
  for (const { id, name, aliases, cyrillic } of vendors) for (const each of [id, name, ...aliases, ...cyrillic]) byName.set(squashed(foldText(each)), id);
  const byVendor = new Map<string, string[]>();
  for (const { id, vendors: members } of families) for (const member of members) byVendor.set(member, [...(byVendor.get(member) ?? []), id]);
  return {
    vendors: byName,
    vendorNames: new Map(vendors.map(({ id, name }) => [id, name])),
    families: byVendor,
    transcriptions: new Map(Object.entries(words.transcriptions)),
    abbreviations: new Map(Object.entries(words.abbreviations)),
    kinds: new Map(Object.entries(words.kinds).flatMap(([kind, own]) => own.map((word) => [foldText(word), kind] as const))),
    generic: fold(words.generic),
    series: fold(words.series),
    variants: fold(words.variants),
    looseVariants: fold(words.looseVariants),
    otherKinds: fold(words.otherKinds),
    suffixes: fold(words.suffixes),
    separate: fold(words.separate),
    accessories: words.accessories.map(foldText),
    companyForms: fold(words.companyForms),
    orEquivalent: new RegExp(`(^|[^\\p{L}])(?:${longestFirst(words.orEquivalent).join('|')})(?![\\p{L}])`, 'u'),
  };
}

function longestFirst(phrases: readonly string[]): readonly string[] {
  return phrases.map((phrase) => foldText(phrase).replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')).sort((left, right) => right.length - left.length);
}
