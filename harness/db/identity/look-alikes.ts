/**
 * Letters that look like Latin ones (Unicode TR 39 calls them confusable): Cyrillic and Greek, lower case. Folding to lower case comes first, so
 * both the capital ("Н" looks like "H") and the small shape ("н" does not) are read as the capital's twin; a name is typed in capitals as often as not.
 */
const twins: Readonly<Record<string, string>> = {
  а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x', і: 'i', ї: 'i', ј: 'j', ѕ: 's', ԁ: 'd', һ: 'h', ԛ: 'q', ԝ: 'w', ӏ: 'l', ь: 'b',
  α: 'a', β: 'b', ε: 'e', ζ: 'z', η: 'h', ι: 'i', κ: 'k', μ: 'm', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'y', χ: 'x',
};

/** Sounds, for letters that look like nothing Latin, and for whole words (`kiosera` for "киосера"). */
const sounds: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i', к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'h', ц: 'ts',
  ч: 'ch', ш: 'sh', щ: 'sh', ъ: '', ы: 'i', ь: '', э: 'e', ю: 'yu', я: 'ya', і: 'i', ї: 'i', є: 'e', ґ: 'g',
};

const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** True if the word has a Cyrillic or Greek letter. */
export function isForeign(word: string): boolean {
  return foreign.test(word);
}

/** The word in Latin letters as it looks; undefined if one of its letters looks like none. */
export function asItLooks(word: string): string | undefined {
  let latin = '';
  for (const letter of word) {
    const twin = foreign.test(letter) ? twins[letter] : letter;
    if (twin === undefined) return undefined;
    latin += twin;
  }
  return latin;
}

/** The word in Latin letters as it sounds in Russian. */
export function asItSounds(word: string): string {
  return [...word].map((letter) => sounds[letter] ?? (foreign.test(letter) ? (twins[letter] ?? '') : letter)).join('');
}

/**
 * What stays of a word when it is heard: `ksr` for "kyocera" and for "kiosera". Vowels go except a first one, letters of one sound become one. Two words of
 * one skeleton need not be the same word, so this is only for Cyrillic words that nothing else explains.
 */
export function soundSkeleton(latin: string): string {
  return latin
    .replace(/dzh|dj/gu, 'j')
    .replace(/ph/gu, 'f')
    .replace(/th/gu, 't')
    .replace(/ck|q/gu, 'k')
    .replace(/c(?=[eiy])/gu, 's')
    .replace(/sh|ch/gu, 's')
    .replace(/c/gu, 'k')
    .replace(/x/gu, 'ks')
    .replace(/zh|z/gu, 's')
    .replace(/w/gu, 'v')
    .replace(/(?!^)[aeiouyh]/gu, '')
    .replace(/^[eiy]/u, 'i')
    .replace(/(.)\1+/gu, '$1');
}
