import type { CommandResult } from '../base/run-command.ts';
import type { Deadline } from '../base/deadline.ts';
import type { Look } from '../base/wait-for.ts';
import type { ForwardedPort } from '../capabilities/shell.ts';
import type { TransportTraits } from '../emulation/transport-traits.ts';
import type { EmulatedModel, FaultRule, WireEvent } from '../emulation/usb-device.ts';

/** Where a suite runs. */
export interface CellFacts {
  readonly osRelease: string;
  readonly kernel: string;
  readonly image: string;
  readonly machine: string;
  /** What the machine booted with, where the lab knows. */
  readonly firmware?: 'bios' | 'uefi';
  /** Built-in parts that a virtual machine was made with; empty where the lab does not know. */
  readonly parts: readonly string[];
}

/** The guest as a suite sees it. Every call is bounded by the test's deadline. */
export interface Guest {
  /**
   * Runs a command line as root with /bin/sh. An exit code that is not in `accept` (default [0]) fails the test as the product's fault.
   * `within` is seconds and narrows the test's deadline.
   */
  run(commandLine: string, options?: { readonly accept?: readonly number[]; readonly input?: string | Uint8Array; readonly within?: number; readonly onStdout?: (text: string) => void }): Promise<CommandResult>;
  putFile(path: string, content: Uint8Array): Promise<void>;
  getFile(path: string): Promise<Uint8Array>;
  /** A port of this host's loopback that leads to `port` of the guest's, until it is disposed: for what speaks a protocol of its own. */
  forward(port: number): Promise<ForwardedPort>;
  /** Boots the guest anew and waits until it can be logged in to. What the suite had running there is gone; files stay. */
  reboot(): Promise<void>;
  /** Kernel log lines since this test began. */
  kernelLog(): Promise<string>;
  /** Facts of the image that suites may branch on, never hide behind. */
  readonly facts: CellFacts;
}

/** An emulated unit on one of the machine's USB ports. */
export interface PluggedUnit<Controls> {
  readonly model: EmulatedModel;
  readonly controls: Controls;
  /** What a test can see over the cable that the unit hangs on; none for a device on the network. */
  readonly transport?: TransportTraits;
  /** `/sys/bus/usb/devices/...` of the device in the guest; waits until the kernel has configured it. */
  sysfs(): Promise<string>;
  /** Plugs in (a unit is plugged in when a suite starts) and waits until the guest's kernel has configured it. */
  plug(): Promise<void>;
  /** Unplugs and waits until the guest's kernel has removed it. */
  unplug(): Promise<void>;
  /** Arms a fault; it disarms by itself when used up, and all are disarmed between tests. */
  fault(rule: FaultRule): void;
  /** What crossed the cable since this test began. */
  wire(): readonly WireEvent[];
}

export interface CellContext<Controls = unknown> {
  readonly guest: Guest;
  readonly unit: PluggedUnit<Controls>;
  readonly deadline: Deadline;
  /** Plugs a second unit into a free port: of the same model with another serial, or changed by `edit`. Unplugged after the test. */
  plugAnother(edit?: (model: EmulatedModel) => EmulatedModel): Promise<PluggedUnit<Controls>>;
  /** Looks until it is so; `within` seconds (default: the test's whole deadline). Never sleeps. Not so in time = the product's failure. */
  waitFor<T>(what: string, look: () => Promise<Look<T>> | Look<T>, within?: number): Promise<T>;
  /** Bytes that look random: the same again when a result is run again (its seed), others for each test and call. */
  randomBytes(length: number): Uint8Array;
  /** A number for the record, for example `touch.latency.p99.ms`. */
  measure(name: string, value: number): void;
  /** Ends the test as SKIP, for want of something: `a panel with a pen` is kept as "needs a panel with a pen". */
  skip(unmet: string): never;
  /** Keeps a piece of evidence with the result. */
  attach(name: string, content: string | Uint8Array, mediaType: string): Promise<void>;
}

export interface FeatureOptions {
  /** Seconds this test may take with hardware virtualisation; multiplied by 4 under software emulation. Default 30. */
  readonly within?: number;
}
