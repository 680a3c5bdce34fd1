import { writeFile } from 'node:fs/promises';
import { Deadline } from '../../base/deadline.ts';
import type { HwlabError } from '../../base/hwlab-error.ts';
import type { Scope } from '../../base/scope.ts';
import type { DisplayCapture } from '../../capabilities/display-capture.ts';
import type { Power } from '../../capabilities/power.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { ShellAddress } from '../../drivers/ssh/connect-shell.ts';
import type { MachineAccess, MachineState, MetalIdentity, RunningMachine } from '../machine.ts';
import type { BootWatch } from './boot-watch.ts';

export interface RunningMetalParts {
  readonly id: string;
  readonly runId: string;
  readonly login: ShellAddress;
  readonly consoleFile: string;
  readonly watch: BootWatch;
  readonly power: Power;
  readonly display?: DisplayCapture;
  readonly scope: Scope;
  readonly shell: Shell;
  readonly timings: Readonly<Record<string, number>>;
  readonly metal: MetalIdentity;
  readonly firmware: 'bios' | 'uefi';
}

/** A lab machine with a working shell. Its devices come over USB/IP or are wired, so it has no ports of QEMU. */
export class RunningMetal implements RunningMachine {
  readonly access: MachineAccess;
  readonly shell: Shell;
  readonly timings: Readonly<Record<string, number>>;
  readonly metal: MetalIdentity;
  readonly #parts: RunningMetalParts;

  constructor(parts: RunningMetalParts) {
    this.#parts = parts;
    this.shell = parts.shell;
    this.timings = parts.timings;
    this.metal = parts.metal;
    this.access = { name: `hwlab-${parts.runId}-${parts.id}`, ssh: parts.login, usbPorts: [], firmware: parts.firmware, consoleFile: parts.consoleFile };
  }

  get trouble(): AbortSignal {
    return this.#parts.watch.trouble;
  }

  async state(): Promise<MachineState> {
    if (this.#parts.watch.seen(/Kernel panic - not syncing/) !== undefined) return 'crashed';
    const state = await this.#parts.power.state(Deadline.after(10_000)).catch(() => 'unknown' as const);
    return state === 'on' ? 'running' : state;
  }

  async diagnose(): Promise<HwlabError | undefined> {
    return Promise.resolve(this.trouble.aborted ? (this.trouble.reason as HwlabError) : undefined);
  }

  async screenshot(file: string, deadline: Deadline): Promise<string | undefined> {
    const { display } = this.#parts;
    if (!display) return undefined;
    await writeFile(file, await display.capture(deadline));
    return file;
  }

  async consoleTail(lines: number): Promise<string> {
    return Promise.resolve(this.#parts.watch.tail(lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.scope.end();
    const [first] = this.#parts.scope.failures;
    if (first) throw first.error;
  }
}
