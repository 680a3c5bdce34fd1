/** What a machine needs to know of an image; StoredImage of harness/images is one. */
export interface BootableImage {
  readonly id: string;
  /** sha256 of the disk. */
  readonly sha256: string;
  /** Absolute path; never written to. */
  readonly disk: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly record: {
    readonly format: 'qcow2' | 'raw';
    readonly boot: 'direct-kernel' | 'bios' | 'uefi';
    /** Kernel command line without the console. */
    readonly append?: string;
    readonly seed?: 'fw_cfg' | 'none';
    /** What must hold before the running system is saved: a command that ends with 0, tried again for `within` seconds (four times that without hardware virtualisation). */
    readonly ready?: { readonly what: string; readonly command: string; readonly within: number };
    readonly login: { readonly username: string; readonly password?: string; readonly privateKeyFile?: string };
  };
  readonly manifest: { readonly files: { readonly kernel?: { readonly sha256: string }; readonly initrd?: { readonly sha256: string } } };
}
