import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { canonicalJson } from '../../db/canonical-json.ts';
import type { Device } from '../../db/generated/device.ts';
import { parseData } from '../../db/parse-data.ts';
import { formatHidRecording, type HidRecording } from '../../wire/hid-recording/hid-recording.ts';
import { createUnit } from '../create-unit.ts';
import { buildDescriptors } from '../descriptors.ts';
import { reportDescriptorsOf } from '../hid-touch/behaviour.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { buildBoard, knownBoard } from './build-board.ts';
import { buildCamera, isCamera } from './build-camera.ts';
import { buildHidTouch, isPanel } from './build-hid-touch.ts';
import { buildIppUsbMfp } from './build-ipp-usb-mfp.ts';
import { buildMassStorage, isStick } from './build-mass-storage.ts';
import { buildUsbPrinter } from './build-usb-printer.ts';
import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { describeClasses, describeReport } from './describe-class.ts';
import { captureKinds } from './detect-kind.ts';
import { ImportNotes, refusal } from './import-notes.ts';
import { mergeFacts } from './merge-facts.ts';
import { readCapture, type CaptureInput } from './read-capture.ts';
import { SerialFiller } from './serial-filler.ts';

export interface ImportWishes {
  readonly id?: string;
  readonly name?: string;
  /** Id of the product in hardware-db/devices, where it is there already. */
  readonly device?: string;
  readonly keepSerial?: boolean;
  /** Where the captures come from and under which licence, for `origin`. */
  readonly source?: string;
  readonly licence?: string;
  /** Products that the database has, to find the one with this USB id. */
  readonly devices?: readonly Device[];
}

/** A model that passed every check, and all that is said about it. */
export interface ImportedModel {
  readonly model: EmulatedModel;
  /** Folder below fixtures/devices. */
  readonly folder: string;
  /** The product's record, where the database has none yet. */
  readonly device: Device | undefined;
  /** What the device sent, in the form of hid-recorder, where the captures have it. */
  readonly recording: { readonly text: string; readonly reports: number; readonly milliseconds: number } | undefined;
  readonly assumptions: readonly string[];
  readonly unserved: readonly string[];
}

/**
 * Makes a model of captures of one device: reads them, checks that they fit together, chooses the emulator, and tries the model out.
 * @throws HwlabError usage: `capture-...` when a file is wrong, `no-emulator` when there is no device class for it
 */
export async function importModel(inputs: readonly CaptureInput[], wishes: ImportWishes = {}): Promise<ImportedModel> {
  const facts = mergeFacts(inputs.map(readCapture));
  const notes = new ImportNotes();
  for (const note of facts.notes) notes.assume(note);
  const filler = new SerialFiller(wishes.keepSerial ?? false);
  filler.learn(facts.device?.strings.serial);
  const built = placed(facts, () => build(facts, notes, filler));
  if (filler.replaced > 0) notes.assume('the serial number of the captured unit is replaced by a made-up one of the same form (--keep-serial keeps it)');
  const id = wishes.id ?? slug(built.idWords);
  const known = wishes.device ?? deviceWithUsbId(wishes.devices ?? [], built)?.id;
  const recorded = recordingOf(built, id, facts);
  const model: EmulatedModel = {
    id,
    device: known ?? id,
    name: wishes.name ?? fullName(built),
    emulator: built.emulator,
    suites: built.suites,
    origin: originOf(facts, notes, wishes),
    usb: built.usb,
    behaviour: recorded ? { ...built.behaviour, recording: id } : built.behaviour,
  };
  await tryOut(model);
  return { model, folder: built.folder, device: known === undefined ? deviceRecord(model, built, facts) : undefined, recording: recorded, assumptions: notes.assumptions, unserved: notes.unserved };
}

/** Errors of HID and other codecs while building name no place in a file: they get that of the capture's beginning. */
function placed<T>(facts: CapturedFacts, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof HwlabError)) throw error;
    const { offset, line } = error.facts;
    const place = offset === undefined && line === undefined ? { offset: facts.device?.place.offset ?? 0 } : {};
    throw new HwlabError({ code: error.code, blame: 'usage', message: error.message, ...(error.advice === undefined ? {} : { advice: error.advice }), facts: { ...error.facts, ...place, file: facts.captures[0]?.file ?? '' }, cause: error });
  }
}

function build(facts: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  const interfaces = facts.device?.configurations[0]?.interfaces ?? [];
  const descriptors = [...facts.hid.map(({ reportDescriptor }) => reportDescriptor), ...interfaces.flatMap(({ alternates }) => alternates[0]?.reportDescriptor ?? [])];
  if (facts.ipp) return buildIppUsbMfp(facts, notes, filler);
  if (facts.scanner) throw refusal('capture-needs-more', `the scanner capabilities are well-formed (${facts.scanner.makeAndModel || 'no name'}), but an emulated multi-function device needs its printer too`, 'add the answer to IPP Get-Printer-Attributes of the same device', { offset: 0 });
  if (isPanel(descriptors)) return buildHidTouch(facts, notes, filler);
  const board = knownBoard(facts);
  if (board) return buildBoard(facts, board, notes, filler);
  if (isCamera(facts)) return buildCamera(facts, notes, filler);
  if (isStick(facts)) return buildMassStorage(facts, notes, filler);
  const protocols = interfaces.flatMap(({ alternates }) => alternates.filter(({ class: [a, b] }) => a === 7 && b === 1).map(({ class: [, , protocol] }) => protocol));
  const speaksIpp = protocols.includes(4);
  if (protocols.some((protocol) => protocol <= 3) || (facts.deviceId && !facts.device)) {
    if (speaksIpp) notes.cannotServe('IPP over USB (interfaces 7/1/4): it is shown and does nothing, since the captures have no answer to Get-Printer-Attributes');
    return buildUsbPrinter(facts, notes, filler);
  }
  if (speaksIpp) throw refusal('capture-needs-more', 'the device speaks IPP over USB only (7/1/4); its USB descriptors do not say what it can do', 'add the answer to IPP Get-Printer-Attributes, and eSCL ScannerCapabilities if it scans', { pointer: '/configuration/interfaces' });
  throw noEmulator(facts, descriptors);
}

function noEmulator(facts: CapturedFacts, descriptors: readonly Uint8Array[]): HwlabError {
  const { device } = facts;
  const what = device ? `${[device.vendorId, device.productId].map((id) => id.toString(16).padStart(4, '0')).join(':')} ${[device.strings.manufacturer ?? '', device.strings.product ?? ''].join(' ')}`.trim() : 'the device';
  const waiting = (device?.configurations[0]?.interfaces ?? []).filter(({ alternates }) => alternates[0]?.class[0] === 3 && !alternates[0].reportDescriptor).map(({ number }) => number);
  const classes = describeClasses(facts);
  const place = facts.captures[0]?.kind === 'lsusb' ? { line: device?.place.line ?? 1 } : { offset: device?.place.offset ?? 0 };
  if (waiting.length > 0 && descriptors.length === 0) {
    return refusal('capture-needs-more', `${what}: ${classes}; what a HID device is stands in its report descriptor, which the captures do not have (interface ${waiting.join(', ')})`, 'add the report descriptor: /sys/kernel/debug/hid/*/rdesc, usbhid-dump, or a recording of hid-recorder', { ...place, classes });
  }
  return refusal('no-emulator', `${what}: there is no emulator for this class of device: ${classes || descriptors.map(describeReport).join('; ')}; everything else of it was read without error`, 'emulators there are: raw printers (7/1/2), IPP printers and scanners (7/1/4), touch screens and pens, boards with known serial chips, sticks, cameras of the video class; docs/writing-a-model.md says how to add a class', { ...place, classes });
}

/** The model keeps its schema, its descriptors can be built, and its emulator takes it. @throws HwlabError usage with a pointer */
async function tryOut(model: EmulatedModel): Promise<void> {
  parseData(`${model.id}.json`, canonicalJson(model), 'emulated-model');
  try {
    buildDescriptors(model.usb);
    await createUnit(model);
  } catch (error) {
    if (!(error instanceof HwlabError)) throw error;
    throw new HwlabError({ code: 'emulator-refuses', blame: 'usage', message: `the captures can be read, but the emulator ${model.emulator} cannot run what they describe: ${messageOf(error)}`, ...(error.advice === undefined ? {} : { advice: error.advice }), facts: { offset: 0, ...error.facts }, cause: error });
  }
}

function originOf({ captures }: CapturedFacts, notes: ImportNotes, wishes: ImportWishes): EmulatedModel['origin'] {
  const licence = wishes.licence ?? 'facts of the device; not protectable';
  return [
    ...captures.map(({ file, kind, sha256 }) => ({ what: `what this capture says: ${captureKinds[kind]}`, source: `${wishes.source === undefined ? '' : `${wishes.source}, `}${file}, SHA-256 ${sha256.slice(0, 16)}, read by hwlab model import`, licence })),
    ...notes.assumptions.map((what) => ({ what, source: 'assumed by hwlab model import', licence: 'Apache-2.0' })),
  ];
}

function recordingOf(built: BuiltModel, id: string, { captures }: CapturedFacts): ImportedModel['recording'] {
  if (built.reports.length === 0) return undefined;
  const descriptors = [...reportDescriptorsOf({ id, device: id, name: id, emulator: built.emulator, suites: [], origin: [], usb: built.usb, behaviour: built.behaviour })];
  const position = new Map(descriptors.map(([number], index) => [number, index]));
  const name = fullName(built);
  const recording: HidRecording = {
    devices: descriptors.map(([number, reportDescriptor]) => ({ place: {}, name, physical: `hwlab/input${number}`, bus: 3, vendorId: Number(built.usb.vendorId), productId: Number(built.usb.productId), reportDescriptor })),
    reports: built.reports.flatMap((report) => (position.has(report.device) ? [{ ...report, device: position.get(report.device) ?? 0 }] : [])).sort((a, b) => a.time - b.time),
    notes: [],
  };
  if (recording.reports.length === 0) return undefined;
  const source = captures.map(({ file, sha256 }) => `${file}, SHA-256 ${sha256.slice(0, 16)}`).join('; ');
  return { text: formatHidRecording(recording, [`what ${id} sent when it was recorded; from ${source}`]), reports: recording.reports.length, milliseconds: Math.ceil((recording.reports.at(-1)?.time ?? 0) / 1000) };
}

function deviceWithUsbId(devices: readonly Device[], { usb }: BuiltModel): Device | undefined {
  // 1209:0001 to 0003 stand for ids that are not known.
  if (usb.vendorId === '0x1209') return undefined;
  const found = devices.filter((device) => device.usb.some(({ vendorId, productId, shared }) => vendorId === usb.vendorId && productId === usb.productId && shared === undefined));
  return found.length === 1 ? found[0] : undefined;
}

function deviceRecord(model: EmulatedModel, built: BuiltModel, { captures }: CapturedFacts): Device {
  const source = `${captures.map(({ file, kind }) => `${file} (${captureKinds[kind]})`).join(', ')}, read by hwlab model import`;
  const name = (built.product ?? model.name).slice(0, 80) || model.id;
  return {
    id: model.device,
    vendor: (built.vendor ?? 'unknown').slice(0, 60) || 'unknown',
    name,
    aliases: model.name === name ? [] : [model.name],
    classes: [...built.classes] as Device['classes'],
    usb: built.usb.vendorId === '0x1209' && Number(built.usb.productId) <= 3 ? [] : [{ vendorId: built.usb.vendorId, productId: built.usb.productId }],
    origin: [{ what: 'names and USB id', source }],
  };
}

function fullName({ vendor, product, usb }: BuiltModel): string {
  const fallback = `device ${usb.vendorId.slice(2)}:${usb.productId.slice(2)}`;
  const name = product === undefined ? `${vendor ?? ''} ${fallback}` : vendor !== undefined && !product.toLowerCase().startsWith(vendor.toLowerCase()) ? `${vendor} ${product}` : product;
  return name.trim().slice(0, 120);
}

/** `egalax-0eef-7349` */
function slug(words: readonly string[]): string {
  const text = words
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 70)
    .replace(/-+$/, '');
  return text === '' ? 'imported' : text;
}
