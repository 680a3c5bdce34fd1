import { captureError } from '../capture/capture-error.ts';
import { enumNumber } from './ipp-enum-names.ts';
import type { IppAttribute, IppValue } from './ipp-message.ts';
import { outOfBandNumbers, stringNumbers } from './ipp-tags.ts';

/** Attributes of a printer as `ipptool -tv` prints them, and what the print leaves open. */
export interface IpptoolAttributes {
  readonly attributes: readonly IppAttribute[];
  readonly notes: readonly string[];
}

const mostAttributes = 5000;
const mostDepth = 8;
const known = new Set(['integer', 'enum', 'boolean', 'rangeOfInteger', 'resolution', 'dateTime', 'octetString', 'textWithLanguage', 'nameWithLanguage']);
const linePattern = /^\s*(?:INFO:\s+)?([a-z0-9][a-z0-9._-]{0,254}) \((1setOf )?([A-Za-z-]+)\) = (.*)$/;

/** Does this text hold lines of ipptool? */
export function isIpptoolText(text: string): boolean {
  return text.split('\n', 2000).some((line) => linePattern.test(line));
}

/**
 * Reads lines `name (type) = value` (ipptool(1)). The last value of an attribute that comes twice counts.
 * @throws HwlabError usage `capture-...` with the line
 */
export function parseIpptoolText(text: string): IpptoolAttributes {
  const attributes = new Map<string, IppAttribute>();
  const notes = new Set<string>();
  let line = 0;
  let operation = false;
  for (const raw of text.split('\n')) {
    line++;
    const match = linePattern.exec(raw.replace(/\r$/, ''));
    if (!match) continue;
    const [, name = '', many, type = '', value = ''] = match;
    if (name === 'attributes-charset') operation = true;
    else if (operation && !['attributes-natural-language', 'status-message', 'detailed-status-message'].includes(name)) operation = false;
    if (operation) continue;
    if (attributes.size >= mostAttributes) throw captureError('capture-too-big', `more than ${mostAttributes} attributes`, { line });
    const values = valuesOf(name, type, value, many !== undefined, line, notes);
    attributes.delete(name);
    if (values.length > 0) attributes.set(name, { name, values });
  }
  if (attributes.size === 0) throw captureError('capture-empty', 'there is no attribute in it, "name (type) = value"', { line: 1 }, 'run ipptool -tv URI get-printer-attributes.test');
  return { attributes: [...attributes.values()], notes: [...notes] };
}

function valuesOf(name: string, type: string, text: string, many: boolean, line: number, notes: Set<string>): readonly IppValue[] {
  if (type in outOfBandNumbers) return [{ tag: type as 'unknown' }];
  if (type === 'collection') {
    notes.add('ipptool prints no types inside collections: they are taken from how the values look');
    const reader = new CollectionReader(name, text, line);
    const values: IppValue[] = [];
    do values.push(reader.collection(0));
    while (many && reader.take(','));
    return values;
  }
  if (!known.has(type) && !(type in stringNumbers)) {
    notes.add(`${name}: values of type ${type} are not known; it is left out`);
    return [];
  }
  const pieces = many ? text.split(',') : [text];
  if (many && /^(text|name)/.test(type) && pieces.length > 1) notes.add(`ipptool separates values by commas and does not mark those inside texts: ${name} is taken to have ${pieces.length} values`);
  return pieces.flatMap((piece) => {
    const value = single(name, type, piece.trim());
    if (value === 'unknown-enum') {
      notes.add(`${name}: the number of "${piece.trim().slice(0, 40)}" is not known; it is left out`);
      return [];
    }
    if (!value) throw captureError('capture-contradicts', `${name}: "${piece.slice(0, 60)}" is no ${type.slice(0, 40)}`, { line });
    return [value];
  });
}

function single(name: string, type: string, text: string): IppValue | 'unknown-enum' | undefined {
  if (type in stringNumbers) return { tag: type as 'keyword', value: unescaped(text) };
  switch (type) {
    case 'integer':
      return /^-?\d{1,10}$/.test(text) ? int32({ tag: 'integer', value: Number(text) }) : undefined;
    case 'enum': {
      const value = enumNumber(name, text);
      return value === undefined ? 'unknown-enum' : { tag: 'enum', value };
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? { tag: 'boolean', value: text === 'true' } : undefined;
    case 'rangeOfInteger': {
      const range = /^(-?\d{1,10})-(-?\d{1,10})$/.exec(text);
      return range ? { tag: 'rangeOfInteger', lower: Number(range[1]), upper: Number(range[2]) } : undefined;
    }
    case 'resolution':
      return resolution(text);
    case 'dateTime':
      return dateTime(text);
    case 'octetString':
      return { tag: 'octetString', value: /^<([0-9a-f]{2})*>$/i.test(text) ? text.slice(1, -1).toLowerCase() : Buffer.from(unescaped(text)).toString('hex') };
    case 'textWithLanguage':
    case 'nameWithLanguage': {
      const parts = /^(.*)\[([A-Za-z-]{1,63})\]$/.exec(text);
      return parts ? { tag: type, value: unescaped(parts[1] ?? ''), language: parts[2] ?? '' } : { tag: type === 'textWithLanguage' ? 'textWithoutLanguage' : 'nameWithoutLanguage', value: unescaped(text) };
    }
    default:
      return undefined;
  }
}

function int32(value: IppValue & { readonly value: number }): IppValue | undefined {
  return value.value === (value.value | 0) ? value : undefined;
}

function resolution(text: string): IppValue | undefined {
  const match = /^(\d{1,6})(?:x(\d{1,6}))?(dpi|dpcm)$/.exec(text);
  return match ? { tag: 'resolution', x: Number(match[1]), y: Number(match[2] ?? match[1]), units: match[3] as 'dpi' } : undefined;
}

/** `2024-03-27T15:12:57Z`, `...+0300`, `...+03:00`. */
function dateTime(text: string): IppValue | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d))?(?:Z|([+-]\d\d):?(\d\d))?$/.exec(text);
  return match ? { tag: 'dateTime', value: `${match[1] ?? ''}.${match[2] ?? '0'}${match[3] ?? '+00'}:${match[4] ?? '00'}` } : undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** `{media-size={x-dimension=21000 y-dimension=29700} media-type=stationery}`. */
class CollectionReader {
  readonly #attribute: string;
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(attribute: string, text: string, line: number) {
    this.#attribute = attribute;
    this.#text = text;
    this.#line = line;
  }

  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  collection(depth: number): IppValue {
    if (depth > mostDepth) throw captureError('capture-too-big', `${this.#attribute}: more than ${mostDepth} collections in each other`, { line: this.#line });
    if (!this.take('{')) throw this.#bad();
    const members: IppAttribute[] = [];
    while (!this.take('}')) {
      if (this.take(' ')) continue;
      const equals = this.#text.indexOf('=', this.#at);
      const name = this.#text.slice(this.#at, equals < 0 ? this.#at : equals);
      if (!/^[a-z0-9][a-z0-9._-]{0,254}$/.test(name)) throw this.#bad();
      this.#at = equals + 1;
      const values: IppValue[] = [];
      do values.push(this.#text[this.#at] === '{' ? this.collection(depth + 1) : guess(name, this.#word()));
      while (this.take(','));
      members.push({ name, values });
    }
    return { tag: 'collection', members };
  }

  /** Up to a comma, the next member or the end of the collection; a text may hold spaces. */
  #word(): string {
    const rest = this.#text.slice(this.#at);
    const end = /,|\}| (?=[a-z0-9][a-z0-9._-]*=)/.exec(rest);
    if (!end) throw this.#bad();
    this.#at += end.index;
    return rest.slice(0, end.index);
  }

  #bad(): Error {
    return captureError('capture-cut-off', `${this.#attribute}: the collection is not whole at its character ${this.#at}: "${this.#text.slice(this.#at, this.#at + 30)}"`, { line: this.#line });
  }
}

function guess(name: string, word: string): IppValue {
  const text = word.trim();
  if (/^(finishings|print-quality|orientation-requested)$/.test(name)) {
    const number = enumNumber(name, text);
    if (number !== undefined) return { tag: 'enum', value: number };
  }
  for (const type of ['integer', 'boolean', 'rangeOfInteger', 'resolution', 'dateTime']) {
    const value = single(name, type, text);
    if (value && value !== 'unknown-enum') return value;
  }
  return { tag: /^[a-z0-9][a-z0-9._-]*$/i.test(text) ? 'keyword' : 'textWithoutLanguage', value: unescaped(text) };
}
