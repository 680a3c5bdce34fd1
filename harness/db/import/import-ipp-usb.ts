import { cleanText } from './clean-text.ts';
import { filesBelow } from './files-below.ts';
import type { Importer, RawFact } from './importer.ts';
import { splitVendor } from './split-vendor.ts';
import { textLines } from './text-lines.ts';

/** Quirks of ipp-usb: a section a model, `[HP OfficeJet Pro 8730]`, and settings that it needs. A file or a folder of .conf files. */
export const ippUsbImporter: Importer = {
  kind: 'ipp-usb',
  what: 'quirks (Debian package ipp-usb: /usr/share/ipp-usb/quirks)',
  licence: 'BSD-2-Clause (ipp-usb)',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    describe({ name: 'ipp-usb quirks' });
    for (const file of filesBelow(path, ['.conf'])) {
      let model = '';
      let at = '';
      let settings: string[] = [];
      for await (const { at: here, line: text } of textLines(file, problem)) {
        const line = text.trim();
        const [, section] = /^\[(.+)\]$/u.exec(line) ?? [];
        if (section !== undefined) {
          yield* quirkOf(model, settings, at);
          [model, at, settings] = [section, here, []];
        } else if (line !== '' && !/^[#;]/u.test(line) && settings.length < 32) settings.push(cleanText(line, 120));
      }
      yield* quirkOf(model, settings, at);
    }
  },
};

/** Sections with wildcards are about no one model. */
function* quirkOf(model: string, settings: readonly string[], at: string): Generator<RawFact> {
  if (cleanText(model) === '' || /[*?]/u.test(model) || settings.length === 0) return;
  const refused = settings.some((setting) => /^blacklist\s*=\s*true$/u.test(setting));
  yield {
    device: { ...splitVendor(model), classes: ['printer'] },
    claim: { says: refused ? 'broken' : 'quirk', feature: refused ? 'ipp-over-usb' : 'driverless', driver: 'ipp-usb', text: cleanText(settings.join('; '), 400) },
    at,
  };
}
