import { Deadline } from '../base/deadline.ts';
import type { HwlabError } from '../base/hwlab-error.ts';
import type { Scope } from '../base/scope.ts';
import type { Shell } from '../capabilities/shell.ts';
import { domainState } from '../drivers/libvirt/domains.ts';
import { screenshot } from '../drivers/libvirt/screenshot.ts';
import type { ShellAddress } from '../drivers/ssh/connect-shell.ts';
import type { LaunchedVm } from './launch-vm.ts';
import type { MachineAccess, MachineProfile, MachineState, RunningMachine } from './machine.ts';
import { whyUnusable } from './why-unusable.ts';

/** A virtual machine with a working shell. */
export class RunningVm implements RunningMachine {
  readonly access: MachineAccess;
  readonly shell: Shell;
  readonly timings: Readonly<Record<string, number>>;
  readonly #vm: LaunchedVm;
  readonly #scope: Scope;
  readonly #display: MachineProfile['display'];

  constructor(vm: LaunchedVm, login: ShellAddress, scope: Scope, shell: Shell, display: MachineProfile['display'], timings: Readonly<Record<string, number>>) {
    this.#vm = vm;
    this.#scope = scope;
    this.#display = display;
    this.shell = shell;
    this.timings = timings;
    this.access = { name: vm.name, ssh: login, usbPorts: vm.usbPorts, consoleFile: vm.consoleFile };
  }

  async state(): Promise<MachineState> {
    if (this.#vm.console.panic !== undefined) return 'crashed';
    const found = await domainState(this.#vm.name, Deadline.after(10_000)).catch(() => ({ state: 'unknown' }));
    switch (found?.state) {
      case undefined:
      case 'shut off':
        return 'off';
      case 'running':
      case 'in shutdown':
        return 'running';
      case 'paused':
        return 'paused';
      case 'crashed':
        return 'crashed';
      default:
        return 'unknown';
    }
  }

  async diagnose(): Promise<HwlabError | undefined> {
    return whyUnusable(this.#vm.name, this.#vm.console);
  }

  async screenshot(file: string, deadline: Deadline): Promise<string | undefined> {
    return this.#display === 'none' ? undefined : screenshot(this.#vm.name, file, deadline);
  }

  async consoleTail(lines: number): Promise<string> {
    return Promise.resolve(this.#vm.console.tail(lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.end();
    const [first] = this.#scope.failures;
    if (first) throw first.error;
  }
}
