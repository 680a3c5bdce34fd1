import { basename } from 'node:path';
import { cleanText } from './clean-text.ts';
import { filesBelow } from './files-below.ts';
import type { Importer } from './importer.ts';
import { splitVendor } from './split-vendor.ts';
import { textLines } from './text-lines.ts';

/** .tablet files of libwacom, one a tablet: `Name=`, `ModelName=`, `DeviceMatch=usb:056a:0325;...`. Libinput treats these as tablets. */
export const libwacomImporter: Importer = {
  kind: 'libwacom',
  what: '*.tablet (Debian package libwacom-common: /usr/share/libwacom)',
  licence: 'MIT (libwacom)',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    describe({ name: 'libwacom' });
    for (const file of filesBelow(path, ['.tablet'])) {
      const values = new Map<string, string>();
      let section = '';
      for await (const { line: text } of textLines(file, problem)) {
        const line = text.trim();
        const [, heading] = /^\[(\w+)\]$/u.exec(line) ?? [];
        if (heading !== undefined) section = heading;
        const [, key, value] = /^(\w+)=(.*)$/u.exec(line) ?? [];
        if (key !== undefined && section === 'Device' && !values.has(key)) values.set(key, value ?? '');
      }
      const at = `${basename(file)}:1`;
      const name = cleanText(values.get('Name') ?? '');
      if (name === '') {
        problem({ at, reason: 'there is no Name in [Device]' });
        continue;
      }
      const usb = [...(values.get('DeviceMatch') ?? '').matchAll(/usb:([0-9a-f]{4}):([0-9a-f]{4})/giu)].map(([, vendor, product]) => `${vendor}:${product}`.toLowerCase());
      const model = cleanText(values.get('ModelName') ?? '', 80);
      yield {
        device: { ...splitVendor(name), ...(model === '' ? {} : { aliases: [model] }), ...(usb.length > 0 ? { usb: [...new Set(usb)].slice(0, 64) } : {}), classes: ['panel'] },
        claim: { says: 'works', feature: 'pen', driver: 'libwacom' },
        at,
      };
    }
  },
};
