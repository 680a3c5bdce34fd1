/** What a report descriptor says: reports, their fields, and the collections they stand in. Usages are 32 bits: page << 16 | id. */
export interface HidReportDescriptor {
  /** Top-level (application) collections in order. */
  readonly applications: readonly HidCollection[];
  readonly reports: readonly HidReport[];
}

export interface HidCollection {
  readonly usage: number;
  /** 0 physical, 1 application, 2 logical, ... (HID 1.11, 6.2.2.6). */
  readonly type: number;
  readonly parent: HidCollection | undefined;
}

/** The usage of the top-level collection that a field stands in, for example Touch Screen. */
export function applicationOf(field: HidField): number {
  let collection = field.collection;
  while (collection.parent) collection = collection.parent;
  return collection.usage;
}

export type HidReportKind = 'input' | 'output' | 'feature';

export interface HidReport {
  readonly kind: HidReportKind;
  /** 0 where the descriptor has no report ids: then the id byte is not sent. */
  readonly id: number;
  /** Bytes on the wire, the id byte included. */
  readonly bytes: number;
  /** Data fields in order of their place; padding (constant) is left out. */
  readonly fields: readonly HidField[];
}

/** One value of a report. */
export interface HidField {
  /** Of a variable; of an array the usage of its smallest value. */
  readonly usage: number;
  /** From the first bit after the id byte. */
  readonly bitOffset: number;
  readonly bits: number;
  readonly logicalMin: number;
  readonly logicalMax: number;
  /** Equal to the logical limits where the descriptor gives none (HID 1.11, 6.2.2.7). */
  readonly physicalMin: number;
  readonly physicalMax: number;
  /** The unit's four bytes: 0x11 centimetre, 0x13 inch, 0x14 degree. */
  readonly unit: number;
  /** Power of ten. */
  readonly unitExponent: number;
  readonly array: boolean;
  readonly relative: boolean;
  /** The field may hold a value outside the logical limits that means "nothing". */
  readonly nullState: boolean;
  readonly collection: HidCollection;
}

/** The report of this kind and id. */
export function findReport(descriptor: HidReportDescriptor, kind: HidReportKind, id: number): HidReport | undefined {
  return descriptor.reports.find((report) => report.kind === kind && report.id === id);
}
