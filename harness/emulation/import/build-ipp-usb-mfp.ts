import { captureError } from '../../wire/capture/capture-error.ts';
import type { AdjustmentRange, InputCapabilities, ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';
import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import { attributesToJson } from '../../wire/ipp/ipp-json.ts';
import type { IppAttribute, IppValue } from '../../wire/ipp/ipp-message.ts';
import type { UsbAlternate, UsbDescriptors } from '../usb-device.ts';
import type { BuiltModel } from './built-model.ts';
import { sameDevice, withoutVendor } from './build-usb-printer.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { clean, fitUsb } from './fit-usb.ts';
import { refusal, type ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

/** State, times and addresses, which the emulated service makes itself. */
const made = /^(printer-uri-supported|uri-(security|authentication)-supported|printer-uuid|device-uuid|printer-state.*|printer-up-time|printer-current-time|queued-job-count|printer-is-accepting-jobs|printer-more-info.*|printer-icons|.*-uri|.*-change-(date-)?time|printer-alert.*|printer-static-resource.*|printer-strings-.*|jpeg-.*-uri)$/;
/** What tells of the owner, or of one unit. */
const personal = /^(printer-(location|geo-location|organization|organizational-unit|contact.*|owner.*|serial-number|wifi-ssid|wifi-password.*|wifi-mac.*|privacy-.*|asset-tag|mac-address.*|firmware-patches|charge-info.*|get-attributes.*|input-tray-serial|network-.*|resource-.*|message-from-operator|device-serial.*)|device-serial-number|.*mac-address.*|.*ssid.*)$/;
const names = /^(printer-(name|info|dns-sd-name|fax-modem-name))$/;

/** A device that speaks IPP over USB, and eSCL where its capabilities are given. */
export function buildIppUsbMfp(facts: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  const all = facts.ipp ?? [];
  const makeAndModel = textOf(all, 'printer-make-and-model') ?? textOf(all, 'printer-info');
  if (!makeAndModel) throw refusal('capture-needs-more', 'the IPP attributes have no printer-make-and-model', 'ask for all attributes', { offset: 0 });
  if (facts.device) sameDevice('the IPP answer', makeAndModel, 'the USB descriptors', facts.device.strings.product ?? '');
  if (facts.scanner) sameDevice('the IPP answer', makeAndModel, 'the scanner capabilities', facts.scanner.makeAndModel);
  filler.learn(textOf(all, 'printer-serial-number') ?? textOf(all, 'device-serial-number'));
  filler.learn(facts.scanner?.serialNumber);
  const raw = textOf(all, 'printer-device-id');
  const deviceId = filler.cleanDeviceId(facts.deviceId?.text ?? raw ?? '') || madeUpId(makeAndModel, notes);
  const vendor = deviceIdField(deviceId, 'MFG', 'MANUFACTURER') ?? makeAndModel.split(' ')[0];
  const product = withoutVendor(makeAndModel, vendor);
  const usb = facts.device ? fitMfpUsb(facts, notes, filler) : inventedMfpUsb(vendor, product, notes);
  if (!facts.scanner) notes.cannotServe('scanning: the captures have no eSCL ScannerCapabilities');
  notes.assume('attributes of the moment (state, times, addresses, UUID) are made by the emulated printer; place, owner and network of the captured one are left out');
  return {
    emulator: 'ipp-usb-mfp',
    folder: 'mfps',
    suites: facts.scanner ? ['printers-ipp', 'scanners'] : ['printers-ipp'],
    classes: facts.scanner ? ['printer', 'scanner'] : ['printer'],
    usb,
    behaviour: { deviceId, printer: { attributes: attributesToJson(cleanAttributes(all, makeAndModel, notes, filler)) }, ...(facts.scanner ? { scanner: { capabilities: fitScanner(facts.scanner, makeAndModel, notes) } } : {}) },
    vendor,
    product,
    idWords: [vendor ?? 'mfp', product],
    reports: [],
  };
}

function cleanAttributes(attributes: readonly IppAttribute[], makeAndModel: string, notes: ImportNotes, filler: SerialFiller): readonly IppAttribute[] {
  const kept = new Map<string, IppAttribute>();
  for (const attribute of attributes) {
    const { name } = attribute;
    if (made.test(name) || personal.test(name)) continue;
    if (!/^[a-z0-9][a-z0-9._-]{0,254}$/.test(name)) {
      notes.assume(`an attribute with the name "${clean(name).slice(0, 60)}" is left out: it is no keyword`);
      continue;
    }
    if (kept.has(name)) notes.assume(`the attribute ${name} comes more than once; its first values are taken`);
    else {
      const values = names.test(name) ? attribute.values.map((value) => ('value' in value ? ({ ...value, value: makeAndModel.slice(0, 127) } as IppValue) : value)) : attribute.values;
      const cleaned = values.flatMap((value) => cleanValue(value, name, notes, filler) ?? []);
      if (cleaned.length > 0) kept.set(name, { name, values: cleaned as readonly IppValue[] });
    }
  }
  if (!kept.has('operations-supported')) {
    throw captureError('capture-contradicts', 'the answer has no operations-supported: it is not of all attributes', { offset: 0, pointer: '/behaviour/printer/attributes' }, 'ask for requested-attributes = all');
  }
  return [...kept.values()];
}

function cleanValue(value: IppValue, name: string, notes: ImportNotes, filler: SerialFiller): IppValue | undefined {
  if (value.tag === 'other') {
    notes.assume(`${name}: a value with the unknown tag 0x${value.number.toString(16)} is left out`);
    return undefined;
  }
  if (value.tag === 'collection') return { tag: 'collection', members: value.members.flatMap((member) => {
    const values = member.values.flatMap((each) => cleanValue(each, name, notes, filler) ?? []);
    return values.length > 0 && member.name !== '' ? [{ name: member.name, values }] : [];
  }) };
  if (!('value' in value) || typeof value.value !== 'string' || value.tag === 'octetString' || value.tag === 'dateTime') return value;
  const text = name === 'printer-device-id' ? filler.cleanDeviceId(value.value) : filler.clean(value.value);
  return { ...value, value: text.slice(0, 1023) } as IppValue;
}

function textOf(attributes: readonly IppAttribute[], name: string): string | undefined {
  const value = attributes.find((attribute) => attribute.name === name)?.values[0];
  return value && 'value' in value && typeof value.value === 'string' && value.value.trim() !== '' ? value.value.trim() : undefined;
}

function madeUpId(makeAndModel: string, notes: ImportNotes): string {
  notes.assume('the captures have no IEEE 1284 device id; one is made of printer-make-and-model');
  const [make = '', ...model] = makeAndModel.replaceAll(';', ',').split(' ');
  return `MFG:${make};MDL:${model.join(' ') || make};CLS:PRINTER;`;
}

function fitMfpUsb(facts: CapturedFacts, notes: ImportNotes, filler: SerialFiller): UsbDescriptors {
  const usb = facts.device ? fitUsb(facts.device, notes, filler) : undefined;
  const pairs = usb?.configuration.interfaces.filter(({ alternates }) => alternates.some(({ class: [a, b, c] }) => a === 7 && b === 1 && c === 4)) ?? [];
  if (!usb || pairs.length === 0) throw refusal('capture-contradicts', 'the USB descriptors have no interface of class 7/1/4 (IPP over USB), so this device does not speak IPP here', 'leave the IPP file out for a raw printer', { pointer: '/configuration/interfaces' });
  for (const { number, alternates } of usb.configuration.interfaces) {
    if (!alternates.some(({ class: [a] }) => a === 7)) notes.cannotServe(`interface ${number} (${alternates[0]?.class.join('/') ?? ''}): it is shown and does nothing`);
  }
  return usb;
}

function inventedMfpUsb(vendor: string | undefined, product: string, notes: ImportNotes): UsbDescriptors {
  notes.assume('the USB descriptors are made up: high speed, a raw printer interface 7/1/2 and three pairs 7/1/4 as alternate settings, as multi-function devices have them');
  notes.assume('the vendor and product id are not in the captures: 1209:0003 stands for them, which pid.codes keeps for tests');
  const endpoints = (number: number): UsbAlternate['endpoints'] => [{ address: `0x0${number + 1}`, type: 'bulk', maxPacketSize: 512, interval: 0 }, { address: `0x8${number + 1}`, type: 'bulk', maxPacketSize: 512, interval: 0 }];
  return {
    speed: 'high',
    vendorId: '0x1209',
    productId: '0x0003',
    usbVersion: '0x0200',
    deviceVersion: '0x0100',
    class: [0, 0, 0],
    maxPacketSize0: 64,
    strings: { ...(vendor ? { manufacturer: clean(vendor) } : {}), product: clean(product), serial: 'HWLAB000001' },
    configuration: {
      attributes: 0xc0,
      maxPower: 2,
      interfaces: [0, 1, 2].map((number) => ({ number, alternates: [{ class: number === 0 ? [7, 1, 2] : [255, 255, 255], endpoints: endpoints(number) }, { class: [7, 1, 4], endpoints: endpoints(number) }] })),
    },
  };
}

/** What the emulated scanner can take of the capabilities; profiles with nothing left are dropped. */
function fitScanner(scanner: ScannerCapabilities, makeAndModel: string, notes: ImportNotes): ScannerCapabilities {
  const { serialNumber: _serial, uuid: _uuid, adminUri: _admin, iconUri: _icon, platen, feeder, adjustments, ...rest } = scanner;
  const input = (caps: InputCapabilities, where: string): InputCapabilities => {
    const profiles = caps.profiles.flatMap((profile) => {
      const resolutions = profile.resolutions.filter(([x, y]) => x >= 1 && y >= 1 && x <= 9600 && y <= 9600).slice(0, 100);
      if (profile.colorModes.length === 0 || profile.formats.length === 0 || resolutions.length === 0) {
        notes.cannotServe(`${where}: a profile without a colour mode, format and resolution of the emulated scanner`);
        return [];
      }
      return [{ ...profile, colorModes: [...new Set(profile.colorModes)], resolutions }];
    });
    if (profiles.length === 0) throw captureError('bad-capabilities', `${where} has no profile that the emulated scanner can serve (8 bits a colour; JPEG, PNG or PDF; listed resolutions)`, { offset: 0, pointer: '/behaviour/scanner/capabilities' });
    const feedDirections = caps.feedDirections?.filter((each) => each === 'ShortEdgeFeed' || each === 'LongEdgeFeed');
    const { maxOpticalResolution: optical, ...others } = caps;
    const optics = optical?.every((each) => each >= 1 && each <= 9600) ? { maxOpticalResolution: optical } : {};
    return { ...others, ...optics, minWidth: Math.max(1, caps.minWidth), minHeight: Math.max(1, caps.minHeight), profiles, ...(feedDirections ? { feedDirections } : {}) };
  };
  const options = feeder?.options?.filter((option) => ['DetectPaperLoaded', 'SelectSinglePage', 'Duplex'].includes(option));
  const known = ['Brightness', 'CompressionFactor', 'Contrast', 'Sharpen', 'Threshold', 'Gamma', 'Highlight', 'Shadow', 'NoiseRemoval'];
  const ranges = Object.entries(adjustments ?? {}).flatMap(([name, range]): [string, AdjustmentRange][] => (known.includes(name) ? [[name, { ...range, step: Math.max(1, range.step) }]] : []));
  const { capacity, ...tray } = feeder ?? {};
  const holds = capacity !== undefined && capacity >= 1 && capacity <= 1000 ? { capacity } : {};
  if (!/^\d+\.\d+$/.test(rest.version)) notes.assume(`"${rest.version.slice(0, 20)}" is no version of eSCL; 2.0 is taken`);
  if (!platen && !feeder) throw captureError('bad-capabilities', 'they have neither a platen nor a feeder that the emulated scanner can serve', { offset: 0, pointer: '/behaviour/scanner/capabilities' });
  return {
    ...rest,
    version: /^\d+\.\d+$/.test(rest.version) ? rest.version : '2.0',
    makeAndModel: rest.makeAndModel || makeAndModel,
    ...(platen ? { platen: input(platen, 'the platen') } : {}),
    ...(feeder ? { feeder: { ...tray, ...holds, simplex: input(feeder.simplex, 'the feeder'), ...(feeder.duplex ? { duplex: input(feeder.duplex, 'the duplex feeder') } : {}), ...(options ? { options } : {}) } } : {}),
    ...(ranges.length > 0 ? { adjustments: Object.fromEntries(ranges) } : {}),
  };
}
