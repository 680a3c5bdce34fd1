import { editDistance } from '../../base/near-matches.ts';
import { compareCodes, strengthOf, type ModelCode } from './model-code.ts';
import type { NameData } from './name-data.ts';
import type { NameSignature } from './name-signature.ts';

/** How alike an asked name and a name of the catalogue are. */
export interface NameScore {
  /** From 0 to 1. */
  readonly confidence: number;
  /** Every letter and digit is the same, the maker's name and generic words apart. */
  readonly whole: boolean;
  /** It is known to be another model, of the same series or number. */
  readonly related: boolean;
  readonly because: readonly string[];
}

/** The name of a device as it is compared: its maker, and the rest. */
export interface CandidateName {
  /** The maker's id. */
  readonly vendor: string;
  readonly signature: NameSignature;
}

/** What each difference takes from full confidence. Set on one half of the data of scripts/identity/measure.ts. */
const cost = {
  anyDifference: 0.02,
  vendorNotSaid: { strong: 0.04, medium: 0.1, weak: 0.14 },
  missingWord: 0.04,
  variant: 0.14,
  looseVariant: { coded: 0.04, bare: 0.14 },
  otherKind: 0.2,
  seriesNotInName: 0.14,
  seriesConflict: { coded: 0.08, bare: 0.3 },
  wordsDiffer: 0.12,
  extraKnownWord: 0.01,
  extraUnknownWord: { strong: 0, medium: 0.04, weak: 0.2, words: 0.06 },
  extraCode: { strong: 0.06, medium: 0.06, weak: 0.15 },
  missingCode: { strong: 0.4, medium: 0.12, weak: 0.14 },
  typo: 0.05,
  prefixLeftOut: { strong: 0.16, medium: 0.2, weak: 0.3 },
  prefixInPart: 0.16,
  sounded: 0.03,
  strangeWord: 0.1,
} as const;

/** Highest confidence of what is not the device that was asked for. */
const ceiling = { variant: 0.6, series: 0.8, otherPrefix: 0.4, nearNumber: 0.3, otherVendor: 0.3, otherVendorNumber: 0.1, family: 0.75, generic: 0.5 } as const;

/** What holds two names together: a code, by its strength, or words only. */
type Anchor = 'strong' | 'medium' | 'weak' | 'words';

type Draft = { confidence: number; cap: number; related: boolean; because: string[] };

/** Compares an asked name with a name of the catalogue. Symmetrical in the codes, not in the words: who asks may say more. */
export function scoreName(asked: NameSignature, { vendor, signature }: CandidateName, data: NameData, isWord: (word: string) => boolean): NameScore {
  const draft: Draft = { confidence: 1, cap: 1, related: false, because: [] };
  const { anchor: anchored, lettered } = scoreCodes(asked, signature, draft);
  const whole = asked.squash === signature.squash || (asked.core !== '' && asked.core === signature.core);
  const words = scoreWords(asked, signature, draft, data, isWord, anchored, lettered);
  scoreVendor(asked, { vendor, signature }, { anchor: anchored, lettered, whole, words }, draft, data);
  if (!whole) draft.confidence -= cost.anyDifference;
  else draft.because.unshift('name-equal');
  if (asked.read.some((reason) => reason.startsWith('sounds-like'))) draft.confidence -= cost.sounded;
  if (signature.words.length === 0 && signature.codes.length === 0 && (asked.squash !== signature.squash || asked.vendors.length === 0)) cap(draft, ceiling.generic, 'generic-name');
  const confidence = Math.max(0, Math.min(draft.confidence, draft.cap));
  return { confidence, whole: whole && confidence > 0.9, related: draft.related || confidence < ceiling.variant, because: draft.because };
}

/** Compares the codes; gives what holds the two names together, and whether it is a number with letters before it on both sides. */
function scoreCodes(asked: NameSignature, candidate: NameSignature, draft: Draft): { readonly anchor: Anchor; readonly lettered: boolean } {
  const left = [...asked.codes];
  let anchor: Anchor = 'words';
  let lettered = false;
  const ranked = candidate.codes;
  for (const [index, code] of ranked.entries()) {
    const strength = strengthOf(code);
    let best: { readonly own: ModelCode; readonly how: keyof typeof rank } | undefined;
    for (const own of left) {
      const how = compareCodes(own, code, asked.series || candidate.series);
      if (best === undefined || rank[how] > rank[best.how]) best = { own, how };
    }
    if (best === undefined || best.how === 'different' || (index > 0 && rank[best.how] < rank.variant)) {
      draft.confidence -= index === 0 ? cost.missingCode.strong + (anchor === 'words' ? 0.3 : 0) : cost.missingCode[strength];
      draft.because.push(`code-missing:${code.text}`);
      continue;
    }
    left.splice(left.indexOf(best.own), 1);
    if (index === 0) {
      anchor = strength;
      lettered = best.own.prefix !== '' && code.prefix !== '';
    }
    takeAgreement(best.how, best.own, code, asked.series || candidate.series, draft);
  }
  for (const code of left.filter((each) => !each.soft)) {
    const strength = strengthOf(code);
    draft.confidence -= ranked.length === 0 ? (strength === 'weak' ? 0.2 : 0.45) : strength === 'strong' && anchor === 'weak' ? 0.3 : strength === 'strong' && anchor === 'medium' ? 0.15 : cost.extraCode[strength];
    draft.because.push(`code-extra:${code.text}`);
  }
  return { anchor, lettered };
}

const rank = { equal: 6, 'prefix-left-out': 5, variant: 4, 'in-series': 3, 'other-prefix': 2, 'near-number': 1, different: 0 } as const;

function takeAgreement(how: Exclude<keyof typeof rank, 'different'>, own: ModelCode, code: ModelCode, series: boolean, draft: Draft): void {
  switch (how) {
    case 'equal':
      draft.because.push(`code-equal:${code.text}`);
      return;
    case 'prefix-left-out':
      draft.confidence -= own.prefix === '' || code.prefix === '' ? cost.prefixLeftOut[strengthOf(code)] : cost.prefixInPart;
      draft.because.push(`code-prefix:${own.text}|${code.text}`);
      return;
    case 'variant':
      // "1320 series" is 1320, 1320n and 1320tn.
      if (series && (own.suffix === '' || code.suffix === '')) {
        return cap(draft, ceiling.series, `series-covers:${own.text}|${code.text}`);
      }
      draft.related = true;
      return cap(draft, ceiling.variant, `code-variant:${own.text}|${code.text}`);
    case 'in-series':
      return cap(draft, ceiling.series, `series-covers:${own.text}|${code.text}`);
    case 'other-prefix':
      draft.related = true;
      return cap(draft, ceiling.otherPrefix, `code-other-prefix:${own.text}|${code.text}`);
    case 'near-number':
      draft.related = true;
      return cap(draft, ceiling.nearNumber, `number-near:${own.text}|${code.text}`);
  }
}

/** Compares the words; gives how many of the candidate's were said. */
function scoreWords(asked: NameSignature, candidate: NameSignature, draft: Draft, data: NameData, isWord: (word: string) => boolean, anchor: Anchor, lettered: boolean): number {
  const extra = new Set(asked.words);
  const coded = lettered ? 'coded' : 'bare';
  let said = 0;
  const missing: string[] = [];
  for (const word of candidate.words) {
    const near = extra.has(word) ? word : [...extra].find((each) => isTypo(each, word, data, isWord));
    if (near === undefined) missing.push(word);
    else {
      said++;
      extra.delete(near);
      if (near !== word) {
        draft.confidence -= cost.typo;
        draft.because.push(`word-typo:${near}|${word}`);
      }
    }
  }
  // "scan jet" and "scanjet" are one word.
  const glued = [...asked.words, ...asked.generic].join('');
  const trulyMissing = missing.filter((word) => !(glued.includes(word) && word.length >= 5));
  const extraSeries = [...extra].filter((word) => data.series.has(word));
  const missingSeries = trulyMissing.filter((word) => data.series.has(word));
  // "LiDE 600" is no S600: a series says which letters belong to the number.
  const leftOut = draft.because.some((reason) => reason.startsWith('code-prefix'));
  if (extraSeries.length > 0 && leftOut) cap(draft, ceiling.variant, `series-differs:${extraSeries.join(' ')}|${missingSeries.join(' ')}`);
  else if (extraSeries.length > 0 && missingSeries.length > 0) {
    draft.confidence -= cost.seriesConflict[coded];
    draft.because.push(`series-differs:${extraSeries.join(' ')}|${missingSeries.join(' ')}`);
  }
  // A bare number says nothing between two names that have other words: "LiDE 400" and "IXUS 400".
  else if (!lettered && anchor !== 'words' && trulyMissing.length > 0 && [...extra].some((word) => isWord(word) || data.series.has(word))) {
    if (said === 0) cap(draft, ceiling.variant, `words-differ:${[...extra].join(' ')}|${trulyMissing.join(' ')}`);
    else draft.confidence -= cost.wordsDiffer;
  }
  if (anchor === 'words' && candidate.words.length > 0) {
    draft.confidence -= (0.6 * trulyMissing.length) / candidate.words.length;
    if (said === 0 && trulyMissing.length > 0) draft.confidence -= 0.4;
  }
  const costOf = (word: string, plain: number): number => {
    if (data.otherKinds.has(word)) return cost.otherKind;
    if (data.variants.has(word) || (word.length <= 2 && !asked.spelt.has(word))) return cost.variant;
    return data.looseVariants.has(word) ? cost.looseVariant[coded] : plain;
  };
  for (const word of trulyMissing) draft.confidence -= costOf(word, cost.missingWord);
  if (!lettered && anchor !== 'words' && candidate.words.length === 0 && extraSeries.length > 0 && candidate.codes.every((code) => code.suffix === '')) draft.confidence -= cost.seriesNotInName;
  for (const word of extra) {
    const own = costOf(word, 0);
    if (own > 0) draft.confidence -= own;
    else if (isWord(word)) draft.confidence -= anchor === 'words' ? 0.06 : cost.extraKnownWord;
    else if (!asked.spelt.has(word)) draft.confidence -= anchor === 'words' && word.length === 1 ? 0.2 : cost.extraUnknownWord[anchor];
  }
  if (trulyMissing.length > 0) draft.because.push(`words-missing:${trulyMissing.join(' ')}`);
  if (said > 0) draft.because.push(`words-equal:${candidate.words.filter((word) => !missing.includes(word)).join(' ')}`);
  return said;
}

/** One typing mistake in a word of five letters or more that is no word itself; two in one of nine or more. */
function isTypo(typed: string, word: string, data: NameData, isWord: (word: string) => boolean): boolean {
  if (Math.min(typed.length, word.length) < 5 || Math.abs(typed.length - word.length) > 2 || isWord(typed) || data.series.has(typed) || data.generic.has(typed)) return false;
  return editDistance(typed, word) <= (word.length >= 9 ? 2 : 1);
}

interface Context {
  readonly anchor: Anchor;
  readonly lettered: boolean;
  readonly whole: boolean;
  /** Words of the candidate that were said. */
  readonly words: number;
}

function scoreVendor(asked: NameSignature, { vendor, signature }: CandidateName, { anchor, lettered, whole, words }: Context, draft: Draft, data: NameData): void {
  const equal = asked.vendors.find((each) => each === vendor || (signature.vendors.includes(each) && !signature.vendors.includes(vendor)));
  if (equal !== undefined) {
    draft.because.push(`vendor-equal:${equal}`);
    return;
  }
  if (asked.vendors.length === 0) {
    const level = anchor === 'words' ? 'medium' : anchor;
    // A series that is said ("ECOSYS", "LaserJet") names its maker.
    draft.confidence -= words > 0 ? Math.min(cost.vendorNotSaid[level], 0.02) : whole && anchor === 'strong' ? 0.01 : cost.vendorNotSaid[level];
    draft.because.push('vendor-not-said');
    const strange = asked.words.find((word) => !asked.spelt.has(word) && word.length > 1 && !signature.words.includes(word));
    if (words === 0 && strange !== undefined) {
      draft.confidence -= cost.strangeWord;
      draft.because.push(`maker-unknown:${strange}`);
    }
    return;
  }
  const families = data.families.get(vendor) ?? [];
  const family = asked.vendors.flatMap((each) => data.families.get(each) ?? []).find((each) => families.includes(each));
  if (family !== undefined) return cap(draft, ceiling.family, `vendor-family:${family}`);
  draft.related = true;
  cap(draft, lettered || words > 0 ? ceiling.otherVendor : ceiling.otherVendorNumber, `vendor-differs:${asked.vendors.join(' ')}|${vendor}`);
}

function cap(draft: Draft, most: number, reason: string): void {
  draft.cap = Math.min(draft.cap, most);
  draft.because.push(reason);
}
