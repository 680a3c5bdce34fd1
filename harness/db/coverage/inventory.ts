import type { Device } from '../generated/device.ts';
import { buildIdentityCatalogue, matchDevices } from '../identity/match-devices.ts';
import { decide } from '../identity/decide.ts';
import type { ListLine } from '../tender/list-lines.ts';
import { parseAsked, type Subject } from './ask.ts';
import type { CoverageAnswer, CoverageLookup, CoverageVerdict } from './coverage-lookup.ts';
import { subjectsOfDevice } from './subjects-of-device.ts';

/** Something that a school has, and by what it is looked up. */
export interface InventoryItem {
  /** As it stands in the list. */
  readonly text: string;
  /** How many there are; 1 when the list does not say. */
  readonly count: number;
  /** Empty when nothing in the text names a device that is known. */
  readonly subjects: readonly Subject[];
  /** Id of the catalogue's device that a name was recognised as; empty for an id. */
  readonly device: string;
}

/** What was asked for, by id or by the name of a device of the catalogue; names are never guessed. */
export function resolveAsked(text: string, devices: ReadonlyMap<string, Device>): Omit<InventoryItem, 'count'> {
  return resolver(devices)([text]);
}

/** The lines of a list as an inventory. */
export function inventoryOf(lines: readonly ListLine[], devices: ReadonlyMap<string, Device>): readonly InventoryItem[] {
  const resolve = resolver(devices);
  return lines.map(({ text, asks, quantity }) => ({ ...resolve([...asks, text]), text, count: quantity.value ?? 1 }));
}

function resolver(devices: ReadonlyMap<string, Device>): (asks: readonly string[]) => Omit<InventoryItem, 'count'> {
  const catalogue = buildIdentityCatalogue(devices.values());
  return (asks) => {
    const text = asks[0] ?? '';
    for (const asked of asks) {
      const subject = parseAsked(asked);
      if (subject) return { text, subjects: [subject], device: '' };
    }
    for (const asked of asks) {
      const decision = decide(matchDevices(asked, catalogue));
      const device = decision.kind === 'one' ? devices.get(decision.match.device) : undefined;
      if (device) return { text, subjects: subjectsOfDevice(device), device: device.id };
    }
    return { text, subjects: [], device: '' };
  };
}

/** The answer for an item: its best subject decides, as a printer is known by its model or by its USB id. */
export interface ItemAnswer {
  readonly item: InventoryItem;
  readonly verdict: CoverageVerdict | 'not-known';
  readonly answers: readonly CoverageAnswer[];
}

export const verdictRank: Readonly<Record<ItemAnswer['verdict'], number>> = { driver: 5, firmware: 3, depends: 4, disabled: 1, none: 0, 'not-known': 0 };

export function answerItem(item: InventoryItem, lookup: CoverageLookup): ItemAnswer {
  const answers = item.subjects.map((subject) => lookup.answer(item.text, subject)).sort((left, right) => verdictRank[right.verdict] - verdictRank[left.verdict]);
  return { item, verdict: answers[0]?.verdict ?? 'not-known', answers };
}

/** What became of an item between two images. */
export interface ItemChange {
  readonly text: string;
  readonly device: string;
  readonly count: number;
  readonly before: ItemAnswer['verdict'];
  readonly after: ItemAnswer['verdict'];
  readonly driversBefore: readonly string[];
  readonly driversAfter: readonly string[];
}

export interface InventoryDiff {
  /** Those with the most devices first. */
  readonly lost: readonly ItemChange[];
  readonly gained: readonly ItemChange[];
  /** Devices (not lines) by what the new image does for them. */
  readonly devices: Readonly<Record<ItemAnswer['verdict'], number>>;
  /** Lines that name nothing that is known. */
  readonly notKnown: readonly string[];
}

/** What a school's own devices lose and gain, the most numerous first. */
export function diffInventory(items: readonly InventoryItem[], older: CoverageLookup, newer: CoverageLookup): InventoryDiff {
  const devices: Record<ItemAnswer['verdict'], number> = { driver: 0, firmware: 0, depends: 0, disabled: 0, none: 0, 'not-known': 0 };
  const lost: ItemChange[] = [];
  const gained: ItemChange[] = [];
  for (const item of items) {
    const [before, after] = [answerItem(item, older), answerItem(item, newer)];
    devices[after.verdict] += item.count;
    const change: ItemChange = { text: item.text, device: item.device, count: item.count, before: before.verdict, after: after.verdict, driversBefore: namesOf(before), driversAfter: namesOf(after) };
    if (verdictRank[after.verdict] < verdictRank[before.verdict]) lost.push(change);
    else if (verdictRank[after.verdict] > verdictRank[before.verdict]) gained.push(change);
  }
  const most = (left: ItemChange, right: ItemChange): number => right.count - left.count || verdictRank[left.after] - verdictRank[right.after];
  return { lost: lost.sort(most), gained: gained.sort(most), devices, notKnown: items.filter(({ subjects }) => subjects.length === 0).map(({ text }) => text) };
}

function namesOf({ answers }: ItemAnswer): readonly string[] {
  return [...new Set(answers.flatMap(({ drivers }) => drivers.map(({ driver }) => driver.name)))].slice(0, 12);
}
