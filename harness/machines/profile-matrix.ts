import type { MachineProfile } from './machine.ts';

const firmwares = [
  { name: 'BIOS', is: (profile: MachineProfile) => profile.firmware !== 'uefi' },
  { name: 'UEFI', is: (profile: MachineProfile) => profile.firmware === 'uefi' },
] as const;
const controllers = [
  { name: 'xHCI', is: (profile: MachineProfile) => profile.usb.controller === 'qemu-xhci' },
  { name: 'EHCI + UHCI', is: (profile: MachineProfile) => profile.usb.controller === 'ich9-ehci' },
] as const;

/** How many screens a machine of this profile has. */
export function screensOf(profile: MachineProfile): number {
  return profile.display === 'none' ? 0 : (profile.displays ?? 1);
}

/** Firmware by USB controller by screens: which profile is such a machine, `-` where there is none. `direct-kernel` counts as BIOS, which is what the reference images are then started by. */
export function profileMatrix(profiles: readonly MachineProfile[]): Record<string, string>[] {
  return firmwares.flatMap((firmware) =>
    controllers.map((controller) => {
      const fits = profiles.filter((profile) => firmware.is(profile) && controller.is(profile));
      const those = (is: (screens: number) => boolean): string => fits.filter((profile) => is(screensOf(profile))).map(({ id }) => id).join(', ') || '-';
      return { firmware: firmware.name, usb: controller.name, 'no screen': those((count) => count === 0), '1 screen': those((count) => count === 1), '2 screens': those((count) => count >= 2) };
    }),
  );
}
