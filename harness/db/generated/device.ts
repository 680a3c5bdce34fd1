// Generated from hardware-db/schemas/device.schema.json by scripts/generate-types.ts; do not edit.

export type DeviceClass = 'printer' | 'scanner' | 'panel' | 'robotics' | 'storage' | 'camera' | 'computer';

/**
 * A product that can be bought, or something invented that stands in for one: what people call it and how a computer recognises it. hardware-db/devices/<id>.json.
 */
export interface Device {
  id: string;
  vendor: string;
  /**
   * without the vendor
   */
  name: string;
  /**
   * other names that people and tenders use, with or without the vendor
   */
  aliases: string[];
  /**
   * what it is; it must satisfy the profile of every class
   *
   * @minItems 1
   */
  classes: [DeviceClass, ...DeviceClass[]];
  usb: DeviceUsbId[];
  /**
   * the maker's article or part numbers: A000066, 1102S33NL0
   */
  articles?: string[];
  /**
   * what a printer answers to GET_DEVICE_ID; several products may answer the same
   */
  ieee1284?: DeviceIeee1284[];
  /**
   * id of the device that this one is, under another maker's name
   */
  rebrandOf?: string;
  /**
   * set when nobody can buy it: what it is then (a reference device of hwlab, a virtual machine); lists and alternatives leave it out
   */
  invented?: string;
  /**
   * on sale since: year, month or day
   */
  since?: string;
  /**
   * no longer tested since that day
   */
  retired?: string;
  /**
   * where the facts come from
   */
  origin?: DeviceOrigin[];
}
export interface DeviceUsbId {
  vendorId: string;
  productId: string;
  /**
   * class, subclass and protocol of each interface, hexadecimal, when they are known: 07/01/02
   *
   * @minItems 1
   * @maxItems 32
   */
  interfaces?: [string, ...string[]];
  /**
   * set when other products have the same id: why (a bridge chip, a re-brand)
   */
  shared?: string;
}
export interface DeviceIeee1284 {
  manufacturer: string;
  model: string;
  commandSet?: string;
}
export interface DeviceOrigin {
  what: string;
  source: string;
}
