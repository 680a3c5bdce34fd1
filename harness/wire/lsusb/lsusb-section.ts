import { captureError } from '../capture/capture-error.ts';

/** A field line of `lsusb -v`: `bEndpointAddress     0x81  EP 1 IN`. */
export interface LsusbField {
  readonly name: string;
  /** The first word behind the name. */
  readonly value: string;
  /** What stands behind that, a string or an explanation. */
  readonly text: string;
  readonly line: number;
}

/** What follows one heading, `Interface Descriptor:`, until the next. */
export interface LsusbSection {
  readonly heading: string;
  readonly line: number;
  /** The last line that was taken into it. */
  lastLine: number;
  readonly fields: LsusbField[];
  /** `Item(Global): ...` lines of a report descriptor, and others that are no field. */
  readonly others: { readonly text: string; readonly line: number }[];
}

const mostFields = 512;
const mostOthers = 8192;

/** Takes a trimmed line into the section. Lines over the limit are left out: a page goes on behind what lsusb printed. */
export function takeLine(section: LsusbSection, text: string, line: number): void {
  section.lastLine = line;
  const match = /^([A-Za-z][A-Za-z0-9]*)(?:\s+|(?=\())(\S+)(?:\s+(.*))?$/.exec(text);
  const into: unknown[] = match && !text.startsWith('Item(') ? section.fields : section.others;
  if (into.length >= (into === section.fields ? mostFields : mostOthers)) return;
  if (into === section.fields && match) section.fields.push({ name: match[1] ?? '', value: match[2] ?? '', text: match[3] ?? '', line });
  else section.others.push({ text, line });
}

export function findField(section: LsusbSection, name: string): LsusbField | undefined {
  return section.fields.find((field) => field.name === name);
}

/**
 * The number of a field that must be there.
 * @throws HwlabError usage `capture-cut-off` when it is missing, `capture-contradicts` when it is no number up to `max`
 */
export function numberOf(section: LsusbSection, name: string, max: number, pointer: string): number {
  const field = findField(section, name);
  if (!field) throw captureError('capture-cut-off', `"${section.heading}" of line ${section.line} has no ${name}`, { line: section.lastLine, pointer }, 'take the capture again, whole, with lsusb -v');
  const value = /^(0x[0-9a-f]+|\d+)(mA)?$/i.test(field.value) ? Number(field.value.replace(/mA$/i, '')) : NaN;
  if (!(value <= max)) throw captureError('capture-contradicts', `${name} is "${field.value.slice(0, 40)}", expected a number from 0 to ${max}`, { line: field.line, pointer });
  return value;
}

/** A version as lsusb prints it, `2.10` for 0x0210. @throws HwlabError usage as `numberOf` */
export function versionOf(section: LsusbSection, name: string, pointer: string): number {
  const field = findField(section, name);
  if (!field) throw captureError('capture-cut-off', `"${section.heading}" of line ${section.line} has no ${name}`, { line: section.lastLine, pointer }, 'take the capture again, whole, with lsusb -v');
  const parts = /^([0-9a-f]{1,2})\.([0-9a-f]{2})$/i.exec(field.value);
  if (!parts) throw captureError('capture-contradicts', `${name} is "${field.value.slice(0, 40)}", expected a version such as 2.00`, { line: field.line, pointer });
  return (parseInt(parts[1] ?? '', 16) << 8) | parseInt(parts[2] ?? '', 16);
}

/** The string that lsusb read for an index field; undefined where there is none or it could not be read. */
export function stringOf(section: LsusbSection, name: string): { readonly text: string | undefined; readonly unread: boolean } {
  const field = findField(section, name);
  if (!field || !/^\d+$/.test(field.value) || Number(field.value) === 0) return { text: undefined, unread: false };
  const text = field.text.trim();
  return text === '' || text === '(error)' ? { text: undefined, unread: true } : { text: text.slice(0, 126), unread: false };
}
