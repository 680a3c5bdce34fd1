import { captureError } from '../../wire/capture/capture-error.ts';
import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import type { UsbDescriptors } from '../usb-device.ts';
import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { clean, fitUsb, hex16 } from './fit-usb.ts';
import { refusal, type ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

/** A raw printer of class 7/1/2 from its descriptors, its IEEE 1284 id, or both. */
export function buildUsbPrinter(facts: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  const usb = facts.device ? fitUsb(facts.device, notes, filler) : inventedPrinterUsb(facts, notes);
  const deviceId = printerDeviceId(facts, usb, notes, filler);
  notes.assume('how the printer answers on its back channel is not known; the model says nothing there');
  const vendor = deviceIdField(deviceId, 'MFG', 'MANUFACTURER') ?? usb.strings.manufacturer;
  const product = deviceIdField(deviceId, 'MDL', 'MODEL') ?? usb.strings.product;
  return { emulator: 'usb-printer', folder: 'printers', suites: ['printers'], classes: ['printer'], usb, behaviour: { deviceId }, vendor, product, idWords: [vendor ?? 'printer', withoutVendor(product ?? usb.productId, vendor)], reports: [] };
}

/** The id of the captures, or one made of the strings; checked against the device's own names. @throws HwlabError `capture-other-device` */
export function printerDeviceId({ deviceId, device }: CapturedFacts, usb: UsbDescriptors, notes: ImportNotes, filler: SerialFiller): string {
  if (!deviceId) {
    const { manufacturer, product } = usb.strings;
    if (!manufacturer || !product) throw refusal('capture-needs-more', 'the captures have no IEEE 1284 device id and not both strings that one could be made of', 'add a file with the id: /sys/bus/usb/devices/*/ieee1284_id, or lpinfo -l -v');
    notes.assume('the IEEE 1284 device id is not in the captures: it is made of the manufacturer and product strings and names no command set');
    return `MFG:${manufacturer.replaceAll(';', ',')};MDL:${product.replaceAll(';', ',')};CLS:PRINTER;`;
  }
  if (!deviceId.whole) notes.assume('the IEEE 1284 device id is put together from single fields; the real one may have more, in another order');
  if (device) sameDevice('the IEEE 1284 device id', deviceIdField(deviceId.text, 'MDL', 'MODEL') ?? '', 'the USB descriptors', device.strings.product ?? '');
  return filler.cleanDeviceId(deviceId.text);
}

/**
 * Two names of one product have a number in common when both have one: `Officejet Pro 6830` and `HP Officejet Pro 6830`.
 * @throws HwlabError usage `capture-other-device`
 */
export function sameDevice(oneIs: string, one: string, otherIs: string, other: string): void {
  const numbers = (name: string): readonly string[] => name.toLowerCase().match(/[a-z-]*\d[a-z\d-]*/g) ?? [];
  const [mine, theirs] = [numbers(one), numbers(other)];
  if (mine.length === 0 || theirs.length === 0) return;
  const core = (word: string): string => /\d+/.exec(word)?.[0] ?? '';
  if (mine.some((word) => theirs.some((each) => core(word) === core(each)))) return;
  throw captureError('capture-other-device', `${oneIs} is of "${one.slice(0, 60)}", ${otherIs} of "${other.slice(0, 60)}"`, { offset: 0 }, 'give files of one and the same device');
}

function inventedPrinterUsb({ deviceId }: CapturedFacts, notes: ImportNotes): UsbDescriptors {
  notes.assume('the USB descriptors are made up: high speed, one interface 7/1/2 with one bulk endpoint each way');
  const field = (...keys: string[]): string | undefined => deviceIdField(deviceId?.text ?? '', ...keys);
  const [vendorId, productId] = [field('VID'), field('PID')].map((text) => (text !== undefined && /^(0x)?[0-9a-f]{4}$/i.test(text) ? parseInt(text.replace(/^0x/i, ''), 16) : undefined));
  const known = vendorId !== undefined && productId !== undefined;
  if (!known) notes.assume('the vendor and product id are not in the captures: 1209:0002 stands for them, which pid.codes keeps for tests');
  const manufacturer = clean(field('MFG', 'MANUFACTURER') ?? deviceId?.make ?? '');
  const product = clean(field('MDL', 'MODEL') ?? deviceId?.model ?? '');
  if (product === '') throw refusal('capture-needs-more', 'the IEEE 1284 device id names no model (MDL)', 'add lsusb -v of the device');
  return {
    speed: 'high',
    vendorId: hex16(known ? vendorId : 0x1209),
    productId: hex16(known ? productId : 2),
    usbVersion: '0x0200',
    deviceVersion: '0x0100',
    class: [0, 0, 0],
    maxPacketSize0: 64,
    strings: { ...(manufacturer === '' ? {} : { manufacturer }), product },
    configuration: {
      attributes: 0xc0,
      maxPower: 2,
      interfaces: [{ number: 0, alternates: [{ class: [7, 1, 2], endpoints: [{ address: '0x01', type: 'bulk', maxPacketSize: 512, interval: 0 }, { address: '0x82', type: 'bulk', maxPacketSize: 512, interval: 0 }] }] }],
    },
  };
}

/** `ECOSYS M2040dn` of `Kyocera ECOSYS M2040dn`. */
export function withoutVendor(name: string, vendor: string | undefined): string {
  return vendor && name.toLowerCase().startsWith(`${vendor.toLowerCase()} `) ? name.slice(vendor.length + 1) : name;
}
