import { usbClaim } from './sane-files.ts';

/** An entry of a .hwdb source (hwdb(7)): the globs and the properties that they get. */
export interface HwdbEntry {
  readonly globs: readonly string[];
  readonly properties: ReadonlyMap<string, string>;
}

/** The entries of a .hwdb file. Lines that begin with a space are properties; an empty line ends an entry. */
export function* parseHwdb(text: string): Generator<HwdbEntry> {
  let globs: string[] = [];
  let properties = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    if (line.startsWith(' ')) {
      const at = line.indexOf('=');
      if (at > 0) properties.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
      continue;
    }
    if (properties.size > 0 || line.trim() === '') {
      if (globs.length > 0 && properties.size > 0) yield { globs, properties };
      globs = [];
      properties = new Map();
    }
    if (line.trim() !== '') globs.push(line.trim());
  }
  if (globs.length > 0 && properties.size > 0) yield { globs, properties };
}

/** A glob of hwdb for a USB device, as a claim; undefined for other buses and for names of whole vendors. */
export function usbClaimOf(glob: string): string | undefined {
  const found = /^usb:v([0-9A-F]{4})p([0-9A-F]{4})/i.exec(glob) ?? /\bb0003v([0-9A-F]{4})p([0-9A-F]{4})/i.exec(glob) ?? /^\w+:usb:v([0-9a-f]{4})p([0-9a-f]{4}):/i.exec(glob);
  return found ? usbClaim(found[1] ?? '', found[2] ?? '') : undefined;
}

/** A rule of udev (udev(7)) that names USB devices by id. */
export interface UdevRule {
  readonly claims: readonly string[];
  /** The whole line. */
  readonly text: string;
}

const mostAlternatives = 64;

/** The rules of a .rules file that name a USB vendor and product. */
export function parseRules(text: string): UdevRule[] {
  return text.replace(/\\\n/g, ' ').split('\n').flatMap((line) => {
    if (/^\s*#/.test(line) || line.length > 8000) return [];
    const values = (name: string): readonly string[] => (new RegExp(`(?:ATTRS?\\{id${name}\\}|ENV\\{ID_${name === 'Vendor' ? 'VENDOR' : 'MODEL'}_ID\\})\\s*==\\s*"([^"]*)"`).exec(line)?.[1] ?? '').split('|').filter((value) => /^[0-9a-f]{4}$/i.test(value)).slice(0, mostAlternatives);
    const products = values('Product');
    const claims = values('Vendor').flatMap((vendor) => products.map((product) => usbClaim(vendor, product)));
    return claims.length === 0 ? [] : [{ claims, text: line }];
  });
}
