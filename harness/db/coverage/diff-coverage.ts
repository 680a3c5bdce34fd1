import { HwlabError } from '../../base/hwlab-error.ts';
import type { CoverageDriver, CoverageIndex, DriverKind } from './coverage-index.ts';
import { drives, lacksFirmware } from './coverage-lookup.ts';
import { idOf } from './id-of.ts';
import { subsumes } from './modalias.ts';

/** What became of a device between two images. */
export interface CoverageChange {
  readonly kind: DriverKind;
  /** `usb 04a9:2206`, `pci 8086:15b8`, a printer `hp;laserjet1020`, or the pattern for other buses. */
  readonly id: string;
  readonly name: string;
  /** Names of the drivers that claim it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Package of the driver before, or after for what was gained. */
  readonly package: string;
  /** Why it is lost when the driver is still there: blacklisted, its filter is missing. */
  readonly because: string;
  /** From 0, the greater the worse to lose. */
  readonly weight: number;
}

export interface FirmwareChange {
  readonly driver: string;
  readonly package: string;
  /** Files that the driver asks for. */
  readonly files: readonly string[];
  /** Nothing of what it asks for is in the image. */
  readonly all: boolean;
  /** Devices that the driver claims by id, at most 20 of `count`. */
  readonly ids: readonly string[];
  readonly count: number;
  readonly weight: number;
}

export interface CoverageDiff {
  readonly schema: 'hwlab/coverage-diff/1';
  readonly old: { readonly system: string; readonly kernel: string; readonly sha256: string };
  readonly new: { readonly system: string; readonly kernel: string; readonly sha256: string };
  /** The worst first. */
  readonly lost: readonly CoverageChange[];
  /** Class support that is gone: `ipp-usb`, `driverless printing`, ... */
  readonly lostClasses: readonly string[];
  /** Files that were in the old image, are not in the new one, and are asked for there. */
  readonly firmwareLost: readonly FirmwareChange[];
  /** Files that are in the new image only. */
  readonly firmwareGained: readonly FirmwareChange[];
  /** Drivers that named no firmware before and now name only such as is not there; not counted as lost, as many did without naming it. */
  readonly firmwareNewlyNamed: readonly FirmwareChange[];
  /** Another driver claims it now. */
  readonly moved: readonly CoverageChange[];
  readonly gained: readonly CoverageChange[];
  /** How many ids both images claim, with the same drivers. */
  readonly same: number;
}

/** What a school notices first: printing and scanning, then what is plugged in, then what is built in. */
const weightOfKind: Readonly<Record<DriverKind, number>> = { printer: 50, scanner: 50, 'ipp-usb': 60, kernel: 10, tablet: 25, 'mode-switch': 20, udev: 0 };
const weightOfBus: Readonly<Record<string, number>> = { usb: 30, hid: 25, pci: 15, hdaudio: 12, sdio: 8, i2c: 6, 'acpi*': 6 };

interface Side {
  readonly index: CoverageIndex;
  readonly byKind: ReadonlyMap<DriverKind, ReadonlyMap<string, readonly Claimed[]>>;
}

interface Claimed {
  readonly driver: CoverageDriver;
  readonly pattern: string;
}

/** Which devices lost or gained a driver or firmware between two images, the worst first. Pure; settings of udev are left out. */
export function diffCoverage(older: CoverageIndex, newer: CoverageIndex): CoverageDiff {
  const [from, to] = [sideOf(older), sideOf(newer)];
  const lost: CoverageChange[] = [];
  const gained: CoverageChange[] = [];
  const moved: CoverageChange[] = [];
  let same = 0;
  for (const kind of kinds) {
    const before = from.byKind.get(kind) ?? new Map<string, readonly Claimed[]>();
    const after = to.byKind.get(kind) ?? new Map<string, readonly Claimed[]>();
    const isLost = coveredBy(after);
    const isNew = coveredBy(before);
    for (const [id, claims] of before) {
      const now = active(after.get(id) ?? []);
      if (active(claims).length === 0) continue;
      const cover = now.length > 0 ? now : isLost(id, active(claims));
      if (cover.length === 0) lost.push(change(kind, id, claims, after.get(id) ?? [], older, newer));
      else if (!shareDriver(active(claims), cover)) moved.push(change(kind, id, claims, cover, older, newer));
      else same += 1;
    }
    for (const [id, claims] of after) {
      if (active(claims).length === 0 || active(before.get(id) ?? []).length > 0) continue;
      if (isNew(id, active(claims)).length === 0) gained.push(change(kind, id, before.get(id) ?? [], claims, newer, newer));
    }
  }
  return {
    schema: 'hwlab/coverage-diff/1',
    old: { system: older.system, kernel: older.kernel, sha256: older.sha256 },
    new: { system: newer.system, kernel: newer.kernel, sha256: newer.sha256 },
    lost: lost.sort(worstFirst),
    lostClasses: lostClasses(older, newer),
    firmwareLost: firmwareChanges(older, newer, (driver, was) => driver.firmware?.missing.filter((file) => was.firmware?.present.includes(file)) ?? []),
    firmwareGained: firmwareChanges(older, newer, (driver, was) => driver.firmware?.present.filter((file) => was.firmware?.missing.includes(file)) ?? []),
    firmwareNewlyNamed: firmwareChanges(older, newer, (driver, was) => (was.firmware === undefined && lacksFirmware(driver) ? (driver.firmware?.missing ?? []) : [])),
    moved: moved.sort(worstFirst),
    gained: gained.sort(worstFirst),
    same,
  };
}

/** True when the new image does less than the old one. */
export function isWorse({ lost, lostClasses: classes, firmwareLost }: Pick<CoverageDiff, 'lost' | 'lostClasses' | 'firmwareLost'>): boolean {
  return lost.length > 0 || classes.length > 0 || firmwareLost.length > 0;
}

const kinds: readonly DriverKind[] = ['kernel', 'scanner', 'printer', 'ipp-usb', 'tablet', 'mode-switch'];

function sideOf(index: CoverageIndex): Side {
  const byKind = new Map<DriverKind, Map<string, Claimed[]>>();
  for (const [at, pattern] of index.claims) {
    const driver = index.drivers[at];
    if (driver === undefined) throw new HwlabError({ code: 'coverage-damaged', blame: 'lab', message: `the coverage of ${index.sha256.slice(0, 16)} names driver ${at}, which it does not have`, advice: 'read it again: --fresh' });
    if (driver.kind === 'udev') continue;
    const own = byKind.get(driver.kind) ?? new Map<string, Claimed[]>();
    byKind.set(driver.kind, own);
    const id = keyOf(pattern);
    const claims = own.get(id);
    if (claims) claims.push({ driver, pattern });
    else own.set(id, [{ driver, pattern }]);
  }
  return { index, byKind };
}

/** Patterns of one device belong together, whatever interfaces and revisions they name. */
function keyOf(pattern: string): string {
  const id = idOf(pattern);
  if (id !== undefined) return id;
  const hid = /^hid:b0003g\w+v0000([0-9A-F]{4})p0000([0-9A-F]{4})$/i.exec(pattern);
  if (hid) return `hid ${hid[1] ?? ''}:${hid[2] ?? ''}`.toLowerCase();
  return pattern.startsWith('ieee1284:') ? pattern.slice('ieee1284:'.length) : pattern;
}

function active(claims: readonly Claimed[]): readonly Claimed[] {
  return claims.filter(({ driver }) => driver.disabled === undefined);
}

/** Finds the claims of an image that take everything that a device's patterns did: wider ones, or the same id as a HID device. */
function coveredBy(image: ReadonlyMap<string, readonly Claimed[]>): (id: string, claims: readonly Claimed[]) => readonly Claimed[] {
  const wide = new Map<string, Claimed[]>();
  for (const claims of image.values()) {
    for (const claimed of active(claims)) {
      const prefix = /^[^*?[]*/.exec(claimed.pattern)?.[0] ?? '';
      const own = wide.get(prefix);
      if (prefix === claimed.pattern) continue;
      if (own) own.push(claimed);
      else wide.set(prefix, [claimed]);
    }
  }
  return (id, claims) => {
    const [bus = '', device = ''] = id.split(' ');
    const twin = bus === 'usb' ? active(image.get(`hid ${device}`) ?? []) : bus === 'hid' ? active(image.get(`usb ${device}`) ?? []) : [];
    if (twin.length > 0) return twin;
    for (const { pattern } of claims) {
      // What takes all of a pattern begins, up to its first wildcard, as the pattern does.
      for (let length = 0; length <= pattern.length; length += 1) {
        const found = (wide.get(pattern.slice(0, length)) ?? []).filter((claimed) => subsumes(claimed.pattern, pattern));
        if (found.length > 0) return found;
      }
    }
    return [];
  };
}

function shareDriver(before: readonly Claimed[], after: readonly Claimed[]): boolean {
  const names = new Set(after.map(({ driver }) => driver.name));
  return before.some(({ driver }) => names.has(driver.name)) || before[0]?.driver.kind === 'printer';
}

function change(kind: DriverKind, id: string, before: readonly Claimed[], after: readonly Claimed[], named: CoverageIndex, other: CoverageIndex): CoverageChange {
  const drivers = (claims: readonly Claimed[]): readonly string[] => [...new Set(active(claims).map(({ driver }) => driver.name))].sort();
  const bus = /^[\w*]+/.exec(id)?.[0] ?? '';
  const transportOnly = [...before, ...after].every(({ driver }) => kind === 'kernel' && !drives(driver));
  return {
    kind,
    id,
    name: named.names[id] ?? other.names[id] ?? named.names[id.replace(/^hid/, 'usb')] ?? '',
    before: drivers(before),
    after: drivers(after),
    package: (active(before)[0] ?? active(after)[0])?.driver.package ?? '',
    because: after.find(({ driver }) => driver.disabled !== undefined)?.driver.disabled ?? '',
    weight: transportOnly ? 1 : weightOfKind[kind] + (kind === 'kernel' ? (weightOfBus[bus] ?? 0) : 0),
  };
}

function lostClasses(older: CoverageIndex, newer: CoverageIndex): readonly string[] {
  const lost = (was: string, is: string, name: string): readonly string[] => (was !== '' && is === '' ? [name] : []);
  const [before, after] = [older.classes, newer.classes];
  return [
    ...lost(before.driverless, after.driverless, 'driverless printing (CUPS)'),
    ...lost(before.ippUsb, after.ippUsb, 'IPP over USB (ipp-usb)'),
    ...lost(before.cupsUsb, after.cupsUsb, "CUPS's USB backend"),
    ...lost(before.airscan, after.airscan, 'driverless scanning (sane-airscan)'),
    ...Object.keys(before.languages).filter((language) => after.languages[language] === undefined).map((language) => `generic printing in ${language}`),
  ];
}

/** By driver of the new image that the old one has too, the files that `pick` finds. */
function firmwareChanges(older: CoverageIndex, newer: CoverageIndex, pick: (driver: CoverageDriver, was: CoverageDriver) => readonly string[]): FirmwareChange[] {
  const before = new Map(older.drivers.map((driver) => [`${driver.kind} ${driver.name}`, driver]));
  const found = newer.drivers.flatMap((driver, at) => {
    const was = before.get(`${driver.kind} ${driver.name}`);
    const files = was === undefined || driver.firmware === undefined ? [] : pick(driver, was);
    return files.length === 0 ? [] : [{ driver, at, files }];
  });
  const ids = new Map(found.map(({ at }) => [at, new Set<string>()]));
  for (const [at, pattern] of newer.claims) {
    const id = ids.has(at) ? idOf(pattern) : undefined;
    if (id !== undefined) ids.get(at)?.add(id);
  }
  return found
    .map(({ driver, at, files }) => {
      const own = [...(ids.get(at) ?? [])];
      return { driver: driver.name, package: driver.package, files, all: lacksFirmware(driver), ids: own.slice(0, 20), count: own.length, weight: (lacksFirmware(driver) ? 40 : 10) + (own.some((id) => id.startsWith('usb')) ? 5 : 0) };
    })
    .sort(worstFirst);
}

function worstFirst(left: { weight: number; id?: string; driver?: string }, right: { weight: number; id?: string; driver?: string }): number {
  return right.weight - left.weight || ((left.id ?? left.driver ?? '') < (right.id ?? right.driver ?? '') ? -1 : 1);
}
