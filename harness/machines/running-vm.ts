import { Deadline } from '../base/deadline.ts';
import type { HwlabError } from '../base/hwlab-error.ts';
import type { Scope } from '../base/scope.ts';
import { waitFor, type Look } from '../base/wait-for.ts';
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
  readonly shell?: Shell;
  readonly timings: Readonly<Record<string, number>>;
  readonly #vm: LaunchedVm;
  readonly #scope: Scope;
  readonly #display: MachineProfile['display'];
  readonly #trouble = new AbortController();
  #leaving = false;

  constructor(vm: LaunchedVm, login: ShellAddress, scope: Scope, shell: Shell | undefined, display: MachineProfile['display'], timings: Readonly<Record<string, number>>) {
    this.#vm = vm;
    this.#scope = scope;
    this.#display = display;
    if (shell) this.shell = shell;
    this.timings = timings;
    vm.console.onPanic(() => void this.#raise());
    vm.console.onDisconnect(() => void this.#raise());
    vm.writes.onError(() => void this.#raise());
    this.access = { name: vm.name, ssh: login, usbPorts: vm.usbPorts, ...(vm.vncSocket === undefined ? {} : { vncSocket: vm.vncSocket }), firmware: vm.firmware, parts: vm.parts, consoleFile: vm.consoleFile, ...(shell ? {} : { clockBehind: true }) };
  }

  get trouble(): AbortSignal {
    return this.#trouble.signal;
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

  async screenshot(file: string, deadline: Deadline, screen = 0): Promise<string | undefined> {
    return this.#display === 'none' ? undefined : screenshot(this.#vm.name, file, deadline, screen);
  }

  async consoleTail(lines: number): Promise<string> {
    return Promise.resolve(this.#vm.console.tail(lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving = true;
    await this.#scope.end();
    const [first] = this.#scope.failures;
    if (first) throw first.error;
  }

  async #raise(): Promise<void> {
    if (this.#leaving) return;
    // QEMU closes the console a moment before libvirt knows that the domain is gone.
    const look = async (): Promise<Look<HwlabError>> => {
      const why = await this.diagnose();
      return why ? { value: why } : { saw: 'nothing wrong' };
    };
    const why = await waitFor('reason of the trouble', look, { deadline: Deadline.after(10_000), blame: 'lab' }).catch(() => undefined);
    if (why && !this.#leaving) this.#trouble.abort(why);
  }
}
