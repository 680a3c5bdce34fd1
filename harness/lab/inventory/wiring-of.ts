import type { Wiring } from '../health/health-record.ts';
import { partsOfMachine, partsOfUnit, type Lab } from './lab.ts';

/** What every machine and unit of the lab hangs on. */
export function wiringOf(lab: Lab): Wiring {
  return Object.fromEntries([...lab.machines.map((machine) => [`machine/${machine.id}`, partsOfMachine(machine)]), ...lab.units.map((unit) => [`unit/${unit.id}`, partsOfUnit(unit, lab)])] as [string, readonly string[]][]);
}
