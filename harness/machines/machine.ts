import type { Deadline } from '../base/deadline.ts';
import type { HwlabError } from '../base/hwlab-error.ts';
import type { Shell } from '../capabilities/shell.ts';

/** Everything that another process needs to use a running machine; JSON-safe, so it can be handed to the mocha process. */
export interface MachineAccess {
  /** Name of the libvirt domain, carries the run's id. */
  readonly name: string;
  readonly ssh: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    /** File with the private key (mode 0600); or a password for images that a user brought. */
    readonly privateKeyFile?: string;
    readonly password?: string;
    /** The guest's public host key, `ssh-ed25519 AAAA...`; a connection that shows another is refused. */
    readonly hostKey: string;
  };
  /** Unix sockets on which QEMU's usb-redir ports listen: connecting plugs a device in, closing unplugs it. */
  readonly usbPorts: readonly string[];
  /** Unix socket of the first screen (VNC), of a machine that has one. */
  readonly vncSocket?: string;
  /** What the machine booted with; a suite checks that the system says so too. */
  readonly firmware?: 'bios' | 'uefi';
  /** Built-in parts that it was made with: the system must find them. Left out where that is not known. */
  readonly parts?: readonly (ProfilePart | 'graphics' | 'ethernet')[];
  /** Serial console from power-on, growing. */
  readonly consoleFile: string;
  /** The guest's clock stands where it was when its memory was saved: whoever logs in first sets it (`setClockCommand`). */
  readonly clockBehind?: boolean;
}

export type MachineState = 'running' | 'paused' | 'crashed' | 'off' | 'unknown';

/** What a machine profile asks of a VM: hardware-db/machines/<id>.json. */
export interface MachineProfile {
  readonly id: string;
  readonly name: string;
  readonly kind: 'vm';
  readonly cpus: number;
  /** MiB */
  readonly memory: number;
  readonly firmware: 'direct-kernel' | 'bios' | 'uefi';
  /** `none` for a machine with only a serial console. */
  readonly display: 'none' | 'virtio-gpu' | 'vga';
  /** Screens, 1 when left out. */
  readonly displays?: number;
  readonly usb: { readonly controller: 'qemu-xhci' | 'ich9-ehci'; readonly ports: number };
  /** Built-in parts beside the network card and the displays; none when left out. */
  readonly parts?: readonly ProfilePart[];
}

/** Names of parts as in `computerParts`: how a virtual machine gets each is in profile-parts.ts. */
export type ProfilePart = 'sound' | 'battery' | 'thermal' | 'wifi' | 'camera';

export interface StartOptions {
  readonly runId: string;
  /** Number of the slot, 0.. ; clones side by side have different slots. */
  readonly slot: number;
  readonly boot: 'warm' | 'cold';
  /** `later`: a machine that is restored is handed over as soon as it runs, without `shell`, for somebody else to log in to. */
  readonly shell?: 'later';
  readonly deadline: Deadline;
  /** Folder for the console file and other traces of this start. */
  readonly folder: string;
}

/** A machine that boots one image with one profile. The only strategy now is the VM; metal comes beside it. */
export interface Machine {
  /** Makes what a start needs (checks the image's hash, saves the memory image). `onProgress` gets one short line a step. */
  prepare(deadline: Deadline, onProgress: (line: string) => void): Promise<void>;
  /** A pristine running system with a working shell. Fails with blame `lab`, or `product` if the image itself panics or never comes up. */
  start(options: StartOptions): Promise<RunningMachine>;
  /**
   * A machine that begins where another run of this one ended: `fill` starts the machine that it gets once, brings it there and discards it, and what it was
   * then is kept, memory and disk, under `label`. No device may be plugged in then. Made once: the next call with the same label is that machine at once.
   * @throws HwlabError lab `snapshot-failed`
   */
  snapshot?(label: string, fill: (machine: Machine) => Promise<void>, deadline: Deadline, onProgress: (line: string) => void): Promise<Machine>;
}

/** What a machine of metal is known by, for the record. */
export interface MetalIdentity {
  /** Its product in hardware-db/devices, as the lab file says. */
  readonly model?: string;
  /** Who made it and what it is, by its firmware (SMBIOS type 1); empty where it says nothing. */
  readonly vendor: string;
  readonly product: string;
  /** Why it is taken for a machine that only pretends; left out for a real one. */
  readonly simulator?: string;
}

export interface RunningMachine extends AsyncDisposable {
  readonly access: MachineAccess;
  /** Milliseconds: `restoreMs` or `bootMs`, `shellMs`. */
  readonly timings: Readonly<Record<string, number>>;
  /** The shell that proved the machine usable; stays open until the machine is disposed. */
  readonly shell?: Shell;
  /** Of a machine of metal. */
  readonly metal?: MetalIdentity;
  /** Aborts, with the HwlabError that `diagnose` gives, as soon as the guest panics or its machine ends by itself: nothing needs to wait for a silent shell. */
  readonly trouble?: AbortSignal;
  state(): Promise<MachineState>;
  /** Why the machine cannot be used, as far as it can be seen from outside: panic, domain gone, host disk full. Ask it when a shell was lost. */
  diagnose?(): Promise<HwlabError | undefined>;
  /** PNG of a display, the first one if `screen` (from 0) is left out; undefined where the profile has none. */
  screenshot(file: string, deadline: Deadline, screen?: number): Promise<string | undefined>;
  /** Last `lines` lines of the serial console, at most 64 KiB, control characters made visible. */
  consoleTail(lines: number): Promise<string>;
}
