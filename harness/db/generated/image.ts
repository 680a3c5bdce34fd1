// Generated from hardware-db/schemas/image.schema.json by scripts/generate-types.ts; do not edit.

/**
 * One OS release in bootable form: what it is, and how to get or build it.
 */
export type ImageRecord = {
  schema: 'hwlab/image/1';
  id: string;
  /**
   * name of the system for people, for example Debian
   */
  os: string;
  version: string;
  /**
   * what tells this image from others of the same version, for people, for example backports
   */
  variant?: string;
  /**
   * releases that follow one another share a line; verdicts of a line are compared
   */
  line?: string;
  format: 'qcow2' | 'raw';
  /**
   * folder under fixtures/images
   */
  recipe?: string;
  /**
   * where the disk image was taken from, as the user named it
   */
  file?: string;
  /**
   * of the disk image, for images that a user brought
   */
  sha256?: string;
  boot: 'direct-kernel' | 'bios' | 'uefi';
  /**
   * kernel command line of a direct-kernel boot, without the console
   */
  append?: string;
  /**
   * how SSH keys reach the guest at a cold boot: QEMU firmware configuration files under opt/hwlab, or not at all
   */
  seed?: 'fw_cfg' | 'none';
  ready?: ImageReady;
  login: ImageLogin;
  /**
   * kernel release, or what is known of it, for example 6.1
   */
  kernel?: string;
  releasedAt?: string;
  /**
   * end of regular support
   */
  supportedUntil?: string;
  /**
   * where the facts of this record come from
   */
  source?: string;
} & {
  [k: string]: unknown;
};

/**
 * what must hold before the running system is saved as a memory image, beyond a finished boot
 */
export interface ImageReady {
  /**
   * completes `waiting until ...`
   */
  what: string;
  /**
   * ends with 0 when it holds; run as root, again and again
   */
  command: string;
  /**
   * seconds with hardware virtualisation, four times as many without
   */
  within: number;
}
export interface ImageLogin {
  username: string;
  password?: string;
  /**
   * absolute path of a private key that the image already trusts
   */
  privateKeyFile?: string;
}
