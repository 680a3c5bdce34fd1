import { basename } from 'node:path';
import { cleanText } from './clean-text.ts';
import { filesBelow } from './files-below.ts';
import type { FactClaim, FactDevice, Importer, RawFact } from './importer.ts';
import { splitModels } from './split-models.ts';
import { textLines } from './text-lines.ts';

/** What a status of a .desc file means (doc/descriptions.txt of sane-backends). */
const statuses: Readonly<Record<string, FactClaim['says']>> = { complete: 'works', good: 'works', basic: 'limited', minimal: 'limited', untested: 'untested', unsupported: 'broken' };

interface Model {
  readonly name: string;
  readonly at: string;
  readonly usb: string[];
  status: FactClaim['says'];
  comment: string;
}

/** .desc files of sane-backends, one a backend: makers, models, USB ids, and how well each is supported. A file or a folder of them. */
export const saneDescImporter: Importer = {
  kind: 'sane-desc',
  what: "*.desc of sane-backends (source package, doc/descriptions and doc/descriptions-external)",
  licence: 'GPL-2.0-or-later (sane-backends)',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    describe({ name: 'sane-backends descriptions' });
    for (const file of filesBelow(path, ['.desc'])) yield* readDesc(file, problem);
  },
};

async function* readDesc(path: string, problem: Parameters<Importer['read']>[1]['problem']): AsyncGenerator<RawFact> {
  const file = basename(path);
  let backend = file.replace(/\.desc$/u, '');
  let vendor = '';
  let model: Model | undefined;
  for await (const { at, line } of textLines(path, problem)) {
    const [, key = '', rest = ''] = /^:([a-z]+)\s*(.*)$/u.exec(line.trim()) ?? [];
    const strings = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/gu)].map(([, text = '']) => text.replace(/\\(.)/gu, '$1'));
    const [first = ''] = strings;
    if (key === 'backend') backend = cleanText(first, 60);
    else if (key === 'mfg' || key === 'model' || key === 'devicetype') {
      if (model) yield* factsOf(vendor, model, backend);
      model = undefined;
      if (key === 'mfg') vendor = cleanText(first, 80);
      if (key === 'model' && cleanText(first) !== '') model = { name: cleanText(first), at, usb: [], status: 'untested', comment: '' };
    } else if (model && key === 'usbid') {
      const [product] = strings.slice(1);
      const [one, two] = [first, product].map((id) => /^0x([0-9a-f]{1,4})$/iu.exec(id ?? '')?.[1]?.toLowerCase().padStart(4, '0'));
      if (one !== undefined && two !== undefined && model.usb.length < 64) model.usb.push(`${one}:${two}`);
    } else if (model && key === 'status') model.status = statuses[/^:([a-z]+)/u.exec(rest)?.[1] ?? ''] ?? 'untested';
    else if (model && key === 'comment') model.comment = cleanText(first, 300);
  }
  if (model) yield* factsOf(vendor, model, backend);
}

function* factsOf(vendor: string, { name, at, usb, status, comment }: Model, backend: string): Generator<RawFact> {
  for (const each of splitModels(name)) {
    const device: FactDevice = { vendor, name: each, ...(usb.length > 0 ? { usb: [...new Set(usb)] } : {}), classes: ['scanner'] };
    yield { device, claim: { says: status, feature: 'scanning', driver: `sane:${backend}`.slice(0, 120), ...(comment === '' ? {} : { text: comment }) }, at };
  }
}
