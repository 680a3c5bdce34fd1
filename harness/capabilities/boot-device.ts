import type { Deadline } from '../base/deadline.ts';
import type { Fence } from './power.ts';

export type BootTarget = 'pxe' | 'disk' | 'none';

export interface BootDeviceOptions {
  /** Which firmware is to boot; what the machine is set to by default. */
  readonly firmware?: 'bios' | 'uefi';
  readonly fence?: Fence;
}

/**
 * From what a machine boots the next time it is switched on, once; `none` leaves it to its own order.
 * Both throw HwlabError, blame lab: `power-unreachable`, `power-refused` (it is the same controller), `boot-device-does-not-obey`, `boot-device-cannot`.
 */
export interface BootDevice {
  /** Resolves when it was read back. */
  set(device: BootTarget, options: BootDeviceOptions, deadline: Deadline): Promise<void>;
  /** `unknown` for an override that is none of ours, such as a CD. */
  get(deadline: Deadline): Promise<BootTarget | 'unknown'>;
}
