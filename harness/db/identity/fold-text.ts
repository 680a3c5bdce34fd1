/** Most characters of a name that are looked at. A device's name is shorter; what is longer is somebody's essay, or an attack. */
export const longestAsked = 600;

const plain = /^[\x20-\x7e]*$/;
const invisible = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/gu;
const marks = /[™®©℠]/gu;
const dashes = /[\u2010-\u2015\u2212\u2043\u02d7\u2e3a\u2e3b\uff0d]/gu;
const doubleQuotes = /[“”„‟″〃ˮ]|''|’’|″/gu;
const singleQuotes = /[‘’‚‛′`´]/gu;

/**
 * A name as it is compared: NFKC, lower case, one kind of dash, quote and space, no invisible characters, no accents on Latin letters,
 * "ё" as "е". At most `longestAsked` characters.
 */
export function foldText(text: string): string {
  // Most names are plain ASCII; they need none of what follows, and catalogues have hundreds of thousands.
  if (text.length <= longestAsked && plain.test(text)) return text.toLowerCase().replace(/ {2,}/gu, ' ').replace(/''/gu, '"').replace(/`/gu, "'").trim();
  return text
    .slice(0, longestAsked)
    .replace(marks, ' ')
    .replace(/№/gu, ' ')
    .replace(doubleQuotes, '"')
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(dashes, '-')
    .replace(singleQuotes, "'")
    .toLowerCase()
    .normalize('NFD')
    .replace(/([a-z])\p{M}+/gu, '$1')
    .normalize('NFC')
    .replace(/ё/gu, 'е')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Z}\s]+/gu, ' ')
    .trim()
    .slice(0, longestAsked);
}
