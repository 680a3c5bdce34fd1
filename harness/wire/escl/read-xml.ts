import { Parser } from 'xml2js';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';

/** An element without its prefix, attributes and comments: eSCL needs no more. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const maxBytes = 256 * 1024;
const maxElements = 20_000;
const maxDepth = 32;

/**
 * Reads a small XML document of an untrusted sender. A document type is refused, so there are no entities but the five of XML.
 * @throws HwlabError product `bad-xml`
 */
export function readXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > maxBytes) throw bad(`it has ${bytes.length} bytes, at most ${maxBytes} are read`);
  const text = decode(bytes);
  if (/<!DOCTYPE/i.test(text)) throw bad('it has a document type, which is not accepted');
  let root: unknown;
  let failure: unknown;
  const parser = new Parser({ async: false, explicitRoot: true, explicitChildren: true, preserveChildrenOrder: true, childkey: '$$', charkey: '_', trim: true });
  try {
    parser.parseString(text, (error: unknown, result: unknown) => {
      failure ??= error;
      root ??= result;
    });
  } catch (error) {
    failure ??= error;
  }
  if (failure) throw bad(messageOf(failure).split('\n')[0] ?? 'it is not well-formed', failure);
  const top = root && typeof root === 'object' ? Object.entries(root)[0] : undefined;
  if (!top) throw bad('it has no element');
  const budget = { elements: maxElements };
  return element(top[0], top[1], 1, budget);
}

/** The first child of that name. */
export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((candidate) => candidate.name === name);
}

export function childrenOf(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return parent?.children.filter((candidate) => candidate.name === name) ?? [];
}

/** The text of the first child of that name, undefined if it is absent or empty. */
export function childText(parent: XmlElement | undefined, name: string): string | undefined {
  return child(parent, name)?.text || undefined;
}

/** The decimal integer in the first child of that name; undefined if absent. @throws HwlabError product `bad-xml` if it is none. */
export function childInteger(parent: XmlElement | undefined, name: string): number | undefined {
  const text = childText(parent, name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d{1,9}$/.test(text)) throw bad(`<${name}> holds "${text.slice(0, 40)}", which is not an integer`);
  return Number(text);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw bad('it is not UTF-8', error);
  }
}

function element(name: string, node: unknown, depth: number, budget: { elements: number }): XmlElement {
  budget.elements -= 1;
  if (budget.elements < 0 || depth > maxDepth) throw bad(`it is nested deeper than ${maxDepth} or has more than ${maxElements} elements`);
  const local = name.slice(name.indexOf(':') + 1);
  if (typeof node !== 'object' || node === null) return { name: local, text: String(node ?? ''), children: [] };
  const fields = node as { _?: unknown; $$?: unknown };
  const nested = Array.isArray(fields.$$) ? (fields.$$ as { '#name'?: unknown }[]) : [];
  return {
    name: local,
    text: typeof fields._ === 'string' ? fields._ : '',
    children: nested.map((each) => element(String(each['#name'] ?? ''), each, depth + 1, budget)),
  };
}

function bad(what: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'bad-xml', blame: 'product', message: `an XML document cannot be read: ${what}`, cause });
}
