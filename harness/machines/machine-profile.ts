import { join } from 'node:path';
import { projectRoot } from '../base/places.ts';
import { loadDataFile } from '../db/load-data-file.ts';
import type { MachineProfile } from './machine.ts';

/** Where the profile of that name is, if there is one. */
export function machineProfileFile(id: string): string {
  return join(projectRoot, 'hardware-db/machines', `${id}.json`);
}

/** The profile of a machine, hardware-db/machines/<id>.json of the checkout. @throws HwlabError of loadDataFile, blame `usage` */
export async function loadMachineProfile(id: string): Promise<MachineProfile> {
  return loadDataFile<MachineProfile>(machineProfileFile(id), 'machine');
}
