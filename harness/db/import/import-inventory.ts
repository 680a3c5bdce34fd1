import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { nameData } from '../identity/name-data.ts';
import { parseAsked } from '../identity/parse-asked.ts';
import { listLimits } from '../tender/sheet.ts';
import { readList, tooBig } from '../tender/read-list.ts';
import { cleanText } from './clean-text.ts';
import type { Importer } from './importer.ts';
import { splitVendor } from './split-vendor.ts';

/** A school's inventory, CSV or XLSX: what it owns and how many. It proves that units exist, not that they work. Columns other than name, model, ids and quantity are not kept. */
export const inventoryImporter: Importer = {
  kind: 'inventory',
  what: "a school's inventory as CSV or XLSX",
  licence: 'of the school; not to be passed on',
  evidence: 'E3',
  async *read(path, { describe, problem }) {
    const { size } = await stat(path);
    if (size > listLimits.bytes) throw tooBig(size);
    const { lines, skipped } = await readList(await readFile(path));
    describe({ name: `inventory ${basename(path)}`.slice(0, 120) });
    for (const { row, reason } of skipped) if (reason === 'no-name') problem({ at: `${basename(path)}:${row}`, reason: 'the row names nothing' });
    for (const { row, text, asks, quantity } of lines) {
      const parsed = asks.map((asked) => parseAsked(asked, nameData()));
      const usb = [...new Set(parsed.flatMap((each) => each.usb))];
      const named = parsed.map((each) => cleanText(each.name)).find((name) => name !== '') ?? cleanText(text);
      if (named === '') continue;
      const whole = quantity.value !== undefined && Number.isInteger(quantity.value) && quantity.value >= 1 && quantity.value <= 1_000_000 ? quantity.value : undefined;
      yield { device: { ...splitVendor(named), ...(usb.length > 0 ? { usb: usb.slice(0, 64) } : {}) }, claim: { says: 'owned', ...(whole === undefined ? {} : { quantity: whole }) }, at: `${basename(path)}:${row}` };
    }
  },
};
