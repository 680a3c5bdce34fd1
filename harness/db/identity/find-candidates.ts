import type { IdentityCatalogue } from './identity-catalogue.ts';
import { typoKeys } from './identity-keys.ts';
import type { NameSignature } from './name-signature.ts';

/** Most entries that one question compares. */
const mostCandidates = 240;
const mostOfWord = 400;

/** Entries worth comparing with an asked name: those with its letters, its code, its number, its words, and near numbers of its maker; never all. */
export function findCandidates(asked: NameSignature, catalogue: IdentityCatalogue): readonly number[] {
  const found = new Set<number>();
  const take = (key: string, most: number): void => {
    for (const number of catalogue.entries(key, most)) if (found.size < mostCandidates) found.add(number);
  };
  take(`s:${asked.squash}`, 50);
  if (asked.core !== '') take(`s:${asked.core}`, 50);
  for (const code of asked.codes) take(`c:${code.text}`, 100);
  for (const code of asked.codes) if (code.digits.length >= 2) take(`d:${code.digits}`, 80);
  for (const code of asked.codes) for (const round of roundNumbers(code.digits)) take(`c:${code.prefix}${round}`, 20);
  for (const number of byWords(asked, catalogue, found.size === 0 ? 120 : 20)) if (found.size < mostCandidates) found.add(number);
  for (const vendor of asked.vendors) for (const code of asked.codes) if (code.digits.length >= 3) take(`f:${vendor} ${code.prefix} ${code.digits.length}`, 30);
  return [...found];
}

/** The entries that share the most words with the name, rare words first; words with a typing mistake count. */
function byWords(asked: NameSignature, catalogue: IdentityCatalogue, most: number): readonly number[] {
  const lists = asked.words
    .slice(0, 12)
    .flatMap((word) => [word, ...(catalogue.entries(`w:${word}`, 1).length > 0 ? [] : typosOf(word, catalogue))])
    .map((word) => catalogue.entries(`w:${word}`, mostOfWord))
    .filter((list) => list.length > 0)
    .sort((left, right) => left.length - right.length);
  const weights = new Map<number, number>();
  for (const list of lists) {
    const weight = 1 / Math.log2(list.length + 1);
    for (const number of list) weights.set(number, (weights.get(number) ?? 0) + weight);
  }
  return [...weights].sort((left, right) => right[1] - left[1] || left[0] - right[0]).slice(0, most).map(([number]) => number);
}

function typosOf(word: string, catalogue: IdentityCatalogue): readonly string[] {
  return [...new Set(typoKeys(word).flatMap((key) => catalogue.terms(key)))].slice(0, 8);
}

/** `4150` and `4100` for 4157: the numbers by which its series may be called. */
function roundNumbers(digits: string): readonly string[] {
  return digits.length < 3 ? [] : [`${digits.slice(0, -1)}0`, `${digits.slice(0, -2)}00`].filter((round) => round !== digits);
}
