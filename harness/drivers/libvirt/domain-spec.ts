/** All that differs between two domains of the lab. Paths are absolute; unix sockets have at most 107 bytes. */
export interface DomainSpec {
  readonly name: string;
  readonly uuid: string;
  readonly label: DomainLabel;
  readonly accelerator: 'kvm' | 'tcg';
  readonly cpus: number;
  /** MiB */
  readonly memory: number;
  /** File that is the guest's memory. `shared`: the guest writes to it; `private`: the guest starts with its content and never changes it. */
  readonly memoryFile?: { readonly path: string; readonly mode: 'shared' | 'private' };
  /** True for a domain that waits for a memory image instead of booting. */
  readonly incoming: boolean;
  /** qcow2 overlay */
  readonly disk: string;
  readonly firmware: { readonly kind: 'bios' } | { readonly kind: 'uefi'; readonly loader: string; readonly variablesTemplate: string; readonly variables: string };
  /** What the firmware starts; without it, the boot loader of the disk. */
  readonly kernel?: { readonly file: string; readonly initrd?: string; readonly commandLine: string };
  /** Unix socket on which the lab listens for the serial console before the domain is started. */
  readonly consoleSocket: string;
  /** Unix sockets that QEMU makes: one usb-redir port each. */
  readonly usbSockets: readonly string[];
  /** `ich9-ehci` has companions for full and low speed, and six ports. */
  readonly usbController: 'qemu-xhci' | 'ich9-ehci';
  readonly display: 'none' | 'virtio-gpu' | 'vga';
  /** Screens of the graphics card. */
  readonly displays: number;
  /** An HD Audio card whose sound goes nowhere. */
  readonly sound: boolean;
  /** Compiled ACPI tables that the firmware hands to the guest beside QEMU's own. */
  readonly acpiTables: readonly string[];
  /** Unix socket on which QEMU lets a person watch and use the first screen (RFC 6143), of a machine that has one. */
  readonly vncSocket?: string;
  /** Firmware configuration files: name, `opt/...`, and path. */
  readonly firmwareFiles: readonly { readonly name: string; readonly path: string }[];
}

/** Who made a domain; kept in its metadata, for the reaper. */
export interface DomainLabel {
  readonly runId: string;
  readonly pid: number;
  /** Start of the process, clock ticks since the boot of the host. */
  readonly started: string;
  readonly boot: string;
}

export const labelNamespace = 'https://hwlab.invalid/domain/1';
export const domainPrefix = 'hwlab-';
