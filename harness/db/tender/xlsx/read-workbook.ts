import { posix } from 'node:path';
import { refusal, saveAsXlsx, type Both } from '../refuse-list.ts';
import { cleanCell, listLimits } from '../sheet.ts';
import { readXml } from './read-xml.ts';
import { hostile, type UnzippedParts } from './unzip-guarded.ts';

/** Where the sheets and their texts are (ECMA-376 part 1, 12 and 18.2). */
export interface Workbook {
  /** In the order of the tabs. */
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean; readonly part: string }[];
  /** Texts that cells refer to by number, cleaned. */
  readonly sharedStrings: readonly string[];
}

/** @throws HwlabError `list-not-readable`, `list-too-big` or `list-hostile` */
export async function readWorkbook(parts: UnzippedParts): Promise<Workbook> {
  const start = (await relationsOf(parts, '')).find((relation) => relation.type === 'officeDocument')?.target;
  const bytes = start === undefined ? undefined : await parts.read(start);
  if (start === undefined || bytes === undefined || !/\.xml$/i.test(start)) throw noWorkbook(parts, start);
  const relations = await relationsOf(parts, start);
  const sheets: { name: string; hidden: boolean; part: string }[] = [];
  let root = '';
  readXml(start, bytes, {
    open: (name, attributes) => {
      root ||= name;
      if (name !== 'sheet') return;
      if (sheets.length >= listLimits.sheets) throw refusal('list-too-big', [`the workbook has more than ${listLimits.sheets} sheets`, `в книге больше ${listLimits.sheets} листов`], ['keep the sheets with the list', 'оставьте листы со списком']);
      const part = relations.find((relation) => relation.id === idOf(attributes) && relation.type === 'worksheet')?.target;
      if (part !== undefined) sheets.push({ name: cleanCell(attributes['name'] ?? '').slice(0, 64), hidden: (attributes['state'] ?? 'visible') !== 'visible', part });
    },
  });
  if (root !== 'workbook') throw noWorkbook(parts, start);
  const texts = relations.find((relation) => relation.type === 'sharedStrings')?.target;
  return { sheets, sharedStrings: texts === undefined ? [] : await readSharedStrings(parts, texts) };
}

interface Relation {
  readonly id: string;
  /** Last word of its type. */
  readonly type: string;
  /** Name of the part. */
  readonly target: string;
}

/** Relations of a part to other parts of the archive; what is outside is never looked at (ECMA-376 part 2, 6.5). */
async function relationsOf(parts: UnzippedParts, of: string): Promise<readonly Relation[]> {
  const folder = posix.dirname(of);
  const part = posix.join(folder, '_rels', `${posix.basename(of)}.rels`);
  const bytes = await parts.read(part);
  const relations: Relation[] = [];
  if (bytes === undefined) return relations;
  readXml(part, bytes, {
    open: (name, { Id = '', Type = '', Target = '', TargetMode = 'Internal' }) => {
      if (name !== 'Relationship' || TargetMode !== 'Internal') return;
      const target = Target.startsWith('/') ? posix.normalize(Target.slice(1)) : posix.join(folder, Target);
      if (target.startsWith('..') || target.startsWith('/')) throw hostile([`${part} leads out of it: ${JSON.stringify(Target.slice(0, 120))}`, `${part} ведёт наружу: ${JSON.stringify(Target.slice(0, 120))}`]);
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), target });
    },
  });
  return relations;
}

async function readSharedStrings(parts: UnzippedParts, part: string): Promise<readonly string[]> {
  const bytes = await parts.read(part);
  const texts: string[] = [];
  if (bytes === undefined) return texts;
  let text = '';
  let inText = false;
  // Phonetic guides (rPh) repeat the text in another script.
  let inPhonetic = false;
  readXml(part, bytes, {
    open: (name) => {
      if (name === 'si') text = '';
      if (name === 'rPh') inPhonetic = true;
      inText = name === 't' && !inPhonetic;
    },
    close: (name) => {
      if (name === 'si') texts.push(cleanCell(unescaped(text)));
      if (name === 'rPh') inPhonetic = false;
      if (name === 't') inText = false;
    },
    text: (piece) => void (inText && text.length <= listLimits.cellText && (text += piece)),
  });
  return texts;
}

/** `_x000D_` in a text stands for a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19). */
export function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function idOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => /:id$/.test(name))?.[1] ?? '';
}

function noWorkbook({ names }: UnzippedParts, start: string | undefined): Error {
  const [en, ru]: Both = names.has('mimetype') ? ['an OpenDocument file and no spreadsheet', 'это документ OpenDocument, а не таблица'] : start?.startsWith('word/') ? ['a Word document', 'это документ Word'] : start?.startsWith('ppt/') ? ['a presentation', 'это презентация'] : start?.endsWith('.bin') ? ['a binary workbook (.xlsb)', 'это двоичная книга (.xlsb)'] : ['an archive without a workbook', 'это архив, в котором нет книги'];
  return refusal('list-not-readable', [`the file is ${en}`, ru], saveAsXlsx);
}
