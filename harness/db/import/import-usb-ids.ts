import { cleanText } from './clean-text.ts';
import type { Importer } from './importer.ts';
import { splitModels } from './split-models.ts';
import { textLines } from './text-lines.ts';

/** usb.ids of linux-usb.org: makers, and below each its products (format in the head of the file). Names only, no claim. */
export const usbIdsImporter: Importer = {
  kind: 'usb-ids',
  what: 'usb.ids (Debian package usb.ids: /usr/share/misc/usb.ids)',
  licence: 'GPL-2.0-or-later or BSD-3-Clause (usb.ids)',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    let vendor: { readonly id: string; readonly name: string } | undefined;
    let inHead = true;
    for await (const { at, line } of textLines(path, problem)) {
      if (line === '' || line.startsWith('#')) {
        const [, version] = inHead ? (/^#\s*Version:\s*(\S+)/u.exec(line) ?? []) : [];
        const [, date] = inHead ? (/^#\s*Date:\s*(\d{4}-\d{2}-\d{2})/u.exec(line) ?? []) : [];
        if (version !== undefined) describe({ name: cleanText(`usb.ids ${version}`, 80) });
        if (date !== undefined) describe({ date });
        continue;
      }
      inHead = false;
      const [, vendorId, vendorName] = /^([0-9a-f]{4})\s+(.+)$/iu.exec(line) ?? [];
      const [, productId, product] = /^\t([0-9a-f]{4})\s+(.+)$/iu.exec(line) ?? [];
      if (vendorId !== undefined) vendor = { id: vendorId.toLowerCase(), name: cleanText(vendorName ?? '', 80) };
      else if (productId === undefined) {
        // Two tabs are interfaces; other lists (classes, languages) follow the products.
        if (!line.startsWith('\t')) vendor = undefined;
      } else if (vendor) {
        const usb = [`${vendor.id}:${productId.toLowerCase()}`];
        for (const name of splitModels(product ?? '')) yield { device: { vendor: vendor.name, name, ...aliasesIn(name), usb }, at };
      }
    }
  },
};

/** `GT-7000U [Perfection 636]` has two names; brackets without a number hold a chip or a remark. */
function aliasesIn(name: string): { readonly aliases?: string[] } {
  const [, outer = '', inner = ''] = /^([^[]*)\[([^\]]*[0-9][^\]]*)\]/u.exec(name) ?? [];
  const aliases = [outer, ...splitModels(inner)].map((alias) => alias.trim()).filter((alias) => /[0-9]/.test(alias));
  return inner === '' || aliases.length === 0 ? {} : { aliases: [...new Set(aliases)] };
}
