import type { CapturedAlternate, CapturedDevice } from '../../wire/capture/captured-device.ts';
import { captureError } from '../../wire/capture/capture-error.ts';
import { usages } from '../../wire/hid/digitizer-usages.ts';
import { parseReportDescriptor } from '../../wire/hid/parse-report-descriptor.ts';
import type { HidReportDescriptor } from '../../wire/hid/report-descriptor.ts';
import { findTouchLayout } from '../../wire/hid/touch-layout.ts';
import type { UsbAlternate, UsbDescriptors } from '../usb-device.ts';
import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { clean, fitUsb, hex16, spacedHex } from './fit-usb.ts';
import type { ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

const bytesPerLine = 32;

/** Is there a touch screen or a pen among the report descriptors? */
export function isPanel(descriptors: readonly Uint8Array[]): boolean {
  return descriptors.some((bytes) => parseReportDescriptor(bytes).applications.some(({ usage }) => usage === usages.touchScreen || usage === usages.pen));
}

/** A touch panel of the report descriptors that the captures have. */
export function buildHidTouch(facts: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  const descriptors = descriptorsByInterface(facts, notes);
  const usb = facts.device ? withHidDescriptors(facts.device, fitUsb(facts.device, notes, filler), descriptors, notes) : inventedUsb(facts, descriptors, notes, filler);
  const parsed = new Map([...descriptors].map(([number, bytes]) => [number, parseReportDescriptor(bytes)]));
  const { contacts, told } = contactsOf([...parsed.values()], facts.device?.features ?? new Map(), [...parsed.keys()], notes);
  const features = featuresOf(facts.device, parsed);
  const manufacturer = usb.strings.manufacturer;
  const product = usb.strings.product;
  const vendor = manufacturer ?? product?.split(' ')[0];
  return {
    emulator: 'hid-touch',
    folder: 'panels',
    suites: ['panels'],
    classes: ['panel'],
    usb,
    behaviour: {
      contacts,
      ...(told === undefined || told === contacts ? {} : { contactCountMaximum: told }),
      reportDescriptors: Object.fromEntries([...descriptors].map(([number, bytes]) => [String(number), hexLines(bytes)])),
      ...(Object.keys(features).length > 0 ? { features } : {}),
    },
    vendor,
    product,
    idWords: [vendor?.split(/[\s,.]/)[0] ?? 'panel', usb.vendorId.slice(2), usb.productId.slice(2)],
    reports: reportsByInterface(facts, usb),
  };
}

/** By the number that the interface has in the model. @throws HwlabError usage `capture-other-device` */
function descriptorsByInterface({ device, hid }: CapturedFacts, notes: ImportNotes): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const interfaces = device?.configurations[0]?.interfaces ?? [];
  const hidNumbers = interfaces.flatMap(({ alternates }, index) => (alternates[0]?.class[0] === 3 ? [index] : []));
  interfaces.forEach(({ alternates }, index) => {
    const bytes = alternates[0]?.reportDescriptor;
    if (bytes) found.set(index, bytes);
  });
  hid.forEach(({ interfaceNumber, reportDescriptor }, position) => {
    if (!device) {
      found.set(position, reportDescriptor);
      return;
    }
    const fitting = hidNumbers.filter((number) => toldLength(interfaces[number]?.alternates[0]) === reportDescriptor.length);
    const number = interfaceNumber !== undefined && fitting.includes(interfaceNumber) ? interfaceNumber : fitting[0];
    if (number === undefined) {
      throw captureError('capture-other-device', `the report descriptor has ${reportDescriptor.length} bytes, but no HID interface of the device says so (${hidNumbers.map((each) => `${each}: ${toldLength(interfaces[each]?.alternates[0]) ?? 'none'}`).join(', ') || 'it has none'})`, { offset: 0, pointer: '/configuration/interfaces' }, 'give files of one and the same device');
    }
    if (fitting.length > 1 && interfaceNumber === undefined) notes.assume(`the report descriptor is taken to be of interface ${number}; ${fitting.join(' and ')} have one of this length`);
    found.set(number, reportDescriptor);
  });
  for (const number of hidNumbers) if (!found.has(number)) notes.cannotServe(`interface ${number}: its HID report descriptor is not in the captures, so no driver binds to it`);
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** wDescriptorLength of the report descriptor, in the HID descriptor. */
function toldLength(alternate: CapturedAlternate | undefined): number | undefined {
  const bytes = alternate?.extra.find((extra) => extra[1] === 0x21 && extra.length >= 9);
  return bytes ? (bytes[7] ?? 0) | ((bytes[8] ?? 0) << 8) : undefined;
}

function withHidDescriptors(device: CapturedDevice, usb: UsbDescriptors, descriptors: ReadonlyMap<number, Uint8Array>, notes: ImportNotes): UsbDescriptors {
  const interfaces = usb.configuration.interfaces.map((each) => {
    const captured = device.configurations[0]?.interfaces[each.number]?.alternates[0];
    const report = descriptors.get(each.number);
    const [first, ...others] = each.alternates;
    if (captured?.class[0] !== 3) notes.cannotServe(`interface ${each.number} (${captured?.class.join('/') ?? ''}): it is shown and does nothing`);
    if (!first || !report || toldLength(captured) === report.length) return each;
    notes.assume(toldLength(captured) === undefined ? `interface ${each.number}: the HID descriptor is made up` : `interface ${each.number}: the HID descriptor says ${toldLength(captured)} bytes of report descriptor; it is given ${report.length}, as there are`);
    const kept = (first.extra ?? []).filter((extra) => !/^.. 21/.test(extra));
    return { ...each, alternates: [{ ...first, extra: [hidDescriptor(report), ...kept] }, ...others] };
  });
  return { ...usb, configuration: { ...usb.configuration, interfaces } };
}

function hidDescriptor(report: Uint8Array): string {
  return spacedHex(Uint8Array.of(9, 0x21, 0x11, 1, 0, 1, 0x22, report.length & 0xff, report.length >> 8));
}

/** A configuration for report descriptors that come alone: one interface each, with an interrupt IN endpoint. */
function inventedUsb({ hidNames, device }: CapturedFacts, descriptors: ReadonlyMap<number, Uint8Array>, notes: ImportNotes, filler: SerialFiller): UsbDescriptors {
  notes.assume('the USB configuration is made up: full speed, one HID interface for each report descriptor, one interrupt endpoint of 64 bytes each');
  if (hidNames?.bus !== undefined && hidNames.bus !== 3) notes.assume(`the recording is of a device on another bus (${busName(hidNames.bus)}); the model has it on USB`);
  const { vendorId, productId } = hidNames ?? {};
  if (!vendorId || productId === undefined) notes.assume('the vendor and product id are not in the captures: 1209:0001 stands for them, which pid.codes keeps for tests');
  const name = clean(filler.clean(hidNames?.name ?? ''));
  const strings = name === '' ? {} : splitName(name, notes);
  const interfaces = [...descriptors].map(([number, report]) => {
    const alternate: UsbAlternate = { class: [3, 0, 0], extra: [hidDescriptor(report)], endpoints: [{ address: `0x8${(number + 1).toString(16)}`, type: 'interrupt', maxPacketSize: 64, interval: 1 }] };
    return { number, alternates: [alternate] };
  });
  return {
    speed: 'full',
    vendorId: hex16(vendorId || 0x1209),
    productId: hex16(vendorId ? (productId ?? 1) : 1),
    usbVersion: '0x0200',
    deviceVersion: hex16(device?.deviceVersion ?? 0x0100),
    class: [0, 0, 0],
    maxPacketSize0: 64,
    strings,
    configuration: { attributes: 0xa0, maxPower: 500, interfaces },
  };
}

/** The kernel calls a HID device by its manufacturer and product. */
function splitName(name: string, notes: ImportNotes): UsbDescriptors['strings'] {
  const space = name.indexOf(' ');
  if (space < 0) return { product: name };
  notes.assume(`the recording has one name, "${name}"; its first word is taken for the manufacturer`);
  return { manufacturer: name.slice(0, space), product: name.slice(space + 1) };
}

function busName(bus: number): string {
  return { 5: 'Bluetooth', 0x18: 'I2C', 6: 'virtual' }[bus] ?? `bus ${bus}`;
}

/** How many contacts the product promises: what the device answered, else what its descriptor says, else the fingers of one report; 0 for a pen alone. */
function contactsOf(parsed: readonly HidReportDescriptor[], features: ReadonlyMap<string, Uint8Array>, numbers: readonly number[], notes: ImportNotes): { readonly contacts: number; readonly told: number | undefined } {
  for (const [position, descriptor] of parsed.entries()) {
    if (!descriptor.applications.some(({ usage }) => usage === usages.touchScreen)) continue;
    const { fingers } = findTouchLayout(descriptor);
    const most = Math.min(250, ...fingers.flatMap(({ contactId }) => (contactId ? [2 ** contactId.bits] : [1])));
    for (const report of descriptor.reports) {
      const field = report.kind === 'feature' ? report.fields.find(({ usage }) => usage === usages.contactCountMaximum) : undefined;
      if (!field) continue;
      const answered = features.get(`${numbers[position] ?? 0}:${report.id}`)?.[Math.floor(field.bitOffset / 8) + (report.id === 0 ? 0 : 1)];
      if (answered !== undefined) {
        if (answered >= 1 && answered <= most) return { contacts: answered, told: answered };
        notes.assume(`the device answered ${answered} as Contact Count Maximum; the ${fingers.length} fingers of a report are taken for what it promises`);
        return { contacts: Math.min(fingers.length, most), told: answered };
      }
      if (field.logicalMax >= 1 && field.logicalMax <= Math.min(most, 100)) {
        notes.assume(`Contact Count Maximum is taken to be ${field.logicalMax}, the highest value that its field may have`);
        return { contacts: field.logicalMax, told: undefined };
      }
    }
    notes.assume(`the number of contacts is not in the captures; the ${fingers.length} fingers of one report are taken`);
    return { contacts: Math.max(1, Math.min(fingers.length, most)), told: undefined };
  }
  return { contacts: 0, told: undefined };
}

/** Feature reports that the capture saw, in the form of the model; those whose length is not the descriptor's are left out. */
function featuresOf(device: CapturedDevice | undefined, parsed: ReadonlyMap<number, HidReportDescriptor>): Readonly<Record<string, string>> {
  const features: Record<string, string> = {};
  for (const [key, bytes] of device?.features ?? []) {
    const [number, id] = key.split(':').map(Number);
    const report = parsed.get(number ?? 0)?.reports.find((each) => each.kind === 'feature' && each.id === id);
    const data = id === 0 ? bytes : bytes.subarray(1);
    if (report && data.length > 0 && bytes.length <= report.bytes) features[key] = spacedHex(data);
  }
  return features;
}

function reportsByInterface({ reports, byEndpoint, hid }: CapturedFacts, usb: UsbDescriptors): BuiltModel['reports'] {
  const place = new Map<number, number>();
  if (byEndpoint) {
    for (const { number, alternates } of usb.configuration.interfaces) {
      if (alternates[0]?.class[0] !== 3) continue;
      for (const { address } of alternates[0].endpoints) if (Number(address) & 0x80) place.set(Number(address) & 15, number);
    }
  } else hid.forEach(({ interfaceNumber }, position) => place.set(interfaceNumber ?? position, position));
  return reports.flatMap((report) => {
    const device = place.get(report.device);
    return device === undefined ? [] : [{ ...report, device }];
  });
}

function hexLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) lines.push(spacedHex(bytes.subarray(at, at + bytesPerLine)));
  return lines;
}

