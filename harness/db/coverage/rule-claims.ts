import type { CoverageRecord, RuleClaim, RuleDriver } from '../generated/coverage.ts';
import type { Device, DeviceClass } from '../generated/device.ts';
import type { Subject } from './ask.ts';
import type { DriverKind } from './coverage-index.ts';
import { drives, type CoverageAnswer, type CoverageLookup, type Fit, type FoundDriver } from './coverage-lookup.ts';
import { globMatches } from './modalias.ts';
import { subjectsOfDevice } from './subjects-of-device.ts';

const mostDrivers = 4;
const ippOverUsb = '07/01/04';

/** Kinds of drivers that make a device of the class work. */
const kindsOfClass: Readonly<Record<DeviceClass, readonly DriverKind[]>> = {
  printer: ['printer', 'ipp-usb'],
  scanner: ['scanner'],
  panel: ['kernel'],
  robotics: ['kernel'],
  storage: ['kernel'],
  camera: ['kernel'],
  // What is in it is read from the machine itself (suites/machine); a product's name says little of that.
  computer: [],
};

/**
 * What an image claims of a device, for each of its classes: the rule-level evidence E0 (VERDICTS.md, 3). A class is left out when
 * neither can be said: its interfaces are not known, a driver takes only some revisions, its firmware is missing, a printer speaks a
 * language of a generic driver that a person has to choose.
 */
export function ruleClaims(device: Device, lookup: CoverageLookup): readonly RuleClaim[] {
  const answers = subjectsOfDevice(device).map((subject) => ({ subject, answer: lookup.answer(device.name, subject) }));
  return device.classes.flatMap((name): readonly RuleClaim[] => {
    const fitting = answers.flatMap(({ subject, answer }) => takers(name, device, subject, answer, lookup));
    if (fitting.length > 0) return [{ class: name, claimed: true, drivers: fitting.map(ruleDriver).filter((one, at, all) => all.findIndex((other) => other.name === one.name) === at).slice(0, mostDrivers) }];
    return needsDriver(name, device) && answers.every(({ answer }) => nothingNear(name, answer)) ? [{ class: name, claimed: false, drivers: [] }] : [];
  });
}

/** The record of an image for all devices of a catalogue of which something can be said. */
export function coverageRecord(image: string, lookup: CoverageLookup, devices: Iterable<Device>): CoverageRecord {
  const { sha256, system, kernel, readAt } = lookup.index;
  const claims = [...devices].map((device) => [device.id, ruleClaims(device, lookup)] as const).filter(([, own]) => own.length > 0);
  return { image, sha256, system, kernel, readAt, devices: Object.fromEntries(claims.sort(([left], [right]) => (left < right ? -1 : 1)).map(([id, own]) => [id, [...own]])) };
}

/** Where a device has further interfaces, such as the buttons of a camera, that are not what it is bought for. */
const driversOfClass: Partial<Record<DeviceClass, readonly string[]>> = { camera: ['uvcvideo'], storage: ['usb_storage', 'uas'] };

const sureFits: readonly Fit[] = ['id', 'model', 'vendor', 'class'];

function takers(name: DeviceClass, device: Device, subject: Subject, { drivers }: CoverageAnswer, lookup: CoverageLookup): readonly FoundDriver[] {
  const { classes } = lookup.index;
  const ready = drivers.filter(({ driver }) => kindsOfClass[name].includes(driver.kind) && drives(driver) && driver.disabled === undefined && !lacksAll(driver.firmware));
  // Every HID device has the generic driver; for a panel that would be a mouse. Which group it is in, only a test can tell.
  if (name === 'panel') return ready.filter(({ driver, fit }) => driver.name === 'hid_multitouch' && fit !== 'maybe').map((one) => (one.fit === 'depends' ? { ...one, fit: 'class' } : one));
  const found = ready.filter(({ driver, fit }) => sureFits.includes(fit) && (fit !== 'class' || (driversOfClass[name]?.includes(driver.name) ?? true)));
  // Driverless printing takes ipp-usb and CUPS, driverless scanning ipp-usb and a backend; neither where its quirks switch it off.
  const driverless = classes.ippUsb !== '' && !classes.ippUsbBlacklist.some((model) => globMatches(model.toLowerCase(), `${device.vendor} ${device.name}`.toLowerCase()));
  return found.filter(({ driver, fit }) => fit !== 'class' || (name === 'printer' ? driver.kind === 'ipp-usb' && driverless && classes.driverless !== '' : name === 'scanner' ? driverless : subject.kind === 'usb'));
}

function lacksAll(firmware: FoundDriver['driver']['firmware']): boolean {
  return firmware !== undefined && firmware.present.length === 0 && firmware.missing.length > 0;
}

/**
 * Whether "nothing claims it" would mean that it does not work: everything that the device shows on USB is known, none of it is IPP over
 * USB, and a printer's model is known by its device id.
 */
function needsDriver(name: DeviceClass, device: Device): boolean {
  const known = device.usb.length > 0 && device.usb.every(({ interfaces }) => interfaces !== undefined);
  if (!known || device.usb.some(({ interfaces }) => interfaces?.includes(ippOverUsb))) return false;
  // Programs drive some kits of a maker's own class by themselves (libusb), others need a serial driver; an id does not tell which.
  if (name === 'robotics' && device.usb.some(({ interfaces }) => interfaces?.some((one) => one.startsWith('ff/')))) return false;
  return name !== 'printer' || (device.ieee1284 ?? []).length > 0;
}

function nothingNear(name: DeviceClass, { drivers }: CoverageAnswer): boolean {
  return !drivers.some(({ driver, fit }) => fit !== 'maybe' && kindsOfClass[name].includes(driver.kind) && drives(driver));
}

function ruleDriver({ driver, fit, pattern, version }: FoundDriver): RuleDriver {
  return { kind: driver.kind as RuleDriver['kind'], name: driver.name.slice(0, 200), package: `${driver.package} ${version}`.trim().slice(0, 200), by: fit as RuleDriver['by'], source: driver.source.slice(0, 400), pattern };
}
