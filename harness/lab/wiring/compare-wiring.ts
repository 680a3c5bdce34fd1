import { placeOf, type Lab, type LabUnit } from '../inventory/lab.ts';
import type { SeenUsb } from './read-usb-tree.ts';

/** A disagreement between the lab file and what is plugged in. */
export interface WiringFinding {
  readonly what: 'missing' | 'moved' | 'other-device' | 'hub-missing';
  /** `unit/uno-1`, `hub hub-1` */
  readonly subject: string;
  readonly message: string;
}

/** Something that is plugged in and not in the file. */
export interface WiringProposal {
  readonly path: string;
  readonly text: string;
  /** An entry of `units`, ready to paste. */
  readonly unit: Pick<LabUnit, 'id' | 'model' | 'usb'> & Partial<Pick<LabUnit, 'serial' | 'port' | 'path' | 'station'>>;
}

export interface WiringReport {
  readonly station: string;
  readonly findings: readonly WiringFinding[];
  readonly proposals: readonly WiringProposal[];
  /** Units that hang where the file says, with their path. */
  readonly right: readonly { readonly unit: string; readonly path: string }[];
}

/**
 * Compares what the file says of a station with what is plugged in there. A unit is known by USB id and serial, and where it has no serial, by id and place.
 * @param modelOf the product of a USB id, where exactly one is known
 */
export function compareWiring(lab: Lab, station: string, seen: readonly SeenUsb[], modelOf: (usb: string) => string | undefined): WiringReport {
  const hubs = lab.hubs.filter((hub) => hub.station === station && hub.path !== undefined);
  const findings: WiringFinding[] = [];
  const right: { unit: string; path: string }[] = [];
  const taken = new Set<string>();
  const at = (path: string): SeenUsb | undefined => seen.find((device) => device.path === path);
  for (const { id, path } of hubs) {
    const there = at(path ?? '');
    if (!there?.isHub) findings.push({ what: 'hub-missing', subject: `hub ${id}`, message: `hub ${id} should hang at ${path} of ${station}, and there is ${there ? `${there.id} ${there.text}` : 'nothing'}` });
  }
  const units = lab.units.flatMap((unit) => {
    const path = pathOf(unit, lab, station);
    return path === undefined ? [] : [{ unit, path }];
  });
  // First those that are where they should be, so that two of one kind without serials are not taken for each other.
  const open = units.filter(({ unit, path }) => {
    const there = at(path);
    if (!there || !isUnit(unit, there)) return true;
    taken.add(path);
    right.push({ unit: unit.id, path });
    return false;
  });
  for (const { unit, path } of open) {
    const elsewhere = seen.find((device) => !taken.has(device.path) && !device.isHub && unit.serial !== undefined && isUnit(unit, device));
    const there = at(path);
    const subject = `unit/${unit.id}`;
    if (elsewhere) {
      taken.add(elsewhere.path);
      findings.push({ what: 'moved', subject, message: `${unit.id} should hang at ${placeWords(path, hubs)} and hangs at ${placeWords(elsewhere.path, hubs)}` });
    } else if (there) {
      findings.push({ what: 'other-device', subject, message: `${unit.id} (${unit.usb ?? unit.model}${unit.serial === undefined ? '' : `, serial ${unit.serial}`}) should hang at ${placeWords(path, hubs)}, and there is ${there.id}${there.serial === undefined ? '' : `, serial ${there.serial}`} ${there.text}` });
    } else findings.push({ what: 'missing', subject, message: `${unit.id} should hang at ${placeWords(path, hubs)}, and there is nothing` });
  }
  const known = new Set(lab.units.map(({ id }) => id));
  const proposals = seen.filter((device) => !taken.has(device.path) && !device.isHub).map((device) => propose(device, station, hubs, known, modelOf(device.id)));
  return { station, findings, proposals, right };
}

/** Whether a device that is plugged in is this unit, as far as the file says. */
function isUnit({ usb, serial }: LabUnit, seen: SeenUsb): boolean {
  return (usb === undefined || usb === seen.id) && (serial === undefined || serial === seen.serial) && !seen.isHub;
}

/** Where a unit should hang, as Linux names it; undefined for one that hangs on no port of this station. */
function pathOf(unit: LabUnit, lab: Lab, station: string): string | undefined {
  if (unit.path !== undefined) return unit.station === station ? unit.path : undefined;
  if (unit.port === undefined) return undefined;
  const { part, number } = placeOf(unit.port);
  const hub = lab.hubs.find(({ id }) => id === part);
  return hub?.station === station && hub.path !== undefined ? `${hub.path}.${number}` : undefined;
}

type NamedHub = Lab['hubs'][number];

function portOf(path: string, hubs: readonly NamedHub[]): string | undefined {
  const cut = path.lastIndexOf('.');
  const hub = cut === -1 ? undefined : hubs.find((one) => one.path === path.slice(0, cut));
  return hub === undefined ? undefined : `${hub.id}/${path.slice(cut + 1)}`;
}

function placeWords(path: string, hubs: readonly NamedHub[]): string {
  const port = portOf(path, hubs);
  return port === undefined ? path : `${port} (${path})`;
}

function propose(device: SeenUsb, station: string, hubs: readonly NamedHub[], known: Set<string>, model: string | undefined): WiringProposal {
  const base = model ?? `usb-${device.id.replace(':', '-')}`;
  let number = 1;
  const idOf = (): string => `${base.slice(0, 36)}-${number}`;
  while (known.has(idOf())) number += 1;
  const id = idOf();
  known.add(id);
  const port = portOf(device.path, hubs);
  const place = port === undefined ? { station, path: device.path } : { port };
  return { path: device.path, text: device.text, unit: { id, model: model ?? base, usb: device.id, ...(device.serial === undefined ? {} : { serial: device.serial }), ...place } };
}
