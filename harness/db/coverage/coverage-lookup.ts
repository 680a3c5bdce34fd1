import { subjectText, type Subject } from './ask.ts';
import type { CoverageDriver, CoverageIndex } from './coverage-index.ts';
import { globMatches, parseUsbPattern, type UsbPattern } from './modalias.ts';

/**
 * How a claim fits: `id` names the device; `vendor` takes whatever its maker makes on that bus; `depends` names it, but only for interfaces or revisions that the question does not tell; `maybe` is such
 * a claim on all that its maker makes, which says little; `class` is by an interface class of the device; `model` is by maker and model of a printer; `language` is by a printer language.
 */
export type Fit = 'id' | 'model' | 'vendor' | 'class' | 'language' | 'depends' | 'maybe';

export interface FoundDriver {
  readonly driver: CoverageDriver;
  readonly fit: Fit;
  /** The pattern that fits, as it stands in `driver.source`. */
  readonly pattern: string;
  /** Version of the driver's package; empty when unknown. */
  readonly version: string;
}

/**
 * `driver` one will take the device, `firmware` one will and all firmware it names is missing, `depends` one takes some devices with this
 * id, `disabled` the only one is switched off, `none` nothing in the image names it.
 */
export type CoverageVerdict = 'driver' | 'firmware' | 'depends' | 'disabled' | 'none';

export interface CoverageAnswer {
  /** As it was asked. */
  readonly asked: string;
  /** `usb 04a9:2206`. */
  readonly subject: string;
  readonly name: string;
  readonly verdict: CoverageVerdict;
  /** The best first. */
  readonly drivers: readonly FoundDriver[];
}

/** Kinds that move data; a udev rule or a mode switch alone makes no device work. */
const isDriver: Readonly<Record<CoverageDriver['kind'], boolean>> = { kernel: true, scanner: true, printer: true, 'ipp-usb': true, tablet: false, 'mode-switch': false, udev: false };

const fitOrder: readonly Fit[] = ['id', 'model', 'vendor', 'class', 'language', 'depends', 'maybe'];

/** Drivers of a cable, not of what is at its end: a printer that usblp takes still needs a driver that speaks its language. */
const transports: ReadonlySet<string> = new Set(['usblp', 'usbcore', 'usb_common', 'usbmon', 'usbfs']);

/** Answers for one image; claims are looked up by vendor, so that thousands of questions are quick. */
export class CoverageLookup {
  readonly index: CoverageIndex;
  readonly #byVendor = new Map<string, { readonly driver: number; readonly pattern: string; readonly fields: UsbPattern }[]>();
  readonly #byBus = new Map<string, { readonly driver: number; readonly pattern: string }[]>();

  constructor(index: CoverageIndex) {
    this.index = index;
    for (const [driver, pattern] of index.claims) {
      const fields = parseUsbPattern(pattern);
      if (fields) push(this.#byVendor, fields.vendor, { driver, pattern, fields });
      push(this.#byBus, busOf(pattern), { driver, pattern });
    }
  }

  /** Every driver that claims the subject, the best first. */
  answer(asked: string, subject: Subject): CoverageAnswer {
    const found = new Map<string, FoundDriver>();
    for (const one of this.#matches(subject)) {
      const key = `${one.driver.kind} ${one.driver.name}`;
      const known = found.get(key);
      if (known === undefined || fitOrder.indexOf(one.fit) < fitOrder.indexOf(known.fit)) found.set(key, one);
    }
    const drivers = [...found.values()].sort(byUse);
    const text = subjectText(subject);
    return { asked, subject: text, name: this.index.names[text] ?? '', verdict: verdictOf(drivers), drivers };
  }

  #matches(subject: Subject): FoundDriver[] {
    switch (subject.kind) {
      case 'usb':
        return [...this.#usb(subject, subject.vendor), ...this.#usb(subject, '*'), ...this.#hid(subject)];
      case 'pci': {
        const device = `pci:v0000${subject.vendor}d0000${subject.product}sv`;
        return (this.#byBus.get('pci') ?? []).flatMap(({ driver, pattern }) => {
          if (pattern.startsWith(device)) return this.#found(driver, pattern, pattern.startsWith(`${device}*sd*`) ? 'id' : 'depends');
          return pattern.startsWith(`pci:v0000${subject.vendor}d*`) ? this.#found(driver, pattern, 'maybe') : [];
        });
      }
      case 'modalias': {
        const bus = busOf(subject.modalias);
        return [...(this.#byBus.get(bus) ?? []), ...(this.#byBus.get('*') ?? [])].flatMap(({ driver, pattern }) => (globMatches(pattern, subject.modalias) ? this.#found(driver, pattern, namesId(pattern) ? 'id' : 'class') : []));
      }
      case 'ieee1284': {
        const own = (this.#byBus.get('ieee1284') ?? []).flatMap(({ driver, pattern }) => (pattern.slice('ieee1284:'.length) === subject.key ? this.#found(driver, pattern, 'model') : []));
        const generic = subject.languages.flatMap((language) => {
          const name = this.index.classes.languages[language];
          const driver = name === undefined ? -1 : this.index.drivers.findIndex((one) => one.kind === 'printer' && one.name === name);
          return driver < 0 ? [] : this.#found(driver, `CMD:${language}`, 'language');
        });
        return [...own, ...generic];
      }
    }
  }

  #usb({ product, revision, interfaces }: Subject & { kind: 'usb' }, under: string): FoundDriver[] {
    return (this.#byVendor.get(under) ?? []).flatMap(({ driver, pattern, fields }) => {
      if (fields.product !== '*' && fields.product !== product) return [];
      const byId = fields.vendor !== '*';
      const triple = [fields.interfaceClass, fields.interfaceSubclass, fields.interfaceProtocol];
      const open = triple.every((one) => one === '*') && fields.deviceClass === '*';
      const revisionOpen = fields.revision === '*' || (revision !== undefined && globMatches(fields.revision, revision));
      if (revision !== undefined && !revisionOpen) return [];
      if (interfaces === undefined) {
        if (!byId) return [];
        if (fields.product === '*') return this.#found(driver, pattern, open && revisionOpen ? 'vendor' : 'maybe');
        return this.#found(driver, pattern, open && revisionOpen ? 'id' : 'depends');
      }
      if (open) return byId ? this.#found(driver, pattern, !revisionOpen ? 'depends' : fields.product === '*' ? 'vendor' : 'id') : [];
      const fits = interfaces.some((own) => own.toUpperCase().split('/').every((part, at) => triple[at] === '*' || triple[at] === part)) && fields.deviceClass === '*';
      return fits ? this.#found(driver, pattern, byId ? 'id' : 'class') : [];
    });
  }

  /**
   * A HID device of USB sits on the bus 0003. The kernel finds its group out from the report descriptor, which an id does not tell:
   * 0002 and 0004 are multitouch (Linux, include/linux/hid.h, HID_GROUP_*); all other groups are for devices that few ask about.
   */
  #hid({ vendor, product, interfaces }: Subject & { kind: 'usb' }): FoundDriver[] {
    if (interfaces !== undefined && !interfaces.some((own) => own.startsWith('03'))) return [];
    return (this.#byBus.get('hid') ?? []).flatMap(({ driver, pattern }) => {
      const [, bus = '', group = '', ofVendor = '', ofProduct = ''] = hidShape.exec(pattern) ?? [];
      if ((bus !== '0003' && bus !== '*') || (ofVendor !== '*' && ofVendor !== vendor) || (ofProduct !== '*' && ofProduct !== product)) return [];
      if (ofVendor === '*') return interfaces === undefined || !['*', '0001', '0002', '0004'].includes(group) ? [] : this.#found(driver, pattern, group === '*' ? 'class' : 'depends');
      return this.#found(driver, pattern, ofProduct === '*' ? 'vendor' : 'id');
    });
  }

  #found(at: number, pattern: string, fit: Fit): FoundDriver[] {
    const driver = this.index.drivers[at];
    return driver === undefined ? [] : [{ driver, fit, pattern, version: this.index.packages[driver.package] ?? '' }];
  }
}

const hidShape = /^hid:b([0-9A-F]{4}|\*)g([0-9A-F]{4}|\*)v(?:0000)?([0-9A-F]{4}|\*)p(?:0000)?([0-9A-F]{4}|\*)$/i;

/** `usb` of `usb:v04A9...`; `*` when the pattern leaves the bus open. */
export function busOf(pattern: string): string {
  const colon = pattern.indexOf(':');
  const bus = colon < 0 ? pattern : pattern.slice(0, colon);
  return /[*?[]/.test(bus) ? '*' : bus;
}

/** Whether a pattern names a vendor or a device, and not only a class of them. */
function namesId(pattern: string): boolean {
  return /^(usb:v|pci:v|hid:b\w+g\w+v|hid:b\*g\*v|sdio:c\*v|pcmcia:m|ieee1394:ven|hdaudio:v)[0-9A-F]/i.test(pattern) || !/^(usb|pci|hid|sdio|pcmcia|ieee1394|hdaudio|input|serio):/.test(pattern);
}

function verdictOf(drivers: readonly FoundDriver[]): CoverageVerdict {
  const real = drivers.filter(({ driver }) => drives(driver));
  const active = real.filter(({ driver }) => driver.disabled === undefined);
  const sure = active.filter(({ fit }) => fit !== 'depends' && fit !== 'maybe');
  if (sure.length > 0) return sure.every(({ driver }) => lacksFirmware(driver)) ? 'firmware' : 'driver';
  if (active.some(({ fit }) => fit === 'depends')) return 'depends';
  return real.some(({ driver, fit }) => driver.disabled !== undefined && fit !== 'maybe') ? 'disabled' : 'none';
}

/** It names firmware, and none of it is in the image. Some missing is usual: a module serves many chips. */
export function lacksFirmware({ firmware }: CoverageDriver): boolean {
  return firmware !== undefined && firmware.present.length === 0 && firmware.missing.length > 0;
}

/** Whether a driver of this kind can make a device work at all. */
export function drives({ kind, name }: CoverageDriver): boolean {
  return isDriver[kind] && !(kind === 'kernel' && transports.has(name));
}

function byUse(left: FoundDriver, right: FoundDriver): number {
  const rank = ({ driver, fit }: FoundDriver): number => (drives(driver) ? 0 : 100) + (driver.disabled === undefined ? 0 : 50) + fitOrder.indexOf(fit);
  return rank(left) - rank(right) || (left.driver.name < right.driver.name ? -1 : 1);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
