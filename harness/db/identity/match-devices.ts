import { findCandidates } from './find-candidates.ts';
import type { IdentityCatalogue } from './identity-catalogue.ts';
import type { IdentityEntry } from './identity-entry.ts';
import { articleKey, deviceIdKey, namesOfEntry, nameWithoutIds, ownVocabulary, vendorIdOf } from './identity-keys.ts';
import { nameData, squashed, type NameData } from './name-data.ts';
import { signatureOf, type NameSignature, type Vocabulary } from './name-signature.ts';
import { parseAsked, type Asked } from './parse-asked.ts';
import { scoreName, type CandidateName } from './score-name.ts';

export { buildIdentityCatalogue, type IdentityCatalogue } from './identity-catalogue.ts';

/** How a device was recognised. */
export type MatchKind = 'exact' | 'alias' | 'usb-id' | 'ieee1284' | 'article' | 'fuzzy' | 'related';

/** One device that may be meant. */
export interface Match {
  /** Id of the device. */
  readonly device: string;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly kind: MatchKind;
  /** Why: `code` or `code:argument|argument`, plain data that `explainReason` turns into a sentence. */
  readonly because: readonly string[];
}

/** Most matches that are returned. */
const mostMatches = 12;
/** What is less alike than this is not worth a line. */
const leastConfidence = 0.2;

/** The devices that a person may mean, most likely first; at most 12. Never throws, whatever was asked. */
export function matchDevices(asked: string, catalogue: IdentityCatalogue): Match[] {
  const data = nameData();
  const parsed = parseAsked(asked, data);
  const byDevice = new Map<string, Match>();
  const take = (match: Match): void => {
    const before = byDevice.get(match.device);
    byDevice.set(match.device, before === undefined ? match : joined(before, match));
  };
  for (const match of matchesById(asked, parsed, catalogue)) take(match);
  const byId = [...byDevice.keys()];
  for (const match of matchesByName(parsed, catalogue, data)) {
    const known = byDevice.has(match.device);
    // The name in a line of lsusb is of a list, and lists err; the id decides.
    if (parsed.usb.length > 0 && !known && byId.length > 0) continue;
    take(parsed.usb.length > 0 && !known ? unknownId(match, parsed.usb[0] ?? '') : match);
  }
  const marks = [...(parsed.orEquivalent ? ['or-equivalent'] : []), ...(parsed.accessory === undefined ? [] : [`accessory:${parsed.accessory}`])];
  return [...byDevice.values()]
    .map((match) => marked(match, parsed, marks))
    .filter((match) => match.confidence >= leastConfidence)
    .sort((left, right) => right.confidence - left.confidence || left.device.localeCompare(right.device, 'en'))
    .slice(0, mostMatches);
}

/** Something for a device is not the device. */
function marked(match: Match, { accessory }: Asked, marks: readonly string[]): Match {
  const because = [...match.because, ...marks];
  return accessory === undefined ? { ...match, because } : { ...match, kind: 'related', confidence: Math.min(match.confidence, 0.5), because };
}

/** Two reasons for one device: the stronger, raised a little by the other. */
function joined(left: Match, right: Match): Match {
  const [strong, weak] = left.confidence >= right.confidence ? [left, right] : [right, left];
  const raised = weak.kind === 'related' ? strong.confidence : Math.min(1, strong.confidence + 0.1 * weak.confidence);
  return { ...strong, confidence: round(raised), because: [...new Set([...strong.because, ...weak.because])] };
}

function* matchesById(asked: string, parsed: Asked, catalogue: IdentityCatalogue): Generator<Match> {
  for (const number of catalogue.entries(`n:${asked.trim().slice(0, 80)}`, 1)) yield { device: catalogue.entry(number).id, confidence: 1, kind: 'exact', because: ['id-equal'] };
  for (const id of parsed.usb) {
    const entries = catalogue.entries(`u:${id}`, 50).map((number) => catalogue.entry(number));
    for (const entry of entries) {
      const { shared, listedBy } = entry.usb.find((each) => each.id === id) ?? {};
      const several = entries.length > 1;
      const because = [`usb-id-equal:${id}`, ...(several ? [`usb-id-several:${entries.length}`] : []), ...(shared === undefined ? [] : [`usb-id-shared:${shared}`]), ...(listedBy === undefined ? [] : [`usb-id-listed:${listedBy}`])];
      yield { device: entry.id, confidence: several ? 0.8 : shared !== undefined ? 0.7 : listedBy === undefined ? 0.98 : 0.9, kind: 'usb-id', because };
    }
  }
  const { deviceId } = parsed;
  if (deviceId) {
    const entries = catalogue.entries(deviceIdKey(deviceId.manufacturer, deviceId.model), 50).map((number) => catalogue.entry(number));
    for (const entry of entries) {
      const several = entries.length > 1;
      yield { device: entry.id, confidence: several ? 0.88 : 0.98, kind: 'ieee1284', because: ['ieee1284-equal', ...(several ? [`ieee1284-several:${entries.length}`] : [])] };
    }
  }
  for (const article of articlesIn(parsed.name)) {
    for (const number of catalogue.entries(articleKey(article), 10)) yield { device: catalogue.entry(number).id, confidence: 0.97, kind: 'article', because: [`article-equal:${article}`] };
  }
}

/** Words with digits, as an article number is. */
function articlesIn(name: string): readonly string[] {
  return [...name.matchAll(/[\p{L}\p{N}][\p{L}\p{N}._/#-]{2,38}/gu)].map(([word]) => word).filter((word) => /[0-9]/.test(word)).slice(0, 20);
}

function* matchesByName(parsed: Asked, catalogue: IdentityCatalogue, data: NameData): Generator<Match> {
  const vocabulary: Vocabulary = {
    vendorOf: (squash) => catalogue.terms(`v:${squash}`)[0],
    isWord: (word) => catalogue.entries(`w:${word}`, 1).length > 0,
    wordsSounding: (skeleton) => catalogue.terms(`y:${skeleton}`),
  };
  for (const name of [parsed.name, ...parsed.otherNames]) {
    const signature = signatureOf(nameWithoutIds(name), data, vocabulary);
    if (signature.squash === '' && signature.vendors.length === 0) continue;
    const entries = findCandidates(signature, catalogue).map((number) => catalogue.entry(number)).filter((entry) => !isOfOtherMaker(signature, entry, data));
    const numbered = signature.codes.length === 0 ? entries.filter((entry) => hasNumberBehind(entry, signature, data)) : [];
    for (const entry of entries) {
      const match = bestName(signature, entry, parsed, data, vocabulary);
      if (match) yield entry.importedFrom !== undefined && numbered.length >= fewestOfSeries ? ofSeries(match, numbered.length) : match;
    }
  }
}

/** So many models whose name goes on with a number make a name without one that of a series. */
const fewestOfSeries = 2;

/** Whether a name of the entry has all the asked words, and a model number. */
function hasNumberBehind(entry: IdentityEntry, { words }: NameSignature, data: NameData): boolean {
  return words.length > 0 && candidateNames(entry, data).some(({ signature }) => signature.codes.length > 0 && words.every((word) => signature.words.includes(word)));
}

/** A list may know a "LaserJet" without a number; whoever writes only that means one of many. A device of ours has such a name because a person gave it. */
function ofSeries(match: Match, models: number): Match {
  return match.kind === 'related' ? match : { ...match, kind: 'related', confidence: Math.min(match.confidence, seriesCeiling), because: [...match.because, `series-name:${models}`] };
}

const seriesCeiling = 0.75;

/** True if another maker was said, of no group with this one: the same number says nothing then, and most candidates are like that. */
function isOfOtherMaker({ vendors }: NameSignature, { vendor, name, aliases }: IdentityEntry, data: NameData): boolean {
  if (vendors.length === 0) return false;
  const own = vendorIdOf(vendor, data);
  const families = data.families.get(own) ?? [];
  if (own === '' || vendors.some((each) => each === own || (data.families.get(each) ?? []).some((family) => families.includes(family)))) return false;
  // "Arduino Nano clone" of another maker says the name that was asked for.
  return ![name, ...aliases].some((each) => vendors.some((said) => squashed(each.toLowerCase()).includes(squashed((data.vendorNames.get(said) ?? said).toLowerCase()))));
}

/** The best of an entry's names against what was asked. */
function bestName(asked: NameSignature, entry: IdentityEntry, parsed: Asked, data: NameData, vocabulary: Vocabulary): Match | undefined {
  let best: Match | undefined;
  for (const [index, candidate] of candidateNames(entry, data).entries()) {
    const { confidence, whole, related, because } = scoreName(asked, candidate, data, vocabulary.isWord);
    if (confidence < leastConfidence || (best && best.confidence >= confidence)) continue;
    const kind: MatchKind = related ? 'related' : whole ? (index === 0 ? 'exact' : 'alias') : parsed.form === 'ieee1284' ? 'ieee1284' : 'fuzzy';
    best = { device: entry.id, confidence: round(confidence), kind, because: [...because, ...asked.read, ...(entry.importedFrom ? [`imported:${entry.importedFrom.join(' ')}`] : []), ...(entry.rebrandOf === undefined ? [] : [`rebrand-of:${entry.rebrandOf}`])] };
  }
  return best;
}

const parsedNames = new WeakMap<IdentityEntry, readonly CandidateName[]>();

function candidateNames(entry: IdentityEntry, data: NameData): readonly CandidateName[] {
  const held = parsedNames.get(entry);
  if (held) return held;
  const vocabulary = ownVocabulary(entry, data);
  const vendor = vendorIdOf(entry.vendor, data);
  const names = namesOfEntry(entry).map((name) => ({ vendor, signature: signatureOf(nameWithoutIds(name), data, vocabulary) }));
  parsedNames.set(entry, names);
  return names;
}

/** The id is of no device that is known, the name is: the same model with another board, or a list that errs. */
function unknownId(match: Match, id: string): Match {
  return { ...match, confidence: round(match.confidence * 0.8), because: [...match.because, `usb-id-unknown:${id}`] };
}

function round(confidence: number): number {
  return Math.round(confidence * 1000) / 1000;
}
