import type { ConsoleLine } from '../../capabilities/machine-console.ts';
import type { PowerState } from '../../capabilities/power.ts';
import type { BootRequest, BootTransfer } from '../../drivers/netboot/boot-log.ts';
import type { DhcpEvent } from '../../drivers/netboot/dhcp-event.ts';
import type { Blame } from '../../base/hwlab-error.ts';

/** One try to reach the machine's SSH server. */
export interface SshAttempt {
  readonly at: number;
  readonly outcome: 'refused' | 'silent' | 'greeted';
}

/** All that was seen of one start of a machine, from outside. Times are milliseconds of one clock that never jumps. JSON-safe, so it can be kept and judged again. */
export interface BootEvidence {
  readonly now: number;
  /** What the start is to end in: a live system, or an image written to the disk, or the system on the disk. */
  readonly goal: 'live' | 'install' | 'disk';
  /** When the power was read back as on. */
  readonly poweredAt: number;
  readonly power: readonly { readonly at: number; readonly state: PowerState }[];
  /** `none`: the machine has no console. */
  readonly console: 'connected' | 'lost' | 'none';
  readonly lines: readonly Pick<ConsoleLine, 'at' | 'text'>[];
  /** Of this machine only; `discover` of machines that are not answered are in it, as `ignored`. */
  readonly dhcp: readonly DhcpEvent[];
  readonly requests: readonly BootRequest[];
  readonly transfers: readonly BootTransfer[];
  readonly ssh: readonly SshAttempt[];
}

/** How long silence may last, milliseconds. Real firmware may take two minutes before it asks for an address. */
export interface BootPatience {
  readonly firmware: number;
  /** Of a kernel or system that printed before. */
  readonly quiet: number;
  /** Of a transfer that does not go on. */
  readonly stall: number;
  /** From the first sign that the system is up to its SSH server. */
  readonly shell: number;
}

/** What is wrong, seen as soon as it can be. */
export interface BootVerdict {
  readonly code: string;
  readonly blame: Blame;
  readonly retryable: boolean;
  readonly message: string;
  readonly advice?: string;
  /** The few lines and events that show it. */
  readonly evidence: readonly string[];
  /** When the last of it came. */
  readonly at: number;
}
