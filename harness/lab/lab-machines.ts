import { hostname } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { stateFolder } from '../base/places.ts';
import { Scope } from '../base/scope.ts';
import { fenced } from '../capabilities/power.ts';
import type { BootableImage } from '../machines/bootable-image.ts';
import type { Machine, RunningMachine, StartOptions } from '../machines/machine.ts';
import type { BootPatience } from '../machines/metal/boot-evidence.ts';
import { createMetalMachine } from '../machines/metal/metal-machine.ts';
import { metalPatience, type MetalMachineParts, type NetbootService } from '../machines/metal/metal-parts.ts';
import { bootDeviceNeeded, missing, powerNeeded } from './drivers-of.ts';
import type { Lab, LabMachine } from './inventory/lab.ts';
import { machineOf } from './inventory/read-lab.ts';
import { CellChecks } from './health/cell-checks.ts';
import { bringToKnownState } from './known-state.ts';
import { consoleOf } from './console-of.ts';
import { takeLease } from './leases/held-lease.ts';
import { LeaseBook } from './leases/lease-book.ts';
import { leaseFile } from './leases/lease-store.ts';
import { createDisplayCapture } from './metal-drivers.ts';
import { startNetboot } from './netboot-of.ts';

/** `laptop-7` boots the image in memory, `laptop-7.installed` from its disk. */
const installed = '.installed';

export interface LabMachinesOptions {
  readonly lab: Lab;
  /** The station that this is; the one whose host name is ours when left out. */
  readonly station?: string;
  /** How many times longer than on real hardware things take: 4 where a simulated machine runs under software emulation. */
  readonly times?: number;
  /** Where the boot server writes a line a request; netboot.log in the state folder when left out. */
  readonly bootLog?: string;
}

/** Names under which the machines of a lab stand in plans. */
export function planNames(lab: Lab): readonly string[] {
  return lab.machines.flatMap(({ id, disk, power, boot }) => (power === undefined || boot === undefined ? [] : [id, ...(disk === undefined ? [] : [id + installed])]));
}

/** Machines that cannot be in a plan under these names, and the word of the lab file that they lack. */
export function planGaps(lab: Lab): ReadonlyMap<string, 'power' | 'boot' | 'disk'> {
  return new Map(
    lab.machines.flatMap(({ id, disk, power, boot }): (readonly [string, 'power' | 'boot' | 'disk'])[] => {
      const lacks = power === undefined ? 'power' : boot === undefined ? 'boot' : undefined;
      if (lacks !== undefined) return [[id, lacks], [id + installed, lacks]];
      return disk === undefined ? [[id + installed, 'disk']] : [];
    }),
  );
}

/** The real machines of this station, for a night or a run: leased before each start, and off when they are given back. */
export class LabMachines implements AsyncDisposable {
  readonly #options: LabMachinesOptions;
  readonly #services = new Scope();
  readonly #book: LeaseBook;
  #netboot: Promise<NetbootService> | undefined;
  /** Machines that were looked at in this night. */
  readonly #looked = new Set<string>();

  constructor(options: LabMachinesOptions) {
    this.#options = options;
    this.#book = new LeaseBook(leaseFile());
  }

  has(name: string): boolean {
    return planNames(this.#options.lab).includes(name);
  }

  /** The strategy for one image on one machine. Nothing is switched before `start`. @throws HwlabError usage */
  async machine(name: string, image: BootableImage, deadline: Deadline): Promise<Machine> {
    const entry = this.#machine(name);
    const [port] = entry.network;
    if (!port) throw missing(entry, 'network');
    const onDisk = name.endsWith(installed);
    if (onDisk && entry.disk === undefined) throw new HwlabError({ code: 'no-disk', blame: 'usage', message: `the lab file names no disk of ${entry.id} that may be written to`, advice: 'add "disk", or use the machine without .installed' });
    const [power, bootDevice] = await Promise.all([powerNeeded(entry), bootDeviceNeeded(entry)]);
    const netboot = await (this.#netboot ??= this.#start(deadline));
    const serial = await consoleOf(entry);
    const display = entry.grabber === undefined ? undefined : await createDisplayCapture(entry.grabber);
    const parts: MetalMachineParts = {
      id: entry.id,
      mac: port.mac,
      ...(entry.model === undefined ? {} : { model: entry.model }),
      simulator: entry.simulator === true,
      ...(port.address === undefined ? {} : { address: port.address }),
      firmware: entry.firmware,
      power,
      bootDevice,
      ...(serial ? { console: serial } : {}),
      ...(display ? { display } : {}),
      netboot,
      image,
      boot: onDisk ? { mode: 'installed', disk: entry.disk ?? 'auto' } : { mode: 'live' },
      patience: stretched(metalPatience, this.#options.times ?? 1),
    };
    const checks = new CellChecks(this.#options.lab, `machine/${entry.id}`, power);
    if (!this.#looked.has(entry.id)) await checks.nightly();
    this.#looked.add(entry.id);
    return new LeasedMachine(this.#options.lab, entry, parts, this.#book, checks);
  }

  /** Switches off what died holders left in an unknown state; says which. What somebody holds stays as it is. */
  async reap(deadline: Deadline): Promise<readonly string[]> {
    const done: string[] = [];
    const known = new Set(this.#options.lab.machines.map(({ id }) => `machine/${id}`));
    for (const { name } of this.#book.resources().filter(({ dirty, lease, name }) => dirty && lease === undefined && known.has(name))) {
      const held = await takeLease(this.#book, { resources: [name], class: 'night', holder: 'reaper', purpose: 'brings it into a known state', for: 5 * 60_000 }, {
        deadline: deadline.within(1000),
        cleanse: async (resource, fence) => {
          if ((await bringToKnownState(this.#options.lab, resource.name, fence, deadline.within(120_000))) === 'off') done.push(`${name} was left in an unknown state and is off now`);
        },
      }).catch((error: unknown) => {
        if (error instanceof HwlabError && error.code === 'lease-held') return undefined;
        throw error;
      });
      held?.release([name]);
    }
    return done;
  }

  /** Ends the boot services until the next machine is asked for: what listens keeps a process from ending. */
  async idle(): Promise<void> {
    this.#netboot = undefined;
    this.#looked.clear();
    await this.#services.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    this.#book[Symbol.dispose]();
  }

  #machine(name: string): LabMachine {
    return machineOf(this.#options.lab, name.endsWith(installed) ? name.slice(0, -installed.length) : name);
  }

  async #start(deadline: Deadline): Promise<NetbootService> {
    const { lab, station, bootLog } = this.#options;
    const here = station ?? hostname();
    const found = lab.stations.find(({ id, host }) => id === here || host === here) ?? (lab.stations.length === 1 ? lab.stations[0] : undefined);
    if (!found?.netboot) throw new HwlabError({ code: 'no-netboot', blame: 'usage', message: `the lab file has no "netboot" for ${found ? `the station ${found.id}` : `this host (${here})`}`, advice: 'add interface, address, netmask and dhcp; docs/netboot.md' });
    return startNetboot(found.netboot, bootLog ?? join(stateFolder(), 'netboot.log'), this.#services, deadline);
  }
}

/** A machine that is leased for each start, and whose power obeys only the holder. */
class LeasedMachine implements Machine {
  readonly #lab: Lab;
  readonly #entry: LabMachine;
  readonly #parts: MetalMachineParts;
  readonly #book: LeaseBook;
  readonly #free: Machine;
  readonly #checks: CellChecks;

  constructor(lab: Lab, entry: LabMachine, parts: MetalMachineParts, book: LeaseBook, checks: CellChecks) {
    this.#lab = lab;
    this.#entry = entry;
    this.#parts = parts;
    this.#book = book;
    this.#checks = checks;
    this.#free = createMetalMachine(parts);
  }

  async prepare(deadline: Deadline, onProgress: (line: string) => void): Promise<void> {
    await this.#free.prepare(deadline, onProgress);
  }

  async start(options: StartOptions): Promise<RunningMachine> {
    const resource = `machine/${this.#entry.id}`;
    const held = await takeLease(
      this.#book,
      { resources: [resource], class: 'night', holder: options.runId, purpose: 'a cell', for: Math.round(Math.min(options.deadline.remaining + 120_000, 24 * 3600_000)) },
      { deadline: options.deadline, cleanse: async ({ name }, fence) => void (await bringToKnownState(this.#lab, name, fence, options.deadline.within(120_000))) },
    );
    const giveBack = async (met?: unknown): Promise<void> => {
      const state = await this.#parts.power.state(Deadline.after(30_000)).catch(() => 'unknown' as const);
      await this.#checks.after(options.runId, met);
      held.release(state === 'off' ? [resource] : []);
    };
    try {
      await this.#checks.before(options.runId);
    } catch (error) {
      // It was not touched.
      held.release([resource]);
      throw error;
    }
    try {
      const fence = held.fence(resource);
      const machine = createMetalMachine({ ...this.#parts, fence, power: fenced(this.#parts.power, fence) });
      const running = await machine.start({ ...options, deadline: options.deadline.alsoUntil(held.lost) });
      return givenBack(running, giveBack);
    } catch (error) {
      await giveBack(options.deadline.signal.aborted ? undefined : error);
      throw error;
    }
  }
}

/** The running machine, that does `after` when it is disposed. */
function givenBack(running: RunningMachine, after: () => Promise<void>): RunningMachine {
  return new Proxy(running, {
    get(target, key) {
      if (key === Symbol.asyncDispose) return async () => Promise.resolve(target[Symbol.asyncDispose]()).finally(after);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

function stretched(patience: BootPatience, times: number): BootPatience {
  return { firmware: patience.firmware * times, quiet: patience.quiet * times, stall: patience.stall * times, shell: patience.shell * times };
}
