import type { Device } from '../generated/device.ts';

/** A device as identity knows it; JSON-safe, so that a derived index can keep it. */
export interface IdentityEntry {
  /** Id of the device, or of a model that only imported facts name. */
  readonly id: string;
  readonly vendor: string;
  /** Without the maker. */
  readonly name: string;
  /** Other names, with or without the maker. */
  readonly aliases: readonly string[];
  /** `0482:069d`, lower case; `shared` says why other products have it too, `listedBy` which public list says so. */
  readonly usb: readonly { readonly id: string; readonly shared?: string; readonly listedBy?: string }[];
  readonly ieee1284: readonly { readonly manufacturer: string; readonly model: string }[];
  readonly articles: readonly string[];
  readonly rebrandOf?: string;
  /** Where it is known from when it is no device of ours: `usb.ids`, `sane`. */
  readonly importedFrom?: readonly string[];
}

/** A device of the database as identity knows it. */
export function entryOfDevice(device: Device): IdentityEntry {
  return {
    id: device.id,
    vendor: device.vendor,
    name: device.name,
    aliases: device.aliases,
    usb: device.usb.map(({ vendorId, productId, shared }) => ({ id: usbKey(vendorId, productId), ...(shared === undefined ? {} : { shared }) })),
    ieee1284: (device.ieee1284 ?? []).map(({ manufacturer, model }) => ({ manufacturer, model })),
    articles: device.articles ?? [],
    ...(device.rebrandOf === undefined ? {} : { rebrandOf: device.rebrandOf }),
  };
}

/** `0482:069d` of 0x0482 and 0x069d. */
export function usbKey(vendorId: string, productId: string): string {
  return `${vendorId.replace(/^0x/i, '').toLowerCase().padStart(4, '0')}:${productId.replace(/^0x/i, '').toLowerCase().padStart(4, '0')}`;
}
