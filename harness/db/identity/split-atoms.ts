/** How a piece of a name stands to the piece before it. */
export type Joint = 'none' | 'hyphen' | 'space' | 'break';

/** A piece of a folded name: letters or digits. */
export interface Atom {
  readonly text: string;
  readonly digits: boolean;
  readonly joint: Joint;
  /** Index of the word, that is the run of letters and digits, that it is a part of. */
  readonly word: number;
}

/** A word of a folded name: letters and digits without anything between. */
export interface NameWord {
  readonly text: string;
  readonly joint: Joint;
}

const mostWords = 80;
const longestWord = 60;

/** The words of a folded name, with what stood between them. A `+` behind a word is the word `plus`, `"` behind digits the word `inch`. */
export function splitWords(folded: string): readonly NameWord[] {
  const words: NameWord[] = [];
  let end = 0;
  for (const match of folded.matchAll(/[\p{L}\p{N}\p{M}]+|[+"]/gu)) {
    if (words.length >= mostWords) break;
    const [text] = match;
    const between = folded.slice(end, match.index);
    const joint = words.length === 0 ? 'break' : jointOf(between);
    if (text === '+' || text === '"') {
      if (between !== '' || words.length === 0) continue;
      const before = words.at(-1)?.text ?? '';
      if (text === '+') words.push({ text: 'plus', joint: 'space' });
      else if (/[0-9]$/.test(before)) words.push({ text: 'inch', joint: 'space' });
    } else words.push({ text: text.slice(0, longestWord), joint });
    end = match.index + text.length;
  }
  return words.flatMap((word, index) => (index > 0 && isLoneLetter(words, index - 1) ? [] : isLoneLetter(words, index) ? [{ text: word.text + (words[index + 1]?.text ?? ''), joint: word.joint }] : [word]));
}

/** The "i" of "i-sensys", which is one word. */
function isLoneLetter(words: readonly NameWord[], index: number): boolean {
  const next = words[index + 1];
  return words[index]?.text.length === 1 && /^\p{L}$/u.test(words[index].text) && next?.joint === 'hyphen' && /^\p{L}{4,}$/u.test(next.text);
}

function jointOf(between: string): Joint {
  if (between === '') return 'none';
  if (/^[-_]+$/.test(between)) return 'hyphen';
  return /^[\s.:'-]+$/.test(between) ? 'space' : 'break';
}

/** Words cut where letters meet digits: `m2040dn` is `m`, `2040`, `dn`. A lone letter o between digits is a nought. */
export function splitAtoms(words: readonly NameWord[]): readonly Atom[] {
  return words.flatMap(({ text, joint }, word) =>
    [...text.replace(/(?<=[0-9])o(?=[0-9])/gu, '0').matchAll(/[0-9]+|[^0-9]+/gu)].map(([piece], index) => ({ text: piece, digits: /^[0-9]/.test(piece), joint: index === 0 ? joint : ('none' as const), word })),
  );
}
