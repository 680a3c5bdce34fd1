import { plainName } from '../identify-device.ts';
import { longestQuery } from './lookup-source.ts';

/** Words of a name as they are compared: `ECOSYS M2040dn` is `ecosys`, `m2040dn`; Cyrillic look-alikes are Latin. Bounded. */
export function wordsOf(text: string): readonly string[] {
  return text
    .slice(0, longestQuery)
    .split(/[^\p{L}\p{N}]+/u)
    .map(plainName)
    .filter((word) => word !== '')
    .slice(0, 12);
}
