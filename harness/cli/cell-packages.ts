import { existsSync } from 'node:fs';
import { listImageIds, readImageRecord } from '../images/catalogue.ts';
import { loadMachineProfile, machineProfileFile } from '../machines/machine-profile.ts';
import type { Cell } from '../run/cell.ts';
import { ensureHostPackages, type SetupOptions } from '../setup/host-packages.ts';
import type { HostGroup } from '../setup/host-requirements.ts';

type Place = { readonly id: Pick<Cell['id'], 'image' | 'machine'> };

/**
 * Installs what this host lacks to run these cells, after saying which packages and with consent; returns at once if nothing is missing.
 * @param more groups beside what boots the cells
 * @throws HwlabError as ensureHostPackages, and what reading images and machine profiles throws
 */
export async function ensureCellPackages(cells: readonly Place[], more: readonly HostGroup[], options: SetupOptions): Promise<void> {
  await ensureHostPackages(['guest', ...(await groupsOf(cells)), ...more], options);
}

/** UEFI firmware is asked for only where a machine or an image boots by it, and what boots lab machines only for those. */
export async function groupsOf(cells: readonly Place[]): Promise<readonly HostGroup[]> {
  const groups = new Set<HostGroup>();
  for (const machine of new Set(cells.map(({ id }) => id.machine))) {
    // What is no profile is a machine of the lab file.
    if (!existsSync(machineProfileFile(machine))) groups.add('metal');
    else if ((await loadMachineProfile(machine)).firmware === 'uefi') groups.add('uefi');
  }
  const images = new Set(cells.map(({ id }) => id.image));
  // An image that is gone is said by what wants to start it.
  for (const image of await listImageIds()) if (images.has(image) && (await readImageRecord(image)).boot === 'uefi') groups.add('uefi');
  return [...groups];
}
