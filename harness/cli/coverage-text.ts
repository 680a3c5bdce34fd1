import { oneLine } from '../base/one-line.ts';
import type { CoverageDriver, CoverageIndex } from '../db/coverage/coverage-index.ts';
import { drives, lacksFirmware, type CoverageAnswer, type FoundDriver } from '../db/coverage/coverage-lookup.ts';
import type { CoverageChange, CoverageDiff, FirmwareChange } from '../db/coverage/diff-coverage.ts';
import type { InventoryDiff, ItemAnswer } from '../db/coverage/inventory.ts';

const verdicts: Readonly<Record<ItemAnswer['verdict'], string>> = {
  driver: 'a driver in the image claims it',
  firmware: 'a driver claims it, and none of the firmware that it names is in the image',
  depends: 'a driver claims some devices with this id, by interface or revision',
  disabled: 'the only driver that claims it is switched off',
  none: 'nothing in the image claims it by its id',
  'not-known': 'no id and no model of the catalogue',
};

const fits: Readonly<Record<FoundDriver['fit'], string>> = { id: 'by id', model: 'by model', vendor: 'by vendor', class: 'by class', language: 'by printer language', depends: 'for some interfaces or revisions', maybe: 'for some devices of the vendor' };

const kindNames: Readonly<Record<CoverageDriver['kind'], string>> = { kernel: 'kernel drivers', scanner: 'scanner backends', printer: 'printer drivers', tablet: 'tablets', 'ipp-usb': 'IPP over USB', 'mode-switch': 'mode switches', udev: 'udev settings' };

/** What an image holds, in a few lines. */
export function summaryLines(image: string, index: CoverageIndex): readonly string[] {
  const counts = [...Map.groupBy(index.drivers, (driver) => driver.kind)].map(([kind, own]) => `${kindNames[kind]} ${own.length}`);
  const { classes } = index;
  const naming = index.drivers.filter((driver) => driver.firmware);
  const serves = [
    ...(classes.driverless === '' ? [] : [`driverless printing (${classes.driverless})`]),
    ...(classes.ippUsb === '' ? [] : ['IPP over USB (ipp-usb)']),
    ...(classes.airscan === '' ? [] : [`driverless scanning (${classes.airscan})`]),
    ...(Object.keys(classes.languages).length === 0 ? [] : [`printer languages ${Object.keys(classes.languages).sort().join(', ')}`]),
  ];
  return [
    `${image}: ${index.system}, kernel ${index.kernel === '' ? 'none' : index.kernel}, ${index.layout}`,
    `  ${counts.join(', ')}; ${index.claims.length} claims`,
    `  for whole classes: ${serves.length === 0 ? 'nothing' : serves.join('; ')}`,
    `  firmware: ${naming.length} drivers name files, of ${naming.filter(lacksFirmware).length} all are missing, of ${naming.filter((driver) => !lacksFirmware(driver) && (driver.firmware?.missing.length ?? 0) > 0).length} some`,
    ...index.notes.map((note) => `  note: ${oneLine(note, 600)}`),
  ];
}

/** An item that was asked for, with every driver and how it is known. */
export function itemLines({ item, answers }: ItemAnswer): readonly string[] {
  const head = item.device === '' ? [] : [`${oneLine(item.text, 600)} is ${item.device}:`];
  return [...head, ...answers.flatMap(answerLines)];
}

function answerLines({ subject, name, verdict, drivers }: CoverageAnswer): readonly string[] {
  return [oneLine(`${subject}${name === '' ? '' : ` (${name})`}: ${verdicts[verdict]}`, 600), ...drivers.slice(0, 12).map((found) => `  ${driverText(found)}`), ...(drivers.length > 12 ? [`  and ${drivers.length - 12} more`] : [])];
}

function driverText({ driver, fit, pattern, version }: FoundDriver): string {
  const origin = driver.package === '' ? 'no package' : `${driver.package} ${version}`.trim();
  return oneLine(`${driver.kind} ${driver.name} (${origin}) ${fits[fit]}: ${driver.source}: ${pattern}${firmwareText(driver)}${driver.disabled === undefined ? '' : `; ${driver.disabled}`}`, 600);
}

function firmwareText({ firmware }: CoverageDriver): string {
  if (firmware === undefined || firmware.missing.length === 0) return '';
  return `; firmware missing: ${some(firmware.missing, 3)}${firmware.present.length > 0 ? `; ${firmware.present.length} files there` : ''}`;
}

/** A line for each of a list, and a summary. */
export function itemTable(answers: readonly ItemAnswer[]): readonly string[] {
  if (answers.length === 0) return [];
  const lines = answers.map(({ item, verdict, answers: own }) => {
    const best = own[0]?.drivers.find(({ driver, fit }) => drives(driver) && fit !== 'maybe');
    const driver = best === undefined || own[0]?.verdict === 'none' ? '' : `: ${best.driver.name} (${best.driver.package || 'no package'})`;
    return `  ${oneLine(`${mark[verdict]} ${item.count} x ${item.text}: ${verdicts[verdict]}${driver}`, 600)}`;
  });
  const counts = [...Map.groupBy(answers, ({ verdict }) => verdict)].map(([verdict, own]) => `${own.length} ${verdict}`);
  return ['', ...lines, `  ${answers.length} lines: ${counts.join(', ')}`];
}

const mark: Readonly<Record<ItemAnswer['verdict'], string>> = { driver: '+', firmware: '!', depends: '~', disabled: '-', none: '-', 'not-known': '?' };

/** What a school's devices lose and gain. */
export function inventoryLines({ lost, gained, devices, notKnown }: InventoryDiff): readonly string[] {
  const line = ({ text, count, before, after, driversBefore }: InventoryDiff['lost'][number]): string => `  ${oneLine(`${count} x ${text}: ${before} (${driversBefore.join(', ') || 'none'}) -> ${after}`, 600)}`;
  const total = Object.entries(devices).filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    '',
    `Of the inventory ${lost.length} lines lose support, ${gained.length} gain it.`,
    ...lost.map((one) => `- ${line(one).trim()}`),
    ...gained.map((one) => `+ ${line(one).trim()}`),
    `  devices on the new image: ${total.join(', ')}`,
    ...(notKnown.length > 0 ? [`  ${oneLine(`not looked up, no id and no model of the catalogue: ${some(notKnown, 5)}`, 600)}`] : []),
  ];
}

/** @param most lines of each kind */
export function diffLines(diff: CoverageDiff, most: number): readonly string[] {
  return [
    '',
    `All that the images claim: ${diff.lost.length} ids lost their driver, ${diff.gained.length} gained one, ${diff.moved.length} have another, ${diff.same} kept theirs.`,
    ...diff.lostClasses.map((name) => `- gone altogether: ${name}`),
    ...section('- lost', diff.lost, most),
    ...firmwareSection('- firmware gone', diff.firmwareLost, most),
    ...firmwareSection('~ firmware named for the first time, and not there', diff.firmwareNewlyNamed, most),
    ...section('~ other driver', diff.moved, most),
    ...section('+ gained', diff.gained, most),
    ...firmwareSection('+ firmware come', diff.firmwareGained, most),
  ];
}

function section(title: string, changes: readonly CoverageChange[], most: number): readonly string[] {
  return [...Map.groupBy(changes, (change) => change.kind)].flatMap(([kind, own]) => [
    `${title}, ${kindNames[kind]}: ${own.length}`,
    ...own.slice(0, most).map(({ id, name, before, after, package: owner, because }) => `    ${oneLine(`${id}${name === '' ? '' : ` ${name}`}: ${before.length === 0 ? 'none' : some(before, 3)} -> ${after.length === 0 ? 'none' : some(after, 3)} (${owner || 'no package'})${because === '' ? '' : `; ${because}`}`, 600)}`),
    ...(own.length > most ? [`    and ${own.length - most} more (--all)`] : []),
  ]);
}

function firmwareSection(title: string, changes: readonly FirmwareChange[], most: number): readonly string[] {
  if (changes.length === 0) return [];
  return [`${title}: ${changes.length} drivers`, ...changes.slice(0, most).map(({ driver, files, all, count }) => `    ${oneLine(`${driver} (${count} ids): ${some(files, 3)}${all ? '; none of its firmware is there' : ''}`, 600)}`), ...(changes.length > most ? [`    and ${changes.length - most} more (--all)`] : [])];
}

function some(list: readonly string[], most: number): string {
  return `${list.slice(0, most).join(', ')}${list.length > most ? ` and ${list.length - most} more` : ''}`;
}
