import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { HwlabError, messageOf } from '../../../base/hwlab-error.ts';
import { refusal, saveAgain } from '../refuse-list.ts';
import { hostile } from './unzip-guarded.ts';

/** What is told of an XML part; names come without their prefix. */
export interface XmlHandlers {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string) => void;
}

/** Elements inside one another. */
const deepest = 64;

/**
 * Reads an XML part from beginning to end. No document type is accepted, so there are no entities but the five of XML, and nothing
 * outside is ever fetched.
 * @throws HwlabError `list-hostile` for a document type or for depth, `list-not-readable` for what is not well formed
 */
export function readXml(part: string, bytes: Uint8Array, { open, close, text }: XmlHandlers): void {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  let depth = 0;
  parser.on('error', (error) => {
    throw refusal('list-not-readable', [`the workbook is damaged: ${part}: ${error.message}`, `книга повреждена: ${part}: ${error.message}`], saveAgain, {}, error);
  });
  parser.on('doctype', () => {
    throw hostile([`${part} has a document type, which could define entities`, `в ${part} объявлен тип документа, который может определять сущности`]);
  });
  parser.on('opentag', (tag: SaxesTagPlain) => {
    depth += 1;
    if (depth > deepest) throw hostile([`${part} has more than ${deepest} elements inside one another`, `в ${part} больше ${deepest} вложенных элементов`]);
    open(plainName(tag.name), tag.attributes);
  });
  parser.on('closetag', (tag: SaxesTagPlain) => {
    depth -= 1;
    close?.(plainName(tag.name));
  });
  if (text) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  const whole = decoded(part, bytes);
  // In pieces, so that a document type is met before much is buffered.
  for (let at = 0; at < whole.length; at += 65_536) parser.write(whole.slice(at, at + 65_536));
  parser.close();
}

function decoded(part: string, bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw refusal('list-not-readable', [`the workbook is damaged: ${part} is not ${encoding}: ${messageOf(error)}`, `книга повреждена: ${part} не в кодировке ${encoding}`], saveAgain, {}, error);
  }
}

function plainName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
