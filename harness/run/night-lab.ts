import type { Deadline } from '../base/deadline.ts';
import type { Machine } from '../machines/machine.ts';

/** An image as a night uses it. */
export interface NightImage {
  readonly sha256: string;
  /** Versions of the driver and userland packages. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * What a night needs of the lab it runs in: images, machines, and a clean floor. The real one is made of libvirt and the image store;
 * tests use one of fake machines.
 */
export interface NightLab {
  readonly accelerator: 'kvm' | 'tcg';
  readonly qemu: string;
  /** Removes what killed runs left; says what. */
  reap(): Promise<readonly string[]>;
  /** The image, checked against its hash and built first where it is missing. */
  image(id: string, deadline: Deadline, onProgress: (line: string) => void): Promise<NightImage>;
  machine(imageId: string, profileId: string): Promise<Machine>;
  /** Ends what runs for the machines between nights, such as the boot services; the next `machine` starts it again. */
  idle?(): Promise<void>;
}
