// Generated from hardware-db/schemas/emulated-model.schema.json by scripts/generate-types.ts; do not edit.

export type Id = string;
export type Hex16 = string;
/**
 * @minItems 3
 * @maxItems 3
 */
export type ClassTriple = [number, number, number];
export type UsbString = string;
export type Byte = number;

/**
 * An emulated device as data. fixtures/devices/<kind>/<id>.json; `behaviour` is checked by hardware-db/schemas/emulators/<emulator>.schema.json.
 */
export interface EmulatedModelFile {
  id: Id;
  device: Id;
  name: string;
  emulator: Id;
  /**
   * @minItems 1
   */
  suites: [Id, ...Id[]];
  /**
   * where each fact comes from
   *
   * @minItems 1
   */
  origin: [Origin, ...Origin[]];
  usb?: UsbDescriptorsFile;
  behaviour: {};
}
export interface Origin {
  what: string;
  source: string;
  licence: string;
}
export interface UsbDescriptorsFile {
  speed: 'low' | 'full' | 'high' | 'super';
  vendorId: Hex16;
  productId: Hex16;
  usbVersion: Hex16;
  deviceVersion: Hex16;
  class: ClassTriple;
  maxPacketSize0: 8 | 9 | 16 | 32 | 64;
  strings: {
    manufacturer?: UsbString;
    product?: UsbString;
    serial?: UsbString;
  };
  configuration: UsbConfigurationFile;
}
export interface UsbConfigurationFile {
  /**
   * bmAttributes; bit 7 is always set
   */
  attributes: number;
  /**
   * milliamperes
   */
  maxPower: number;
  associations?: UsbAssociationFile[];
  /**
   * @minItems 1
   * @maxItems 32
   */
  interfaces: [UsbInterfaceFile, ...UsbInterfaceFile[]];
}
export interface UsbAssociationFile {
  first: Byte;
  count: number;
  class: ClassTriple;
  name?: UsbString;
}
export interface UsbInterfaceFile {
  number: number;
  /**
   * @minItems 1
   * @maxItems 32
   */
  alternates: [UsbAlternateFile, ...UsbAlternateFile[]];
}
export interface UsbAlternateFile {
  class: ClassTriple;
  name?: UsbString;
  /**
   * class-specific descriptors, hex bytes
   */
  extra?: string[];
  /**
   * @maxItems 30
   */
  endpoints: UsbEndpointFile[];
}
export interface UsbEndpointFile {
  address: string;
  type: 'bulk' | 'interrupt' | 'isochronous';
  /**
   * bytes of one transaction; 0 only for an isochronous endpoint that carries nothing
   */
  maxPacketSize: number;
  interval: Byte;
  /**
   * transactions a microframe, high speed only; 1 by default
   */
  transactions?: 1 | 2 | 3;
  /**
   * of isochronous endpoints
   */
  synchronization?: 'none' | 'asynchronous' | 'adaptive' | 'synchronous';
  /**
   * class-specific descriptors behind the endpoint's, hex bytes
   */
  extra?: string[];
}
