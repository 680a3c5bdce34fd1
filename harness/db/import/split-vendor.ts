import { foldText } from '../identity/fold-text.ts';
import { nameData, squashed } from '../identity/name-data.ts';
import { cleanText } from './clean-text.ts';

/** Parts the maker from a name that begins with it: by the makers that are known, else the first word. */
export function splitVendor(name: string): { readonly vendor: string; readonly name: string } {
  const clean = cleanText(name);
  const words = clean.split(' ');
  const { vendors } = nameData();
  for (let length = Math.min(4, words.length - 1); length > 0; length--) {
    if (vendors.has(squashed(foldText(words.slice(0, length).join(' '))))) return { vendor: words.slice(0, length).join(' ').slice(0, 80), name: words.slice(length).join(' ') };
  }
  const [first = '', ...rest] = words;
  return rest.length === 0 ? { vendor: '', name: first } : { vendor: first.slice(0, 80), name: rest.join(' ') };
}
