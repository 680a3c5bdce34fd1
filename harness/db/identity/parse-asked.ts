import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import { foldText, longestAsked } from './fold-text.ts';
import type { NameData } from './name-data.ts';

/** In which form a device was named. */
export type AskedForm = 'name' | 'usb-id' | 'lsusb' | 'kernel-log' | 'ieee1284' | 'mdns' | 'cups-uri';

/** What was asked, taken apart. */
export interface Asked {
  readonly form: AskedForm;
  /** The name in it, without ids and "or equivalent"; may be empty. */
  readonly name: string;
  /** Other names in it, as the DES of a device id. */
  readonly otherNames: readonly string[];
  /** `0482:069d`, lower case. */
  readonly usb: readonly string[];
  readonly deviceId?: { readonly manufacturer: string; readonly model: string };
  /** Another model of the same properties will do. */
  readonly orEquivalent: boolean;
  /** A word that says that it is something for the device: a cartridge, a cable. */
  readonly accessory?: string;
}

const usbForms: readonly (readonly [AskedForm, RegExp])[] = [
  ['lsusb', /\bID\s+(?:0x)?([0-9a-f]{4}):(?:0x)?([0-9a-f]{4})\b/iu],
  ['kernel-log', /\bidVendor\s*[=:]\s*(?:0x)?([0-9a-f]{4})\b.{0,20}?\bidProduct\s*[=:]\s*(?:0x)?([0-9a-f]{4})\b/iu],
  ['usb-id', /\bVID[_:=\s]{0,2}(?:0x)?([0-9a-f]{4})\W{1,3}PID[_:=\s]{0,2}(?:0x)?([0-9a-f]{4})(?![0-9a-f])/iu],
  ['usb-id', /\busb:v([0-9a-f]{4})p([0-9a-f]{4})(?![0-9a-f]{2}:)/iu],
  ['usb-id', /(?<![0-9a-f:])(?:0x)?([0-9a-f]{4}) ?: ?(?:0x)?([0-9a-f]{4})(?![0-9a-f]*:)(?![0-9a-f])/iu],
];

/** Reads what a person typed or pasted. Never throws. */
export function parseAsked(typed: string, data: NameData): Asked {
  const text = typed.slice(0, longestAsked);
  const structured = parseDeviceId(text) ?? parseMdns(text) ?? parseCupsUri(text) ?? parseUsb(text) ?? { form: 'name' as const, name: text.replace(/^\s*\d{1,3}(?:\.\d{1,3}){0,3}\s?[.)]\s+/u, ''), otherNames: [], usb: [] };
  const { name, orEquivalent } = withoutEquivalent(structured.name, data);
  const accessory = structured.form === 'name' ? accessoryIn(name, data) : undefined;
  return { ...structured, name, orEquivalent, ...(accessory === undefined ? {} : { accessory }) };
}

type Structured = Pick<Asked, 'form' | 'name' | 'otherNames' | 'usb' | 'deviceId'>;

/** IEEE 1284.4 device id, also one whose maker is missing. */
function parseDeviceId(text: string): Structured | undefined {
  if (!/(?:^|[;\s"'])(?:MDL|MODEL)\s*:/iu.test(text) || !text.includes(';')) return undefined;
  const id = text.replace(/^[^;]*?(?=\b(?:MFG|MANUFACTURER|MDL|MODEL)\s*:)/iu, '');
  const manufacturer = deviceIdField(id, 'MFG', 'MANUFACTURER') ?? '';
  const model = deviceIdField(id, 'MDL', 'MODEL') ?? '';
  if (model === '') return undefined;
  const description = deviceIdField(id, 'DES', 'DESCRIPTION');
  return { form: 'ieee1284', name: `${manufacturer} ${model}`, otherNames: description === undefined || description === model ? [] : [`${manufacturer} ${description}`], usb: [], deviceId: { manufacturer, model } };
}

/** A TXT record of DNS-SD: `ty=`, or `usb_MFG=` and `usb_MDL=` (Bonjour Printing 1.2.1, 9.2). */
function parseMdns(text: string): Structured | undefined {
  const field = (name: string): string | undefined => new RegExp(`(?:^|[\\s"'[,;])${name}=([^"\\]\\n]*?)(?=["\\]\\n]|\\s+[A-Za-z_-]+=|$)`, 'u').exec(text)?.[1]?.trim();
  const type = field('ty');
  const model = field('usb_MDL');
  const manufacturer = field('usb_MFG') ?? '';
  const product = field('product')?.replace(/^\(|\)$/gu, '');
  const names = [type, model === undefined ? undefined : `${manufacturer} ${model}`, product].filter((name) => name !== undefined && name !== '') as string[];
  const [name, ...otherNames] = names;
  if (name === undefined || (type === undefined && model === undefined)) return undefined;
  return { form: 'mdns', name, otherNames, usb: [], ...(model === undefined ? {} : { deviceId: { manufacturer, model } }) };
}

/** `usb://Kyocera/ECOSYS%20M2040dn?serial=...` of CUPS. */
function parseCupsUri(text: string): Structured | undefined {
  const [, maker, model] = /^\s*(?:usb|hp:\/usb|parallel):\/\/?([^/?\s]+)\/([^?\s]+)/iu.exec(text) ?? [];
  if (maker === undefined || model === undefined) return undefined;
  return { form: 'cups-uri', name: `${decoded(maker)} ${decoded(model)}`.replace(/_/gu, ' '), otherNames: [], usb: [] };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parseUsb(text: string): Structured | undefined {
  // Letters of ids are typed in Cyrillic too: 04А9.
  const latin = text.replace(/[аАвВсСеЕ]/gu, (letter) => hexTwins[letter.toLowerCase()] ?? letter);
  for (const [form, pattern] of usbForms) {
    const match = pattern.exec(latin);
    const [all, vendor, product] = match ?? [];
    if (match === null || all === undefined || vendor === undefined || product === undefined) continue;
    const after = text.slice(match.index + all.length);
    const before = form === 'lsusb' ? '' : text.slice(0, match.index);
    const name = form === 'kernel-log' ? (/\bProduct: (.*)/u.exec(after)?.[1] ?? '') : `${before} ${after}`.replace(/[[\]()]/gu, ' ').trim();
    return { form, name, otherNames: [], usb: [`${vendor}:${product}`.toLowerCase()] };
  }
  return undefined;
}

const hexTwins: Readonly<Record<string, string>> = { а: 'a', в: 'b', с: 'c', е: 'e' };

function withoutEquivalent(name: string, data: NameData): { readonly name: string; readonly orEquivalent: boolean } {
  const folded = foldText(name);
  const found = data.orEquivalent.exec(folded);
  return found ? { name: `${folded.slice(0, found.index)}${found[1] ?? ''} ${folded.slice(found.index + found[0].length)}`.trim(), orEquivalent: true } : { name, orEquivalent: false };
}

/** The accessory that is asked for; a device that comes with a cartridge is none. */
function accessoryIn(name: string, data: NameData): string | undefined {
  const folded = ` ${foldText(name).replace(/[^\p{L}\p{N}-]+/gu, ' ')} `;
  const found = data.accessories.map((word) => ({ word, at: folded.indexOf(` ${word} `) })).filter(({ at }) => at >= 0).sort((left, right) => left.at - right.at)[0];
  if (!found) return undefined;
  const before = folded.slice(0, found.at).split(' ');
  return before.some((word) => data.kinds.has(word) || data.vendors.has(word)) ? undefined : found.word;
}
