import { join } from 'node:path';
import { projectRoot } from '../base/places.ts';
import type { DomainSpec } from '../drivers/libvirt/domain-spec.ts';
import type { MachineAccess, MachineProfile, ProfilePart } from './machine.ts';

/** Parts that the firmware tells of: tables of our own (`acpi/<part>.asl`), for what QEMU does not have. */
const ofFirmware: readonly ProfilePart[] = ['battery', 'thermal'];

/**
 * Parts that the guest's kernel makes by itself, as QEMU has none: one radio without a card (mac80211_hwsim) and one webcam without a sensor
 * (vivid, whose other nodes are left out). Everything above the driver is the real thing.
 */
const ofKernel: Partial<Record<ProfilePart, { readonly module: string; readonly options: readonly string[] }>> = {
  wifi: { module: 'mac80211_hwsim', options: ['radios=1'] },
  camera: { module: 'vivid', options: ['n_devs=1', 'node_types=0x1', 'num_inputs=1', 'input_types=0x0'] },
};

/** All that a machine of this profile has built in. */
export function partsOfProfile({ display, parts = [] }: Pick<MachineProfile, 'display' | 'parts'>): NonNullable<MachineAccess['parts']> {
  return ['ethernet', ...(display === 'none' ? [] : ['graphics' as const]), ...parts];
}

/** What a profile's parts ask of the domain. */
export function partsOfDomain({ parts = [] }: Pick<MachineProfile, 'parts'>): Pick<DomainSpec, 'sound' | 'acpiTables'> {
  return { sound: parts.includes('sound'), acpiTables: ofFirmware.filter((part) => parts.includes(part)).map((part) => join(projectRoot, 'harness/machines/acpi', `${part}.aml`)) };
}

/** Words of the kernel's command line for the parts that it makes: systemd-modules-load(8) reads the first. */
export function partsOfKernel({ parts = [] }: Pick<MachineProfile, 'parts'>): readonly string[] {
  return parts.flatMap((part) => {
    const made = ofKernel[part];
    return made === undefined ? [] : [`modules_load=${made.module}`, ...made.options.map((option) => `${made.module}.${option}`)];
  });
}
