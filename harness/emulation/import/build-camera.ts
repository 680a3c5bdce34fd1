import type { UsbAlternate, UsbDescriptors } from '../usb-device.ts';
import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { fitUsb } from './fit-usb.ts';
import { refusal, type ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

const video = 14;
const subclasses = { control: 1, streaming: 2 } as const;

/** Class-specific descriptors of a VideoControl interface (USB Video Class 1.1, tables A-5 and B-1). */
const classSpecific = 0x24;
const subtypes = { inputTerminal: 2, processingUnit: 5 } as const;
const cameraTerminal = 0x0201;

/** Bit in bmControls, name, selector, bytes, lowest, highest and first value: the ranges are no descriptors, so they are made up. */
type ControlRow = readonly [bit: number, name: string, selector: number, size: 1 | 2 | 4, min: number, max: number, first: number];

/** UVC 1.1, 3.7.2.3 and 4.2.2.1. */
const ofTerminal: readonly ControlRow[] = [
  [0, 'scanning-mode', 0x01, 1, 0, 1, 0],
  [1, 'auto-exposure-mode', 0x02, 1, 1, 8, 8],
  [2, 'auto-exposure-priority', 0x03, 1, 0, 1, 0],
  [3, 'exposure-time', 0x04, 4, 1, 10_000, 156],
  [5, 'focus', 0x06, 2, 0, 1023, 200],
  [7, 'iris', 0x09, 2, 0, 255, 128],
  [9, 'zoom', 0x0b, 2, 100, 400, 100],
  [13, 'roll', 0x0f, 2, 0, 3, 0],
  [17, 'focus-auto', 0x08, 1, 0, 1, 1],
  [18, 'privacy', 0x11, 1, 0, 1, 0],
];

/** UVC 1.1, 3.7.2.5 and 4.2.2.3. */
const ofProcessing: readonly ControlRow[] = [
  [0, 'brightness', 0x02, 2, -64, 64, 0],
  [1, 'contrast', 0x03, 2, 0, 95, 32],
  [2, 'hue', 0x06, 2, -2000, 2000, 0],
  [3, 'saturation', 0x07, 2, 0, 100, 55],
  [4, 'sharpness', 0x08, 2, 1, 7, 3],
  [5, 'gamma', 0x09, 2, 100, 300, 165],
  [6, 'white-balance', 0x0a, 2, 2800, 6500, 4600],
  [8, 'backlight', 0x01, 2, 0, 2, 1],
  [9, 'gain', 0x04, 2, 0, 100, 0],
  [10, 'power-line', 0x05, 1, 0, 2, 1],
  [11, 'hue-auto', 0x10, 1, 0, 1, 1],
  [12, 'white-balance-auto', 0x0b, 1, 0, 1, 1],
];

/** A camera of the USB video class: a VideoControl interface, and a VideoStreaming interface with an isochronous endpoint. */
export function isCamera({ device }: CapturedFacts): boolean {
  const alternates = (device?.configurations[0]?.interfaces ?? []).flatMap((each) => each.alternates);
  const has = (subclass: number): boolean => alternates.some(({ class: [a, b] }) => a === video && b === subclass);
  const streams = alternates.some(({ class: [a, b], endpoints }) => a === video && b === subclasses.streaming && endpoints.some(({ type }) => type === 'isochronous'));
  return has(subclasses.control) && streams;
}

/** A camera from its descriptors, which name its formats and its controls; the ranges of the controls it tells only when asked. */
export function buildCamera({ device }: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  if (!device) throw new RangeError('a camera is known by its USB descriptors');
  const usb = fitUsb(device, notes, filler, { streams: true });
  const control = usb.configuration.interfaces.find(({ alternates }) => alternates[0]?.class[0] === video && alternates[0].class[1] === subclasses.control)?.alternates[0];
  const units = bytesOf(control).filter((bytes) => bytes[1] === classSpecific);
  if (units.length === 0) {
    throw refusal('capture-needs-more', 'the device is a camera, and the capture has its video descriptors in words only or not at all', 'give the bytes: /sys/bus/usb/devices/BUS-PORT/descriptors, or a capture of usbmon while it was plugged in', { offset: 0 });
  }
  const controls = units.flatMap((bytes) => {
    if (bytes[2] === subtypes.inputTerminal && bytes.length >= 15 && bytes.readUInt16LE(4) === cameraTerminal) return controlsOf(bytes[3] ?? 0, bytes.subarray(15, 15 + (bytes[14] ?? 0)), ofTerminal, notes);
    if (bytes[2] === subtypes.processingUnit && bytes.length >= 8) return controlsOf(bytes[3] ?? 0, bytes.subarray(8, 8 + (bytes[7] ?? 0)), ofProcessing, notes);
    return [];
  });
  notes.assume('the descriptors say which controls there are and not how far they go: their ranges and first values are made up, as is what the pictures show');
  const { manufacturer, product } = usb.strings;
  return {
    emulator: 'uvc-camera',
    folder: 'cameras',
    suites: ['cameras'],
    classes: ['camera'],
    usb,
    behaviour: { controls, ...reportDescriptorsOf(device, usb, notes) },
    vendor: manufacturer,
    product,
    idWords: [manufacturer ?? 'camera', product ?? '', usb.vendorId.slice(2), usb.productId.slice(2)],
    reports: [],
  };
}

function controlsOf(entity: number, bits: Uint8Array, rows: readonly ControlRow[], notes: ImportNotes): readonly object[] {
  const isSet = (bit: number): boolean => ((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  const known = new Set(rows.map(([bit]) => bit));
  const others = Array.from({ length: bits.length * 8 }, (_, bit) => bit).filter((bit) => isSet(bit) && !known.has(bit));
  if (others.length > 0) notes.cannotServe(`controls of unit ${entity} with the bits ${others.join(', ')} of bmControls: they are announced and answer nothing`);
  return rows.filter(([bit]) => isSet(bit)).map(([bit, name, selector, size, min, max, first]) => ({ name, entity, selector, size, min, max, resolution: bit === 1 && rows === ofTerminal ? 9 : 1, default: first }));
}

function reportDescriptorsOf({ configurations }: NonNullable<CapturedFacts['device']>, usb: UsbDescriptors, notes: ImportNotes): { reportDescriptors?: Readonly<Record<string, string>> } {
  const found: Record<string, string> = {};
  configurations[0]?.interfaces.forEach(({ alternates: [first] }, index) => {
    if (first?.reportDescriptor) found[String(index)] = Buffer.from(first.reportDescriptor).toString('hex').replace(/../g, '$& ').trim();
    else if (usb.configuration.interfaces[index]?.alternates[0]?.class[0] === 3) notes.cannotServe(`the HID interface ${index}: the capture has no report descriptor of it`);
  });
  return Object.keys(found).length > 0 ? { reportDescriptors: found } : {};
}

/** Class-specific descriptors of a setting, one each. */
function bytesOf(alternate: UsbAlternate | undefined): readonly Buffer[] {
  return (alternate?.extra ?? []).flatMap((hex) => {
    const bytes = Buffer.from(hex.replace(/\s+/g, ''), 'hex');
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += Math.max(2, bytes[at] ?? 2)) parts.push(bytes.subarray(at, at + (bytes[at] ?? 0)));
    return parts;
  });
}
