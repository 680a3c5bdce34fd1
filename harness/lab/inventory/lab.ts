import type { LabFile, LabHub, LabMachine, LabUnit } from '../../db/generated/lab.ts';

/** The lab file as the rest of hwlab uses it. */
export interface Lab extends LabFile {
  readonly units: LabUnit[];
  readonly hubs: LabHub[];
}

export type { LabFile, LabHub, LabMachine, LabUnit } from '../../db/generated/lab.ts';

/** `hub-1/3` as `{ part: 'hub-1', number: 3 }`. */
export function placeOf(place: string): { readonly part: string; readonly number: number } {
  const [part = '', number = ''] = place.split('/');
  return { part, number: Number(number) };
}

/** A shared part and what hangs on it, as `outlet strip-1/3`, `strip strip-1`, `hub hub-1`, `switch sw-1`, `station bench-1`. */
export type PartName = string;

/** The shared parts that a machine needs, from the nearest to the farthest. */
export function partsOfMachine(machine: LabMachine): readonly PartName[] {
  const ports = machine.network.flatMap(({ port }) => (port === undefined ? [] : [`switch ${placeOf(port).part}`]));
  return [...outletParts(machine.outlet), ...new Set(ports), `station ${machine.station}`];
}

/** The shared parts that a unit needs: its hub and what that hangs on, its outlet, its station. */
export function partsOfUnit(unit: LabUnit, lab: Pick<Lab, 'hubs'>): readonly PartName[] {
  const hub = unit.port === undefined ? undefined : lab.hubs.find(({ id }) => id === placeOf(unit.port ?? '').part);
  const station = unit.station ?? hub?.station;
  return [...outletParts(unit.outlet), ...(hub === undefined ? [] : [`hub ${hub.id}`, ...outletParts(hub.outlet)]), ...(station === undefined ? [] : [`station ${station}`])];
}

function outletParts(outlet: string | undefined): readonly PartName[] {
  return outlet === undefined ? [] : [`outlet ${outlet}`, `strip ${placeOf(outlet).part}`];
}
