import { cleanText } from './clean-text.ts';
import type { Importer } from './importer.ts';
import { splitModels } from './split-models.ts';
import { splitVendor } from './split-vendor.ts';
import { textLines } from './text-lines.ts';

/** hwdb file of sane-backends: a comment with the scanners' names, then `usb:v03F0p0101*`. All are scanners that a backend claims. */
export const saneHwdbImporter: Importer = {
  kind: 'sane-hwdb',
  what: '20-sane.hwdb (Debian package libsane1: /usr/lib/udev/hwdb.d/20-sane.hwdb)',
  licence: 'GPL-2.0-or-later (sane-backends)',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    let names = '';
    for await (const { at, line } of textLines(path, problem)) {
      const [, version] = /^# by sane-desc \S+ from (sane-backends \S+)/u.exec(line) ?? [];
      if (version !== undefined) describe({ name: cleanText(version, 80) });
      else if (line.startsWith('#')) names = line.slice(1);
      else {
        const [, vendorId, productId] = /^usb:v([0-9a-f]{4})p([0-9a-f]{4})/iu.exec(line) ?? [];
        if (vendorId === undefined || productId === undefined) continue;
        for (const model of splitModels(names)) {
          yield { device: { ...splitVendor(model), usb: [`${vendorId}:${productId}`.toLowerCase()], classes: ['scanner'] }, claim: { says: 'works', feature: 'scanning', driver: 'sane' }, at };
        }
      }
    }
  },
};
