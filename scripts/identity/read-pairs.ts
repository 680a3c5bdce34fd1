import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foldText } from '../../harness/db/identity/fold-text.ts';
import { squashed } from '../../harness/db/identity/name-data.ts';
import { foomaticImporter } from '../../harness/db/import/import-foomatic.ts';
import { libwacomImporter } from '../../harness/db/import/import-libwacom.ts';
import { saneHwdbImporter } from '../../harness/db/import/import-sane-hwdb.ts';
import { usbIdsImporter } from '../../harness/db/import/import-usb-ids.ts';
import { FactGroups } from '../../harness/db/import/entries-from-facts.ts';
import type { Importer } from '../../harness/db/import/importer.ts';
import { splitVendor } from '../../harness/db/import/split-vendor.ts';
import { deviceIdField } from '../../harness/wire/ieee1284/device-id.ts';
import type { IdentityEntry } from '../../harness/db/identity/identity-entry.ts';

/** A public list as models with the ids that it gives them. */
export interface PublicList {
  readonly name: string;
  readonly entries: readonly IdentityEntry[];
}

/** Places of a list below the root of a system, the first that is there counts. */
const places = {
  usbIds: ['usr/share/misc/usb.ids', 'var/lib/usbutils/usb.ids', 'usr/share/hwdata/usb.ids'],
  sane: ['usr/lib/udev/hwdb.d/20-sane.hwdb', 'lib/udev/hwdb.d/20-sane.hwdb'],
  libwacom: ['usr/share/libwacom'],
  foomatic: ['usr/share/foomatic/db/source/printer'],
  hpcups: ['usr/share/cups/drv/hpcups.drv'],
  brlaser: ['usr/share/cups/drv/brlaser.drv'],
  gutenprint: ['usr/share/gutenprint/5.3/xml/printers'],
} as const;

/** The lists that are installed below `root`, by name. */
export async function readLists(root: string): Promise<ReadonlyMap<string, PublicList>> {
  const lists = new Map<string, PublicList>();
  const at = (name: keyof typeof places): string | undefined => places[name].map((place) => join(root, place)).find((path) => existsSync(path));
  const importers: readonly (readonly [keyof typeof places, Importer])[] = [['usbIds', usbIdsImporter], ['sane', saneHwdbImporter], ['libwacom', libwacomImporter], ['foomatic', foomaticImporter]];
  for (const [name, importer] of importers) {
    const path = at(name);
    if (path === undefined) continue;
    const groups = new FactGroups();
    for await (const fact of importer.read(path, { describe: () => undefined, problem: () => undefined })) groups.add({ ...fact, source: { kind: importer.kind } });
    lists.set(name, { name, entries: [...groups.entries()].map(([, entry]) => entry) });
  }
  for (const name of ['hpcups', 'brlaser'] as const) {
    const path = at(name);
    if (path !== undefined) lists.set(name, { name, entries: driverEntries(readFileSync(path, 'utf8')) });
  }
  const gutenprint = at('gutenprint');
  if (gutenprint !== undefined) lists.set('gutenprint', { name: 'gutenprint', entries: gutenprintEntries(gutenprint) });
  return lists;
}

/** What two lists have in common to tell that they speak of one device: a USB id, or the model of an IEEE 1284 id. */
export function idsOf({ usb, ieee1284 }: IdentityEntry): readonly string[] {
  return [...usb.map(({ id }) => id), ...ieee1284.map(({ model }) => `mdl:${squashed(foldText(model)).replace(/^(hewlettpackard|hp|epson|canon|brother|samsung|kyocera|lexmark)/u, '').replace(/(series|printer)$/u, '')}`)];
}

function driverEntries(text: string): readonly IdentityEntry[] {
  const groups = new FactGroups();
  const make = /^\s*Manufacturer "([^"]+)"/mu.exec(text)?.[1] ?? '';
  for (const block of text.split(/^\s*\{/mu)) {
    const model = /^\s*ModelName "([^"]+)"/mu.exec(block)?.[1];
    const id = /^\s*Attribute "1284DeviceID" "" "([^"]+)"/mu.exec(block)?.[1];
    if (model === undefined || id === undefined) continue;
    const { vendor, name } = splitVendor(model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`);
    groups.add({ device: { vendor, name, ieee1284: [{ manufacturer: deviceIdField(id, 'MFG') ?? '', model: deviceIdField(id, 'MDL') ?? '' }] }, source: { kind: 'driver' } });
  }
  return [...groups.entries()].map(([, entry]) => entry);
}

function gutenprintEntries(folder: string): readonly IdentityEntry[] {
  const groups = new FactGroups();
  for (const file of readdirSync(folder)) {
    for (const [element] of readFileSync(join(folder, file), 'utf8').matchAll(/<printer [^>]*>/gu)) {
      const attribute = (key: string): string => (new RegExp(` ${key}="([^"]*)"`, 'u').exec(element)?.[1] ?? '').replaceAll('&amp;', '&');
      const id = attribute('deviceid');
      const model = deviceIdField(id, 'MDL', 'MODEL');
      if (model === undefined) continue;
      groups.add({ device: { ...splitVendor(attribute('name')), ieee1284: [{ manufacturer: deviceIdField(id, 'MFG', 'MANUFACTURER') ?? '', model }] }, source: { kind: 'gutenprint' } });
    }
  }
  return [...groups.entries()].map(([, entry]) => entry);
}
