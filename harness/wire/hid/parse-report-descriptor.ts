import { hidError } from './hid-error.ts';
import { readItems, type HidItem } from './items.ts';
import type { HidCollection, HidField, HidReport, HidReportDescriptor, HidReportKind } from './report-descriptor.ts';

/** Linux takes descriptors of at most 4096 bytes and reports of at most 16384; its usage limit is 12288. */
const mostDescriptorBytes = 4096;
const mostReportBits = 16_384 * 8;
const mostFields = 12_288;
const mostCollections = 1024;
const mostNesting = 32;
const mostPushed = 4;

interface Globals {
  usagePage: number;
  logicalMin: number;
  logicalMax: number;
  physicalMin: number;
  physicalMax: number;
  unit: number;
  unitExponent: number;
  reportSize: number;
  reportCount: number;
  reportId: number;
}

/** Usages declared for the next main item, as ranges so that 0..0xffffffff costs nothing. */
interface UsageRange {
  readonly first: number;
  readonly last: number;
  /** The page was part of the item (4 bytes). */
  readonly full: boolean;
}

interface GrowingReport {
  readonly kind: HidReportKind;
  readonly id: number;
  bits: number;
  readonly fields: HidField[];
}

const kinds: Readonly<Record<number, HidReportKind>> = { 8: 'input', 9: 'output', 11: 'feature' };

/**
 * Parses a HID report descriptor (HID 1.11, 6.2.2). Work and memory are bounded whatever the bytes are.
 * @throws HwlabError usage `hid-...` with the byte offset in `facts.offset`
 */
export function parseReportDescriptor(bytes: Uint8Array): HidReportDescriptor {
  if (bytes.length === 0) throw hidError('hid-empty', 'report descriptor is empty', 0);
  if (bytes.length > mostDescriptorBytes) throw hidError('hid-too-long', `report descriptor has ${bytes.length} bytes; drivers take at most ${mostDescriptorBytes}`, mostDescriptorBytes);
  const parser = new DescriptorParser();
  for (const item of readItems(bytes)) parser.take(item);
  return parser.end(bytes.length);
}

class DescriptorParser {
  #globals: Globals = { usagePage: 0, logicalMin: 0, logicalMax: 0, physicalMin: 0, physicalMax: 0, unit: 0, unitExponent: 0, reportSize: 0, reportCount: 0, reportId: 0 };
  readonly #pushed: Globals[] = [];
  #usages: UsageRange[] = [];
  #usageMin: { readonly value: number; readonly full: boolean } | undefined;
  readonly #open: HidCollection[] = [];
  #collections = 0;
  #fields = 0;
  readonly #applications: HidCollection[] = [];
  readonly #reports = new Map<string, GrowingReport>();

  take(item: HidItem): void {
    if (item.type === 'global') this.#global(item);
    else if (item.type === 'local') this.#local(item);
    else this.#main(item);
  }

  end(length: number): HidReportDescriptor {
    if (this.#open.length > 0) throw hidError('hid-open-collection', `report descriptor ends with ${this.#open.length} collection(s) not closed`, length);
    const reports = [...this.#reports.values()].map((report): HidReport => ({ kind: report.kind, id: report.id, bytes: Math.ceil(report.bits / 8) + (report.id === 0 ? 0 : 1), fields: report.fields }));
    return { applications: this.#applications, reports };
  }

  #global(item: HidItem): void {
    const globals = this.#globals;
    switch (item.tag) {
      case 0:
        if (item.unsigned > 0xffff) throw hidError('hid-usage-page', `usage page 0x${item.unsigned.toString(16)} has more than 16 bits`, item.offset);
        globals.usagePage = item.unsigned;
        break;
      case 1:
        globals.logicalMin = item.signed;
        break;
      case 2:
        // Like Linux: signed only where the minimum is negative, since many devices write 255 as one byte.
        globals.logicalMax = globals.logicalMin < 0 ? item.signed : item.unsigned;
        break;
      case 3:
        globals.physicalMin = item.signed;
        break;
      case 4:
        globals.physicalMax = globals.physicalMin < 0 ? item.signed : item.unsigned;
        break;
      case 5:
        // A nibble in two's complement by the specification; some devices write a whole signed number.
        globals.unitExponent = (item.unsigned & 0xfffffff0) === 0 ? ((item.unsigned ^ 8) & 15) - 8 : item.signed;
        break;
      case 6:
        globals.unit = item.unsigned;
        break;
      case 7:
        if (item.unsigned > 256) throw hidError('hid-report-size', `a field of ${item.unsigned} bits; drivers take at most 256`, item.offset);
        globals.reportSize = item.unsigned;
        break;
      case 8:
        if (item.unsigned === 0 || item.unsigned > 255) throw hidError('hid-report-id', `report id ${item.unsigned} is not within 1..255`, item.offset);
        globals.reportId = item.unsigned;
        break;
      case 9:
        if (item.unsigned > mostFields) throw hidError('hid-report-count', `${item.unsigned} fields in one item; drivers take at most ${mostFields}`, item.offset);
        globals.reportCount = item.unsigned;
        break;
      case 10:
        if (this.#pushed.length >= mostPushed) throw hidError('hid-push', `more than ${mostPushed} push items`, item.offset);
        this.#pushed.push({ ...globals });
        break;
      case 11: {
        const restored = this.#pushed.pop();
        if (!restored) throw hidError('hid-pop', 'a pop item without a push', item.offset);
        this.#globals = restored;
        break;
      }
      default:
        throw hidError('hid-unknown-item', `unknown global item with tag ${item.tag}`, item.offset);
    }
  }

  #local(item: HidItem): void {
    const full = item.size === 4;
    if (item.tag === 0) this.#addUsages({ first: item.unsigned, last: item.unsigned, full }, item.offset);
    else if (item.tag === 1) this.#usageMin = { value: item.unsigned, full };
    else if (item.tag === 2) {
      const first = this.#usageMin?.value ?? 0;
      if (item.unsigned < first) throw hidError('hid-usage-range', `usage maximum ${item.unsigned} is below the minimum ${first}`, item.offset);
      this.#addUsages({ first, last: item.unsigned, full: this.#usageMin?.full ?? full }, item.offset);
      this.#usageMin = undefined;
    }
    // Designators, strings and delimiters say nothing about the layout.
  }

  #addUsages(range: UsageRange, offset: number): void {
    if (this.#usages.length >= mostFields) throw hidError('hid-usages', `more than ${mostFields} usages for one item`, offset);
    this.#usages.push(range);
  }

  #main(item: HidItem): void {
    if (item.tag === 10) this.#openCollection(item);
    else if (item.tag === 12) {
      if (!this.#open.pop()) throw hidError('hid-end-collection', 'an end-collection item without a collection', item.offset);
    } else {
      const kind = kinds[item.tag];
      if (!kind) throw hidError('hid-unknown-item', `unknown main item with tag ${item.tag}`, item.offset);
      this.#addFields(kind, item);
    }
    this.#usages = [];
    this.#usageMin = undefined;
  }

  #openCollection(item: HidItem): void {
    if (this.#open.length >= mostNesting || ++this.#collections > mostCollections) {
      throw hidError('hid-collections', `more than ${mostNesting} collections in one another or ${mostCollections} in all`, item.offset);
    }
    const parent = this.#open.at(-1);
    const collection: HidCollection = { usage: this.#usageAt(0), type: item.unsigned, parent };
    if (!parent) this.#applications.push(collection);
    this.#open.push(collection);
  }

  #addFields(kind: HidReportKind, item: HidItem): void {
    const globals = this.#globals;
    const key = `${kind} ${globals.reportId}`;
    const report = this.#reports.get(key) ?? { kind, id: globals.reportId, bits: 0, fields: [] };
    this.#reports.set(key, report);
    const start = report.bits;
    report.bits += globals.reportSize * globals.reportCount;
    if (report.bits > mostReportBits) throw hidError('hid-report-bits', `${kind} report ${globals.reportId} grows beyond ${mostReportBits / 8} bytes`, item.offset);
    const constant = (item.unsigned & 1) !== 0;
    if (constant || globals.reportSize === 0 || globals.reportCount === 0) return;
    const collection = this.#open.at(-1);
    if (!collection) throw hidError('hid-outside-collection', `an ${kind} field outside every collection`, item.offset);
    this.#fields += globals.reportCount;
    if (this.#fields > mostFields) throw hidError('hid-fields', `more than ${mostFields} fields`, item.offset);
    const noPhysical = globals.physicalMin === 0 && globals.physicalMax === 0;
    const shared = {
      bits: globals.reportSize,
      logicalMin: globals.logicalMin,
      logicalMax: globals.logicalMax,
      physicalMin: noPhysical ? globals.logicalMin : globals.physicalMin,
      physicalMax: noPhysical ? globals.logicalMax : globals.physicalMax,
      unit: globals.unit,
      unitExponent: globals.unitExponent,
      array: (item.unsigned & 2) === 0,
      relative: (item.unsigned & 4) !== 0,
      nullState: (item.unsigned & 0x40) !== 0,
      collection,
    };
    for (let index = 0; index < globals.reportCount; index++) {
      report.fields.push({ ...shared, usage: this.#usageAt(shared.array ? 0 : index), bitOffset: start + index * globals.reportSize });
    }
  }

  /** The usage of the `index`-th control; the last one declared holds for the rest (HID 1.11, 6.2.2.8). */
  #usageAt(index: number): number {
    let left = index;
    for (const range of this.#usages) {
      const count = range.last - range.first + 1;
      if (left < count) return this.#complete(range, range.first + left);
      left -= count;
    }
    const last = this.#usages.at(-1);
    return last ? this.#complete(last, last.last) : 0;
  }

  #complete(range: UsageRange, usage: number): number {
    return range.full ? usage >>> 0 : ((this.#globals.usagePage << 16) | (usage & 0xffff)) >>> 0;
  }
}
