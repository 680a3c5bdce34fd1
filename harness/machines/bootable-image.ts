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
    readonly login: { readonly username: string; readonly password?: string; readonly privateKeyFile?: string };
  };
  readonly manifest: { readonly files: { readonly kernel?: { readonly sha256: string }; readonly initrd?: { readonly sha256: string } } };
}
