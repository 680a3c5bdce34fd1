import { Deadline } from '../base/deadline.ts';
import type { Result } from '../db/generated/result.ts';
import { ResultStore } from '../db/result-store.ts';
import { listImageIds } from '../images/catalogue.ts';
import { readImageParts, type ImageParts } from '../images/image-parts.ts';
import { openImage } from '../images/open-image.ts';
import { alignWire } from '../repro/diff/align-wire.ts';
import { diffFacts, type FactChange } from '../repro/diff/diff-facts.ts';
import { diffLogs } from '../repro/diff/diff-log.ts';
import type { DiffRow, DiffSection, DiffView } from '../repro/diff/diff-page.ts';
import { diffTexts } from '../repro/diff/diff-page-texts.ts';
import { diffResults, diffTests, type MeasureChange } from '../repro/diff/diff-results.ts';
import { artefactText, wireEvents } from '../repro/diff/evidence-of.ts';
import type { FoundResult } from '../repro/find-result.ts';
import { imageByHash } from '../repro/image-by-hash.ts';
import { resultFolder } from '../repro/result-folder.ts';
import { factLine, logLine, measureLines, numberText, partLines, testLine, wireLines } from './diff-text.ts';

/** A comparison for a program, for the terminal, and for the page. */
export interface DiffAnswer {
  readonly json: object;
  readonly lines: readonly string[];
  readonly view: DiffView;
  readonly differs: boolean;
  /** Measurements moved; that alone is no difference. */
  readonly moved?: boolean;
}

const imageFacts = ['packages', 'kernelConfiguration', 'modules', 'moduleAliases', 'udevRules', 'services'] as const;
const headings = { packages: 'packages', services: 'units', udevRules: 'udev rules', modules: 'modules', moduleAliases: 'aliases of modules', kernelConfiguration: 'kernel configuration' } as const;
const imageMinutes = 10;

/** Two results: where they ran, packages, what differs between their images, tests, kernel log, cable, measurements. */
export async function resultsDiff(first: FoundResult, second: FoundResult, reports: readonly string[], all: boolean, signal: AbortSignal): Promise<DiffAnswer> {
  const { environment, packages, tests, measures } = diffResults(first.result, second.result);
  const [folderA, folderB] = [await resultFolder(first, reports), await resultFolder(second, reports)];
  const text = async (name: string): Promise<readonly [string, string]> => [await artefactText(first.result, folderA, name, first.test?.id), await artefactText(second.result, folderB, name, second.test?.id)];
  const [logA, logB] = await text('kernel-log');
  const logged = logA !== '' && logB !== '';
  const log = logged ? diffLogs(logA, logB) : [];
  const [wireA = [], wireB = []] = (await text('wire-trace')).map(wireEvents);
  const traced = wireA.length > 0 && wireB.length > 0;
  const wire = traced ? alignWire(wireA, wireB) : undefined;
  const wires = wire ? wireLines(wire, all) : [];
  const [seedA, seedB] = [first.result.manifest?.seed, second.result.manifest?.seed];
  const otherSeed = seedA !== seedB;
  const images = await imagesOf(first.result, second.result, signal);
  const parts = images === 'same' || images === 'gone' ? [] : imageParts(images).filter(({ name }) => name !== 'packages');
  const lines = [
    `${first.result.id} ${first.result.outcome} / ${second.result.id} ${second.result.outcome}`,
    ...partLines('tests', tests.map(testLine), all),
    ...partLines('where it ran', environment.map(factLine), all),
    ...partLines('packages', packages.map(factLine), all),
    ...(images === 'gone' ? ['', 'images: not the same, and not both are here any more, so that services, udev rules, modules and kernel configuration are not compared'] : []),
    ...partLines('kernel log, kinds of lines', log.map(logLine), all),
    ...(logged ? [] : ['', 'kernel log: not there on both sides']),
    ...(wires.length > 0 ? ['', 'on the wire', ...(otherSeed ? [`  ${diffTexts.en.otherSeed}`] : []), ...wires.map((line) => `  ${line}`)] : []),
    ...(traced ? [] : ['', 'wire: the traces are not there on both sides']),
    ...partLines('measurements', measureLines(measures, all), all),
    // What two images differ in is long and rarely the first thing to look at.
    ...(all ? parts.flatMap(({ name, changes }) => partLines(`${headings[name]}, of the images`, changes.map(factLine), all)) : partLines('of the images (--all)', parts.map(({ name, changes }) => `${headings[name]}: ${changes.length}`), all)),
  ];
  const sections: DiffSection[] = [
    { id: 'tests', rows: tests.map(({ test, was, is }) => ({ name: test, was, is, hot: /^(FAIL|ERROR|MISS)/.test(is) })) },
    { id: 'environment', rows: environment },
    { id: 'packages', rows: packages },
    { id: 'kernelLog', rows: log.map(({ line, was, is }) => ({ name: line, was: was === 0 ? undefined : `× ${was}`, is: is === 0 ? undefined : `× ${is}` })), ...(logged ? {} : { absent: 'no-log' as const }) },
    ...(traced ? [] : [{ id: 'wire' as const, rows: [], absent: 'no-wire' as const }]),
    { id: 'measures', rows: measures.filter(({ moved }) => moved).map(measureRow), quiet: measures.filter(({ moved }) => !moved).map(measureRow) },
    ...parts.map(({ name, changes }): DiffSection => ({ id: name, rows: changes })),
    ...(images === 'gone' ? [{ id: 'services' as const, rows: [], absent: 'no-images' as const }] : []),
  ];
  const [a, b] = [first.result, second.result].map(({ id, outcome, cell }) => ({ name: id, said: `${outcome} · ${cell.id}` }));
  return {
    json: { kind: 'result', a: first.result.id, b: second.result.id, tests, environment, packages, ...Object.fromEntries(parts.map(({ name, changes }) => [name, changes])), kernelLog: log, measures, ...(wire ? { wire: { divergesAt: wire.divergesAt ?? null, cut: wire.cut, steps: all ? wire.steps : wire.steps.filter(({ kind }) => kind !== 'same').slice(0, 100) } } : {}) },
    lines,
    view: { kind: 'result', a: a ?? { name: '', said: '' }, b: b ?? { name: '', said: '' }, sections, ...(wire ? { wire, otherSeed } : {}) },
    differs: tests.length + environment.length + packages.length + log.length > 0 || wires.length > 0,
    moved: measures.some((each) => each.moved),
  };
}

/** Two nights, cell by cell. */
export async function nightsDiff(a: string, b: string, databases: readonly string[], all: boolean): Promise<DiffAnswer> {
  const [first, second] = [await resultsOf(a, databases), await resultsOf(b, databases)];
  const changes = [...new Set([...first.keys(), ...second.keys()])].sort().map((cell) => ({ cell, was: first.get(cell), is: second.get(cell) }));
  const tests = changes.flatMap(({ cell, was, is }) => (was && is ? diffTests(was.tests, is.tests).map((change) => ({ cell, ...change })) : []));
  const alone = changes.filter(({ was, is }) => !was || !is);
  const only = alone.map(({ cell, was, is }) => `${was ? '-' : '+'} ${cell} ${(was ?? is)?.outcome ?? ''}`);
  const packages = [...new Set([...first.values(), ...second.values()].map(({ cell }) => cell.image))].sort().flatMap((image) => {
    // A cell that never got to its guest knows no packages; of an image of one night only there is nothing to compare.
    const [was, is] = [first, second].map((results) => [...results.values()].find(({ cell, environment }) => cell.image === image && environment.packages !== undefined)?.environment.packages);
    return was && is ? diffFacts(was, is).map((change) => ({ ...change, name: `${image}: ${change.name}` })) : [];
  });
  const measures = changes.flatMap(({ cell, was, is }) => (was && is ? diffResults(was, is).measures.map((change) => ({ ...change, name: `${cell}\n${change.name}` })) : []));
  const lines = [
    `${a}: ${first.size} cells / ${b}: ${second.size} cells`,
    ...partLines('tests', tests.map((change) => `${change.cell}\n    ${testLine(change)}`), all),
    ...partLines('cells on one side only', only, all),
    ...partLines('packages', packages.map(factLine), all),
    ...partLines('measurements', byCell(measureLines(measures, all)), all),
  ];
  const sections: DiffSection[] = [
    { id: 'tests', rows: tests.map(({ cell, test, was, is }) => ({ name: `${cell}\n${test}`, was, is, hot: /^(FAIL|ERROR|MISS)/.test(is) })) },
    { id: 'cells', rows: alone.map(({ cell, was, is }) => ({ name: cell, was: was?.outcome, is: is?.outcome })) },
    { id: 'packages', rows: packages },
    { id: 'measures', rows: measures.filter(({ moved }) => moved).map(measureRow) },
  ];
  return { json: { kind: 'night', a, b, tests, cells: only, packages, measures: measures.filter(({ moved }) => moved) }, lines, view: { kind: 'night', a: { name: a, said: '', cells: first.size }, b: { name: b, said: '', cells: second.size }, sections }, differs: tests.length + only.length + packages.length > 0, moved: measures.some((each) => each.moved) };
}

/** Lines `CELL\nWHAT`: the name of a cell stands once, before its lines. */
function byCell(lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => {
    const [cell = '', what = ''] = line.split('\n');
    return lines[index - 1]?.startsWith(`${cell}\n`) ? `  ${what}` : `${cell}\n    ${what}`;
  });
}

/** Two images, read from their disks. */
export async function imagesDiff(a: string, b: string, all: boolean, signal: AbortSignal): Promise<DiffAnswer> {
  const images = await readImages(a, b, signal);
  const [first, second] = images;
  const parts = imageParts(images);
  const lines = [`${a}: ${saidOf(first)} / ${b}: ${saidOf(second)}`, ...parts.flatMap(({ name, changes }) => partLines(headings[name], changes.map(factLine), all)), '', `what they drive: ./hwlab image diff ${a} ${b}`];
  return {
    json: { kind: 'image', a, b, ...Object.fromEntries(parts.map(({ name, changes }) => [name, changes])) },
    lines,
    view: { kind: 'image', a: { name: a, said: saidOf(first) }, b: { name: b, said: saidOf(second) }, sections: parts.map(({ name, changes }) => ({ id: name, rows: changes })) },
    differs: parts.some(({ changes }) => changes.length > 0),
  };
}

type TwoImages = readonly [ImageParts, ImageParts];

async function readImages(a: string, b: string, signal: AbortSignal): Promise<TwoImages> {
  const deadline = Deadline.after(imageMinutes * 60_000, signal);
  const read = async (id: string): Promise<ImageParts> => readImageParts((await openImage(id, deadline)).disk, deadline);
  return [await read(a), await read(b)];
}

/** The images of two results where they are not the same and both are still here as they were. */
async function imagesOf(first: Result, second: Result, signal: AbortSignal): Promise<TwoImages | 'same' | 'gone'> {
  if (first.environment.imageSha256 === second.environment.imageSha256) return 'same';
  const here = await Promise.all([first, second].map(async (result) => imageByHash(result).catch(() => undefined)));
  const [a, b] = here;
  return a === undefined || b === undefined || a === b ? 'gone' : await readImages(a, b, signal);
}

function imageParts([first, second]: TwoImages): { readonly name: (typeof imageFacts)[number]; readonly changes: readonly FactChange[] }[] {
  return imageFacts.map((name) => ({ name, changes: ofDevicesFirst(diffFacts(first[name], second[name])) }));
}

/** Of hundreds of changes those come first that a device on a cable can notice. */
const ofDevices = /^(usb|hid|input):|^CONFIG_(USB|HID|INPUT|TOUCHSCREEN|TABLET)_|\bdrivers\/(usb|hid|input)\/|^(cups|ipp-usb|sane|libsane|libinput|libusb|libwacom|avrdude|modemmanager|brltty|usb|udev|systemd)/i;

function ofDevicesFirst(changes: readonly FactChange[]): readonly FactChange[] {
  const rank = ({ name, was, is }: FactChange): number => ([name, was, is].some((text) => text !== undefined && ofDevices.test(text)) ? 0 : 1);
  return changes.toSorted((a, b) => rank(a) - rank(b));
}

function saidOf({ system, kernels }: ImageParts): string {
  return `${system}, ${kernels.at(-1) ?? 'no kernel'}`;
}

function measureRow({ name, was, is }: MeasureChange): DiffRow {
  return { name, was: numberText(was), is: `${numberText(is)}${was > 0 ? `  × ${(is / was).toFixed(2)}` : ''}` };
}

async function resultsOf(night: string, databases: readonly string[]): Promise<ReadonlyMap<string, Result>> {
  const found = new Map<string, Result>();
  for (const database of databases) for await (const result of ResultStore.open(database).results({ night }, () => undefined)) found.set(result.cell.id, result);
  return found;
}

/** What a name is the name of. */
export async function kindOf(name: string, databases: readonly string[]): Promise<'image' | 'night' | 'result'> {
  if ((await listImageIds()).includes(name)) return 'image';
  for (const database of databases) if ((await ResultStore.open(database).nights()).includes(name)) return 'night';
  return 'result';
}
