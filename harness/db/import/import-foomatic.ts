import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SaxesParser } from 'saxes';
import { messageOf } from '../../base/hwlab-error.ts';
import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import { cleanText } from './clean-text.ts';
import { filesBelow } from './files-below.ts';
import type { FactClaim, FactDevice, Importer, RawFact } from './importer.ts';

/** How well a printer works by foomatic's letter: A perfectly, B mostly, D partially, F a paperweight. */
const functionality: Readonly<Record<string, FactClaim['says']>> = { A: 'works', B: 'works', D: 'limited', F: 'broken' };

const longestFile = 1024 * 1024;
const deepest = 40;

/** Printers of foomatic-db, one XML file each: maker, model, device id, driver, and how well it works. A file or a folder of them. */
export const foomaticImporter: Importer = {
  kind: 'foomatic',
  what: 'printer XML files (Debian package foomatic-db: /usr/share/foomatic/db/source/printer)',
  licence: 'GPL-2.0-only or as the file says (foomatic-db)',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    describe({ name: 'foomatic-db' });
    for (const file of filesBelow(path, ['.xml'])) {
      const at = `${basename(file)}:1`;
      try {
        if ((await stat(file)).size > longestFile) throw new Error('the file is too long for a printer');
        const fact = factOf(textsOf(await readFile(file, 'utf8')), at);
        if (fact) yield fact;
      } catch (error) {
        problem({ at, reason: cleanText(messageOf(error), 200) });
      }
    }
  },
};

/** Texts of an XML file by the path of their elements: `printer/make`. Entities of a document type are refused. */
function textsOf(xml: string): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  const path: string[] = [];
  let text = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', (type) => {
    if (type.includes('<!ENTITY')) throw new Error('it declares entities');
  });
  parser.on('opentag', ({ name }) => {
    if (path.length >= deepest) throw new Error('its elements are nested too deep');
    path.push(name);
    text = '';
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', () => {
    const key = path.join('/');
    const value = text.trim();
    text = '';
    path.pop();
    if (value === '') return;
    const held = texts.get(key);
    if (held === undefined) texts.set(key, [value]);
    else if (held.length < 16) held.push(value);
  });
  parser.write(xml).close();
  return texts;
}

function factOf(texts: ReadonlyMap<string, readonly string[]>, at: string): RawFact | undefined {
  const one = (key: string, most = 160): string => cleanText(texts.get(`printer/${key}`)?.[0] ?? '', most);
  const vendor = one('make', 80);
  const name = one('model');
  if (name === '') return undefined;
  const ids: NonNullable<FactDevice['ieee1284']> = [];
  for (const bus of ['general', 'usb', 'parallel', 'snmp']) {
    const whole = one(`autodetect/${bus}/ieee1284`, 600);
    const manufacturer = cleanText(deviceIdField(whole, 'MFG', 'MANUFACTURER') ?? one(`autodetect/${bus}/manufacturer`), 80);
    const model = cleanText(deviceIdField(whole, 'MDL', 'MODEL') ?? one(`autodetect/${bus}/model`), 120);
    const commandSet = cleanText(deviceIdField(whole, 'CMD', 'COMMAND SET') ?? one(`autodetect/${bus}/commandset`), 200);
    if (model !== '' && !ids.some((id) => id.manufacturer === manufacturer && id.model === model)) ids.push({ manufacturer, model, ...(commandSet === '' ? {} : { commandSet }) });
  }
  const says = functionality[one('functionality')] ?? 'untested';
  const driver = one('driver', 110);
  return {
    device: { vendor, name, ...(ids.length > 0 ? { ieee1284: ids } : {}), classes: ['printer'] },
    claim: { says, feature: 'printing', ...(driver === '' ? {} : { driver: `foomatic:${driver}` }) },
    at,
  };
}
