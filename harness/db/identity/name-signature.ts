import { foldText } from './fold-text.ts';
import { asItLooks, asItSounds, isForeign, soundSkeleton } from './look-alikes.ts';
import { withoutMeasures } from './measures.ts';
import { modelCode, weightOf, type ModelCode } from './model-code.ts';
import type { NameData } from './name-data.ts';
import { splitAtoms, splitWords, type Atom, type NameWord } from './split-atoms.ts';

/** What a catalogue knows that helps to read a name. */
export interface Vocabulary {
  /** Id of a maker by its squashed name. */
  vendorOf(squash: string): string | undefined;
  isWord(word: string): boolean;
  /** Words with that skeleton of sounds. */
  wordsSounding(skeleton: string): readonly string[];
}

/** A name, taken apart for comparison. */
export interface NameSignature {
  /** Ids of the makers in it, in order. */
  readonly vendors: readonly string[];
  /** Words that are no part of a code, Latin, abbreviations written out, generic ones left out. */
  readonly words: readonly string[];
  /** Generic words, for two names that have nothing else. */
  readonly generic: readonly string[];
  /** The most telling first. */
  readonly codes: readonly ModelCode[];
  /** All letters and digits but the maker's. */
  readonly squash: string;
  /** The same without generic words. */
  readonly core: string;
  /** Kinds of devices that words in it name: printer, scanner, ... */
  readonly kinds: readonly string[];
  /** It says "series". */
  readonly series: boolean;
  /** Words that were only spelt out by their sound: chatter, as a rule. */
  readonly spelt: ReadonlySet<string>;
  /** Reasons that tell how foreign letters were read: `look-alike:нр|hp`. */
  readonly read: readonly string[];
}

const noVocabulary: Vocabulary = { vendorOf: () => undefined, isWord: () => false, wordsSounding: () => [] };
const mostVendorWords = 4;

/** Takes a name apart. @param text as it was typed, or folded */
export function signatureOf(text: string, data: NameData, vocabulary: Vocabulary = noVocabulary): NameSignature {
  const read: string[] = [];
  const spelt = new Set<string>();
  const { vendors, rest } = readVendors(splitWords(withoutMeasures(foldText(text))), { data, vocabulary, read, spelt });
  const kinds = new Set<string>();
  for (const { text: word } of rest) {
    const kind = data.kinds.get(word);
    if (kind !== undefined) kinds.add(kind);
  }
  const kept = rest.filter(({ text: word }) => word !== 'inch');
  const softWords = new Set(rest.flatMap(({ text: word }, index) => (word === 'inch' ? [kept.indexOf(rest[index - 1] as NameWord)] : [])));
  const atoms = splitAtoms(kept);
  const taken = takeCodes(atoms, data, softWords);
  const codes = taken.codes.filter(({ text: code }) => !data.generic.has(code)).sort((one, other) => weightOf(other) - weightOf(one));
  const { left } = taken;
  const words = left.filter((word) => !data.generic.has(word));
  const generic = left.filter((word) => data.generic.has(word));
  return {
    vendors,
    words: [...new Set(words)],
    generic,
    codes,
    squash: kept.map((word) => word.text).join(''),
    core: [...words.toSorted(), ...codes.map((code) => code.text)].join(''),
    kinds: [...kinds],
    series: generic.includes('series') || generic.includes('serie'),
    spelt,
    read,
  };
}

interface Reading {
  readonly data: NameData;
  readonly vocabulary: Vocabulary;
  readonly read: string[];
  readonly spelt: Set<string>;
}

/** Every word in Latin letters: by the dictionary, as it looks, or as it sounds, whichever is known. */
function latinWords(words: readonly NameWord[], reading: Reading): readonly NameWord[] {
  return words.flatMap(({ text, joint }) => {
    const latin = isForeign(text) ? latinForm(text, reading) : [text];
    return latin.flatMap((word, index) => {
      const expanded = writtenOut(word, reading.data).split(' ').filter((each) => each !== '');
      return expanded.map((each, place): NameWord => ({ text: each, joint: index === 0 && place === 0 ? joint : 'space' }));
    });
  });
}

/** Abbreviations in full: `lj` is laserjet, `lj1320` laserjet 1320. */
function writtenOut(word: string, { abbreviations, series }: NameData): string {
  const whole = abbreviations.get(word);
  if (whole !== undefined) return whole;
  const [, letters = '', number = ''] = /^([a-z]{2,})([0-9].*)$/u.exec(word) ?? [];
  const full = abbreviations.get(letters);
  return full !== undefined && series.has(full.split(' ').at(-1) ?? '') ? `${full} ${number}` : word;
}

function latinForm(word: string, reading: Reading): readonly string[] {
  const { data, vocabulary, read, spelt } = reading;
  const say = (how: string, latin: string): readonly string[] => {
    read.push(`${how}:${word}|${latin}`);
    return latin.split(' ');
  };
  const transcribed = data.transcriptions.get(word);
  if (transcribed !== undefined) return say('transcribed', transcribed);
  if (data.kinds.has(word) || data.generic.has(word) || data.vendors.has(word)) return [word];
  const looks = asItLooks(word);
  const mixed = /[a-z]/.test(word);
  if (looks !== undefined && (mixed || /[0-9]/.test(word) || isKnown(looks, data, vocabulary))) return say('look-alike', looks);
  if (mixed || /[0-9]/.test(word)) {
    // Pieces of one script each: "мфуkyocera", "п1102".
    const pieces = [...word.matchAll(/\p{Script=Cyrillic}+|\p{Script=Greek}+|[0-9]+|[^\p{Script=Cyrillic}\p{Script=Greek}0-9]+/gu)].map(([piece]) => piece);
    if (/[0-9]/.test(word)) return say('look-alike', pieces.map((piece) => (isForeign(piece) ? (asItLooks(piece) ?? asItSounds(piece)) : piece)).join(''));
    return pieces.flatMap((piece) => (isForeign(piece) ? latinForm(piece, reading) : [piece]));
  }
  const sounds = asItSounds(word);
  if (isKnown(sounds, data, vocabulary)) return say('transcribed', sounds);
  const skeleton = soundSkeleton(sounds);
  const heard = skeleton.length >= 3 ? vocabulary.wordsSounding(skeleton) : [];
  const [only] = heard;
  if (only !== undefined && heard.length === 1) return say('sounds-like', only);
  spelt.add(sounds);
  return [sounds];
}

function isKnown(latin: string, data: NameData, vocabulary: Vocabulary): boolean {
  return data.vendors.has(latin) || data.series.has(latin) || data.abbreviations.has(latin) || vocabulary.vendorOf(latin) !== undefined || vocabulary.isWord(latin);
}

/** Makers as they are written, then the rest in Latin letters and the makers in that. */
function readVendors(words: readonly NameWord[], reading: Reading): { readonly vendors: readonly string[]; readonly rest: readonly NameWord[] } {
  const written = takeVendors(words, reading.data, reading.vocabulary);
  const read = takeVendors(latinWords(written.rest, reading), reading.data, reading.vocabulary);
  return { vendors: [...new Set([...written.vendors, ...read.vendors])], rest: read.rest };
}

/** Takes the names of makers out: those of the data anywhere, those of the catalogue only where the name begins. */
function takeVendors(words: readonly NameWord[], data: NameData, vocabulary: Vocabulary): { readonly vendors: readonly string[]; readonly rest: readonly NameWord[] } {
  const vendors: string[] = [];
  const rest: NameWord[] = [];
  let begun = false;
  for (let index = 0; index < words.length; ) {
    let taken = 0;
    let squash = '';
    let found: string | undefined;
    for (let length = 1; length <= mostVendorWords && index + length <= words.length; length++) {
      const { text } = words[index + length - 1] as NameWord;
      squash += text === 'plus' ? '+' : text;
      const vendor = data.vendors.get(squash) ?? (begun ? undefined : vocabulary.vendorOf(squash));
      if (vendor === undefined) continue;
      // The longest name counts: "Fuji Xerox" before "Fuji".
      taken = length;
      found = vendor;
    }
    if (found !== undefined && !vendors.includes(found)) vendors.push(found);
    if (taken === 0) {
      let word = words[index] as NameWord;
      // "HP4470C": the maker stands close to the number.
      const [, close = '', number = ''] = /^([a-z]{2,})([0-9].*)$/u.exec(word.text) ?? [];
      const closeVendor = data.vendors.get(close);
      if (closeVendor !== undefined) {
        if (!vendors.includes(closeVendor)) vendors.push(closeVendor);
        word = { text: number, joint: word.joint };
      }
      if (vendors.length === 0 || rest.length > 0 || !data.companyForms.has(word.text)) rest.push(word);
      if (!data.generic.has(word.text)) begun = true;
    }
    index += Math.max(taken, 1);
  }
  return { vendors, rest };
}

/** Puts digits together with the letters that belong to them; what is left are words. */
function takeCodes(atoms: readonly Atom[], data: NameData, softWords: ReadonlySet<number>): { readonly codes: readonly ModelCode[]; readonly left: readonly string[] } {
  const used = new Set<number>();
  const codes: ModelCode[] = [];
  for (let index = 0; index < atoms.length; index++) {
    const atom = atoms[index] as Atom;
    if (!atom.digits || used.has(index)) continue;
    let first = index;
    while (first > 0 && !used.has(first - 1) && isPrefix(atoms, first - 1, data)) first--;
    let last = index;
    while (last + 1 < atoms.length && continues(atoms, last + 1, data)) last++;
    for (let each = first; each <= last; each++) used.add(each);
    const text = atoms.slice(first, last + 1).map((each) => each.text).join('');
    codes.push(modelCode(text, softWords.has(atom.word)));
  }
  return { codes, left: atoms.flatMap((atom, index) => (used.has(index) ? [] : [atom.text])) };
}

/** True if the letters at `index` belong to the number behind them. */
function isPrefix(atoms: readonly Atom[], index: number, data: NameData): boolean {
  const { text, digits } = atoms[index] as Atom;
  const { joint, digits: beforeDigits } = atoms[index + 1] as Atom;
  if (digits || text.length > 3 || joint === 'break' || data.generic.has(text) || data.separate.has(text) || data.series.has(text)) return false;
  // A second group of letters joins only where a hyphen or nothing stands between, or a short one before one letter: "WF C5290".
  return joint !== 'space' || beforeDigits || (atoms[index + 1]?.text.length ?? 9) === 1;
}

/** True if the piece at `index` goes on with the code that ends before it. */
function continues(atoms: readonly Atom[], index: number, data: NameData): boolean {
  const { text, digits, joint } = atoms[index] as Atom;
  if (joint === 'none') return digits || (text.length <= 4 && !(text.length > 2 && (data.generic.has(text) || data.separate.has(text))));
  if (digits) return false;
  const next = atoms[index + 1];
  const beginsAnother = next?.digits === true && next.joint !== 'space' && next.joint !== 'break';
  if (beginsAnother || isForeign(text) || joint === 'break') return false;
  return data.suffixes.has(text) || (/^[cdfnwtx]$/.test(text) && next?.digits !== true);
}
