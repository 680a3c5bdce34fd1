import type { BootableImage } from './bootable-image.ts';
import type { MachineProfile } from './machine.ts';

/** What a virtual machine is made of. */
export interface VmParts {
  readonly image: BootableImage;
  readonly profile: MachineProfile;
  readonly accelerator: 'kvm' | 'tcg';
  /** Most milliseconds from power-on to a shell. */
  readonly bootLimit: number;
}
