import { namesOf } from '../identify-device.ts';
import type { Device } from '../generated/device.ts';
import { schemaProperties } from './schema-properties.ts';

/**
 * A device as it should be written: properties in the order of the schema, ids as 0x and four small hex digits, one space between words,
 * no alias that says what another name says already. Works on what does not keep the schema yet, and leaves what it does not know.
 */
export function tidyDevice(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const order = schemaProperties('device');
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const entries = Object.entries(value).sort(([left], [right]) => place(left) - place(right));
  const tidy = Object.fromEntries(entries.map(([name, each]) => [name, name === 'usb' ? tidyIds(each) : textual.has(name) ? tidyText(each) : each]));
  return Array.isArray(tidy['aliases']) && tidy['aliases'].every((alias) => typeof alias === 'string') && ['id', 'vendor', 'name'].every((name) => typeof tidy[name] === 'string') ? { ...tidy, aliases: tellingAliases(tidy as unknown as Device) } : tidy;
}

/** Aliases that no other name of the device says already; only case and spaces do not count: other spellings are worth a line. */
export function tellingAliases(device: Device): readonly string[] {
  const kept: string[] = [];
  for (const alias of device.aliases) {
    const known = new Set(namesOf({ ...device, aliases: kept }).map(key));
    if (!known.has(key(alias))) kept.push(alias);
  }
  return kept;
}

function key(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

const textual: ReadonlySet<string> = new Set(['vendor', 'name', 'aliases', 'articles']);

function tidyText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidyText);
  return typeof value === 'string' ? value.normalize('NFC').replace(/\s+/gu, ' ').trim() : value;
}

function tidyIds(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((id: unknown) => (isRecord(id) ? { ...id, ...Object.fromEntries(['vendorId', 'productId'].flatMap((name) => (typeof id[name] === 'string' ? [[name, tidyId(id[name])]] : []))) } : id));
}

/** `03F0`, `0x3F0` and `0X03f0` are `0x03f0`. */
function tidyId(text: string): string {
  const [, digits] = /^\s*(?:0x)?([0-9a-f]{1,4})h?\s*$/i.exec(text) ?? [];
  return digits === undefined ? text : `0x${digits.toLowerCase().padStart(4, '0')}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
