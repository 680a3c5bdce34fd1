import { foldText } from './fold-text.ts';
import type { IdentityEntry } from './identity-entry.ts';
import { soundSkeleton } from './look-alikes.ts';
import { squashed, vendorWords, type NameData } from './name-data.ts';
import { signatureOf, type NameSignature, type Vocabulary } from './name-signature.ts';

/** Keys under which an entry is found, and words of the vocabulary under theirs. The first letter says what kind of key it is. */
export interface IdentityKeys {
  readonly entry: readonly string[];
  /** Pairs of key and term. */
  readonly terms: readonly (readonly [key: string, term: string])[];
}

/** Shortest word that typing mistakes are looked for in. */
const shortestTypo = 5;

/** Names by which an entry is known, the proper one first. */
export function namesOfEntry({ name, aliases }: IdentityEntry): readonly string[] {
  return [name, ...aliases];
}

/** Where an entry is found: names (`s`), codes (`c`), numbers (`d`), words (`w`), families of numbers (`f`), USB ids (`u`), IEEE 1284 ids (`i`), articles (`a`). */
export function identityKeysOf(entry: IdentityEntry, data: NameData): IdentityKeys {
  const keys = new Set<string>();
  const terms = new Map<string, readonly [string, string]>();
  const vendor = vendorIdOf(entry.vendor, data);
  const vocabulary = ownVocabulary(entry, data);
  for (const squash of vendorSquashes(entry.vendor, data)) terms.set(`v:${squash}`, [`v:${squash}`, vendor]);
  keys.add(`n:${entry.id}`);
  for (const name of namesOfEntry(entry)) {
    const signature = signatureOf(nameWithoutIds(name), data, vocabulary);
    for (const key of nameKeys(signature, vendor)) keys.add(key);
    for (const word of signature.words) {
      if (word.length < 3) continue;
      for (const key of typoKeys(word)) terms.set(`${key} ${word}`, [key, word]);
      const sound = soundSkeleton(word);
      if (sound.length >= 3) terms.set(`y:${sound} ${word}`, [`y:${sound}`, word]);
    }
  }
  for (const { id } of entry.usb) keys.add(`u:${id}`);
  for (const { manufacturer, model } of entry.ieee1284) keys.add(deviceIdKey(manufacturer, model));
  for (const article of entry.articles) keys.add(articleKey(article));
  return { entry: [...keys], terms: [...terms.values()] };
}

/** What an entry knows by itself: how its own maker is written. */
export function ownVocabulary(entry: IdentityEntry, data: NameData): Vocabulary {
  const own = vendorSquashes(entry.vendor, data);
  const vendor = vendorIdOf(entry.vendor, data);
  return { vendorOf: (squash) => (own.includes(squash) ? vendor : undefined), isWord: () => false, wordsSounding: () => [] };
}

function vendorSquashes(vendor: string, data: NameData): readonly string[] {
  const folded = foldText(vendor);
  return [...new Set([squashed(folded), squashed(vendorWords(folded, data.companyForms).join(' '))])].filter((squash) => squash.length > 1);
}

/** Keys of a name; the same for one that is asked. */
export function nameKeys({ squash, core, codes, words }: NameSignature, vendor: string | undefined): readonly string[] {
  return [
    ...(squash === '' ? [] : [`s:${squash}`]),
    ...(core === '' ? [] : [`s:${core}`]),
    ...codes.flatMap((code) => [`c:${code.text}`, `d:${code.digits}`, ...(vendor === undefined ? [] : [`f:${vendor} ${code.prefix} ${code.digits.length}`])]),
    ...words.map((word) => `w:${word}`),
  ];
}

/** Keys that a word and its typing mistakes have in common: the word with one letter left out, each in turn. */
export function typoKeys(word: string): readonly string[] {
  if (word.length < shortestTypo || word.length > 24) return [];
  return [...new Set([`x:${word}`, ...[...word].map((_letter, index) => `x:${word.slice(0, index)}${word.slice(index + 1)}`)])];
}

/** Id of a maker by how it is written: the data's, else its own letters. */
export function vendorIdOf(vendor: string, data: NameData): string {
  const held = vendorIds.get(vendor);
  if (held !== undefined) return held;
  const folded = foldText(vendor);
  const squash = squashed(vendorWords(folded, data.companyForms).join(' '));
  const id = data.vendors.get(squashed(folded)) ?? data.vendors.get(squash) ?? squash;
  if (vendorIds.size < mostVendorIds) vendorIds.set(vendor, id);
  return id;
}

const vendorIds = new Map<string, string>();
/** usb.ids has some 3,500 makers. */
const mostVendorIds = 20_000;

export function deviceIdKey(manufacturer: string, model: string): string {
  return `i:${squashed(foldText(manufacturer))} ${squashed(foldText(model))}`;
}

export function articleKey(article: string): string {
  return `a:${squashed(foldText(article))}`;
}

/** A name without a USB id in parentheses, which is no model number: `touch frame (03f7:0003)`. */
export function nameWithoutIds(name: string): string {
  return name.replace(/\(?\b[0-9a-f]{4}:[0-9a-f]{4}\b\)?/giu, ' ');
}
