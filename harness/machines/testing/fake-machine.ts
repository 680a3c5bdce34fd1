import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { FakeShell } from '../../capabilities/testing/fake-shell.ts';
import { lastLines } from '../../drivers/console/visible-text.ts';
import type { Machine, MachineAccess, MachineState, RunningMachine, StartOptions } from '../machine.ts';

/**
 * What goes wrong with one start. At the start: `start-fails` (the lab, worth another try), `panic-at-boot`, `hang` (nothing ever comes: the
 * deadline), `no-ssh`, `host-disk-full`. Later, when the test says `strike()`: `panic`, `lost` (the connection), `guest-disk-full`.
 * `console-flood`: all is well, but the console prints without end. `teardown-fails`: cannot be removed.
 */
export type FakeFault = 'none' | 'start-fails' | 'panic-at-boot' | 'hang' | 'no-ssh' | 'host-disk-full' | 'panic' | 'lost' | 'guest-disk-full' | 'console-flood' | 'teardown-fails';

const panicLine = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)';
const bootLines = ['Linux version 6.1.0', 'Run /init as init process', 'Started ssh.service'];

/** A machine for tests of what stands above machines: nothing runs, everything that can go wrong does on demand. */
export class FakeMachine implements Machine {
  /** The fault of the first, second, ... start; after the last, none. */
  readonly faults: FakeFault[];
  /** Everything that was started, newest last. */
  readonly started: FakeRunningMachine[] = [];
  prepareError: HwlabError | undefined;
  prepared = 0;

  constructor(...faults: FakeFault[]) {
    this.faults = faults;
  }

  /** Machines that were started and not discarded. */
  get running(): number {
    return this.started.filter((machine) => !machine.disposed).length;
  }

  async prepare(_deadline: Deadline, onProgress: (line: string) => void): Promise<void> {
    this.prepared += 1;
    onProgress('a fake machine needs no preparation');
    if (this.prepareError) throw this.prepareError;
    return Promise.resolve();
  }

  async start(options: StartOptions): Promise<FakeRunningMachine> {
    const fault = this.faults.shift() ?? 'none';
    options.deadline.check('starting a fake machine');
    const name = `hwlab-${options.runId}-${options.slot}`;
    const facts = { console: [...bootLines.slice(0, 2), panicLine] };
    switch (fault) {
      case 'start-fails':
        throw new HwlabError({ code: 'domain-not-created', blame: 'lab', retryable: true, message: `libvirt did not create ${name}` });
      case 'panic-at-boot':
        throw new HwlabError({ code: 'guest-panicked', blame: 'product', message: `the kernel of ${name} panicked: ${panicLine}`, facts });
      case 'no-ssh':
        throw new HwlabError({ code: 'guest-never-came-up', blame: 'product', message: `${name} gave no shell; last seen: connection refused`, facts: { console: bootLines } });
      case 'host-disk-full':
        throw new HwlabError({ code: 'host-disk-full', blame: 'lab', message: `${name} was stopped because its disk could not be written on the host` });
      case 'hang':
        await delay(options.deadline.remaining, undefined, { signal: options.deadline.signal }).catch(() => undefined);
        throw options.deadline.error(`starting ${name}`);
      default: {
        const machine = new FakeRunningMachine(name, fault, options.folder);
        this.started.push(machine);
        return machine;
      }
    }
  }
}

/** A started fake; its shell runs commands on this host unless the test answers them. */
export class FakeRunningMachine implements RunningMachine {
  readonly access: MachineAccess;
  readonly timings = { restoreMs: 1, shellMs: 2 };
  readonly shell = new FakeShell();
  readonly fault: FakeFault;
  disposed = false;
  readonly #alarm = new AbortController();
  #state: MachineState = 'running';
  #trouble: HwlabError | undefined;

  constructor(name: string, fault: FakeFault, folder: string) {
    this.fault = fault;
    mkdirSync(folder, { recursive: true });
    const consoleFile = join(folder, 'console.log');
    writeFileSync(consoleFile, `${bootLines.join('\n')}\n`);
    if (fault === 'console-flood') appendFileSync(consoleFile, 'flood '.repeat(100_000));
    this.access = { name, ssh: { host: '127.0.0.1', port: 9, username: 'root', hostKey: 'ssh-ed25519 AAAA' }, usbPorts: [join(folder, 'usb0'), join(folder, 'usb1')], consoleFile };
  }

  /** Lets the fault of this start happen. */
  strike(): void {
    const name = this.access.name;
    if (this.fault === 'panic') {
      this.#state = 'crashed';
      appendFileSync(this.access.consoleFile, `${panicLine}\n`);
      this.#trouble = new HwlabError({ code: 'guest-panicked', blame: 'product', message: `the kernel of ${name} panicked: ${panicLine}`, facts: { console: [panicLine] } });
    }
    if (this.fault === 'panic' || this.fault === 'lost') this.shell.lose();
    if (this.#trouble) this.#alarm.abort(this.#trouble);
    if (this.fault === 'guest-disk-full') this.shell.answers.push({ match: /./, result: { exitCode: 1, stderr: 'No space left on device\n' } });
  }

  get trouble(): AbortSignal {
    return this.#alarm.signal;
  }

  async state(): Promise<MachineState> {
    return Promise.resolve(this.disposed ? 'off' : this.#state);
  }

  async diagnose(): Promise<HwlabError | undefined> {
    return Promise.resolve(this.#trouble);
  }

  async screenshot(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  async consoleTail(lines: number): Promise<string> {
    return Promise.resolve(lastLines([...bootLines, ...(this.#trouble ? [panicLine] : [])].join('\n'), lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    await this.shell.close();
    if (this.fault === 'teardown-fails') throw new HwlabError({ code: 'command-failed', blame: 'lab', message: `virsh destroy ${this.access.name}: exit 1` });
  }
}
