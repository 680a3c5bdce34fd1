import { basename } from 'node:path';
import { cleanText } from './clean-text.ts';
import { filesBelow } from './files-below.ts';
import type { Importer, RawFact } from './importer.ts';
import { textLines } from './text-lines.ts';

interface Seen {
  readonly at: string;
  readonly id: string;
  /** As the list of whoever ran lsusb has it. */
  readonly listed: string;
  /** Of the device's own strings. */
  vendor: string;
  product: string;
  /** Of the list, in lsusb -v; undefined where the listing has no such lines. */
  listedVendor: string | undefined;
  listedProduct: string | undefined;
  hub: boolean;
}

/**
 * Listings of `lsusb` and `lsusb -v`, as linuxhw keeps them: one file, or a folder of them. The device's own strings (iManufacturer, iProduct) count more than
 * the name of the list. Hubs are left out. The reader takes what is cut off or mangled too; `hwlab model import` is the strict one.
 */
export const lsusbImporter: Importer = {
  kind: 'lsusb',
  what: 'output of lsusb or lsusb -v, a file or a folder of files',
  licence: 'of its owner; for listings of linuxhw the terms of their repository',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    describe({ name: `lsusb ${basename(path)}`.slice(0, 120) });
    for (const file of filesBelow(path, [''])) {
      let device: Seen | undefined;
      for await (const { at: here, line: text } of textLines(file, problem)) {
        const line = text.trim();
        const [, vendorId, productId, listed = ''] = /^Bus \d{3} Device \d{3}: ID ([0-9a-f]{4}):([0-9a-f]{4})(.*)$/iu.exec(line) ?? [];
        if (vendorId !== undefined) {
          yield* factOf(device);
          device = { at: here, id: `${vendorId}:${productId}`.toLowerCase(), listed: cleanText(listed), vendor: '', product: '', listedVendor: undefined, listedProduct: undefined, hub: vendorId.toLowerCase() === '1d6b' };
        } else if (device) takeField(device, line);
      }
      yield* factOf(device);
    }
  },
};

function takeField(device: Seen, line: string): void {
  const [, key = '', text = ''] = /^(iManufacturer|iProduct|bDeviceClass)\s+\d+\s*(.*)$/u.exec(line) ?? [];
  if (key === 'iManufacturer' && text !== '(error)') device.vendor ||= cleanText(text, 80);
  if (key === 'iProduct' && text !== '(error)') device.product ||= cleanText(text);
  const [, part = '', name = ''] = /^(idVendor|idProduct)\s+0x[0-9a-f]{4}\s*(.*)$/iu.exec(line) ?? [];
  if (part === 'idVendor') device.listedVendor ??= cleanText(name, 80);
  if (part === 'idProduct') device.listedProduct ??= cleanText(name);
  if (key === 'bDeviceClass' && text.trim() === 'Hub') device.hub = true;
}

function* factOf(device: Seen | undefined): Generator<RawFact> {
  if (!device || device.hub) return;
  const { at, id, listed, vendor, product, listedVendor, listedProduct } = device;
  // The first line has maker and product in one; a listing whose strings were taken out may have the maker only, which names no device.
  const fromList = listedProduct ?? listed;
  const name = product === '' ? fromList : product;
  if (name === '') return;
  const aliases = product !== '' && fromList !== '' && fromList !== product ? [fromList] : [];
  yield { device: { vendor: vendor === '' ? (listedVendor ?? '') : vendor, name, usb: [id], ...(aliases.length > 0 ? { aliases } : {}) }, claim: { says: 'seen' }, at };
}
