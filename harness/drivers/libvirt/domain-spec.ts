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
  readonly boot:
    | { readonly method: 'direct-kernel'; readonly kernel: string; readonly initrd?: string; readonly commandLine: string }
    | { readonly method: 'bios' }
    | { readonly method: 'uefi'; readonly loader: string; readonly variablesTemplate: string; readonly variables: string };
  /** Unix socket on which the lab listens for the serial console before the domain is started. */
  readonly consoleSocket: string;
  /** Unix sockets that QEMU makes: one usb-redir port each. */
  readonly usbSockets: readonly string[];
  readonly display: 'none' | 'virtio-gpu' | 'vga';
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
