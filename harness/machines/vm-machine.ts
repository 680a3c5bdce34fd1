import { join } from 'node:path';
import { Deadline as Deadlines, type Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { newRunId } from '../base/random-id.ts';
import { Scope } from '../base/scope.ts';
import { hypervisorVersion } from '../drivers/libvirt/hypervisor-version.ts';
import { saveDeviceState } from '../drivers/libvirt/memory-image.ts';
import { buildWarm } from './build-warm.ts';
import { launchVm, type LaunchOrder } from './launch-vm.ts';
import type { Machine, RunningMachine, StartOptions } from './machine.ts';
import { makeMachineFolders } from './machine-folders.ts';
import { thisOwner } from './machine-owner.ts';
import { RunningVm } from './running-vm.ts';
import { makeSeedKeys, readSeedKeys } from './seed-keys.ts';
import { makeSnapshot, snapshotKey } from './make-snapshot.ts';
import { setClockCommand } from './settle-guest.ts';
import { sshLogin } from './ssh-login.ts';
import type { VmParts } from './vm-parts.ts';
import { waitForShell } from './wait-for-shell.ts';
import { warmInputs, warmKey } from './warm-key.ts';
import { findWarm, lockWarm, pruneWarm, removeWarm, warmLimit, type WarmImage } from './warm-store.ts';

/** Milliseconds for a cold boot. */
export const bootLimits = { kvm: 120_000, tcg: 360_000 } as const;

export type VmMachineOptions = Omit<VmParts, 'bootLimit'> & Partial<Pick<VmParts, 'bootLimit'>>;

/** A virtual machine over libvirt: cold boots from the image, warm boots from a memory image that is saved once. */
export function createVmMachine(options: VmMachineOptions): Machine {
  return new VmMachine({ bootLimit: bootLimits[options.accelerator], ...options });
}

class VmMachine implements Machine {
  readonly #parts: VmParts;
  /** Keys of a snapshot that it begins at, and of the memory image that the snapshot's disk stands on. */
  readonly #frozen: { readonly key: string; readonly below: string } | undefined;
  #key: string | undefined;

  constructor(parts: VmParts, frozen?: { readonly key: string; readonly below: string }) {
    this.#parts = parts;
    this.#frozen = frozen;
  }

  async prepare(deadline: Deadline, onProgress: (line: string) => void): Promise<void> {
    await this.#warm(deadline, onProgress);
  }

  async start(options: StartOptions): Promise<RunningMachine> {
    if (!/^[a-z0-9-]{1,60}$/.test(options.runId)) throw new HwlabError({ code: 'bad-run-id', blame: 'harness', message: `the run id "${options.runId.slice(0, 80)}" cannot be part of a domain's name` });
    if (options.boot === 'cold') return this.#boot(options);
    const warm = await this.#warm(options.deadline, () => undefined);
    try {
      return await this.#restore(options, warm);
    } catch (error) {
      if (!(error instanceof HwlabError) || !['restore-failed', 'domain-not-created'].includes(error.code)) throw error;
      // The memory image may be damaged: one more is made, and what fails then fails.
      const again = await this.#warm(options.deadline, () => undefined, warm);
      return this.#restore(options, again);
    }
  }

  async snapshot(label: string, fill: (machine: Machine) => Promise<void>, deadline: Deadline, onProgress: (line: string) => void): Promise<Machine> {
    const below = await this.#warm(deadline, onProgress);
    const key = snapshotKey(below, label);
    await using _lock = await lockWarm(key, deadline, (owner) => onProgress(`waiting for ${owner}`));
    if (!(await findWarm(key))) await makeSnapshot({ key, below, profileId: this.#parts.profile.id, fill, start: async (options, draft) => this.#restore(options, below, draft), deadline });
    await pruneWarm(warmLimit(), [key, below.manifest.key]);
    return new VmMachine(this.#parts, { key, below: below.manifest.key });
  }

  async #warm(deadline: Deadline, onProgress: (line: string) => void, damaged?: WarmImage): Promise<WarmImage> {
    if (this.#frozen) {
      const [frozen, below] = [await findWarm(this.#frozen.key), await findWarm(this.#frozen.below)];
      if (frozen && below && !damaged) return frozen;
      throw new HwlabError({ code: 'snapshot-gone', blame: 'lab', message: 'the snapshot of this machine is gone or damaged', advice: 'run the command again: it is made anew' });
    }
    const { image, profile, accelerator } = this.#parts;
    const key = (this.#key ??= warmKey(await warmInputs(image, profile, accelerator, await hypervisorVersion(deadline))));
    if (!damaged) {
      const there = await findWarm(key);
      if (there) return there;
    }
    await using _lock = await lockWarm(key, deadline, (owner) => onProgress(`${image.id} on ${profile.id}: waiting for ${owner}`));
    const found = await findWarm(key);
    if (found && found.manifest.builtAt !== damaged?.manifest.builtAt) return found;
    await removeWarm(key);
    const limit = warmLimit();
    await buildWarm(key, this.#parts, newRunId(new Date()), deadline, onProgress);
    await pruneWarm(limit, [key]);
    const built = await findWarm(key);
    if (!built) throw new HwlabError({ code: 'warm-image-lost', blame: 'lab', retryable: true, message: `the memory image of ${image.id} vanished as soon as it was made` });
    return built;
  }

  /** `draft`: the folder in which what the machine becomes is kept when it ends; a private clone when left out. */
  async #restore(options: StartOptions, warm: WarmImage, draft?: string): Promise<RunningMachine> {
    const { image } = this.#parts;
    return this.#launch(options, async (order, scope, started) => {
      const keys = image.record.seed === 'fw_cfg' ? await readSeedKeys(warm.folder) : undefined;
      const { deadline } = options;
      const frozen = { memoryFile: draft === undefined ? { path: warm.memory, mode: 'private' as const } : { path: join(draft, 'memory'), mode: 'shared' as const }, ...(draft === undefined ? {} : { disk: join(draft, 'disk.qcow2') }), stateFile: warm.state };
      const vm = await launchVm({ ...order, ...frozen, firmwareFiles: keys?.firmwareFiles ?? [], backing: { path: warm.disk, format: 'qcow2' } }, scope, deadline);
      if (draft !== undefined) scope.onEnd('snapshot', async () => saveDeviceState(vm.name, join(draft, 'state'), join(order.folders.sockets, 'save'), Deadlines.after(60_000)));
      const restoreMs = since(started);
      const login = sshLogin(image, vm.sshPort, keys, warm.manifest.hostKey);
      if (options.shell === 'later') return new RunningVm(vm, login, scope, undefined, order.profile.display, { restoreMs, shellMs: restoreMs });
      const shell = await waitForShell(vm, login, deadline.within(this.#parts.bootLimit));
      scope.onEnd('shell', async () => shell.close());
      await shell.run(setClockCommand(Date.now(), 20), { deadline });
      return new RunningVm(vm, login, scope, shell, order.profile.display, { restoreMs, shellMs: since(started) });
    });
  }

  async #boot(options: StartOptions): Promise<RunningMachine> {
    const { image } = this.#parts;
    return this.#launch(options, async (order, scope, started) => {
      const { deadline } = options;
      const keys = image.record.seed === 'fw_cfg' ? await makeSeedKeys(order.folders.disks, deadline) : undefined;
      const vm = await launchVm({ ...order, firmwareFiles: keys?.firmwareFiles ?? [], backing: { path: image.disk, format: image.record.format } }, scope, deadline);
      const launchMs = since(started);
      let hostKey = keys?.hostKey ?? '';
      const login = sshLogin(image, vm.sshPort, keys);
      // An image that a user brought shows its key here for the first time; whoever uses this machine afterwards must see the same.
      const shell = await waitForShell(vm, login, deadline.within(this.#parts.bootLimit), (seen) => (hostKey = seen));
      scope.onEnd('shell', async () => shell.close());
      return new RunningVm(vm, { ...login, hostKey }, scope, shell, order.profile.display, { launchMs, bootMs: since(started), shellMs: since(started) });
    });
  }

  async #launch(options: StartOptions, work: (order: Common, scope: Scope, started: number) => Promise<RunningMachine>): Promise<RunningMachine> {
    const { image, profile, accelerator } = this.#parts;
    const scope = new Scope();
    const started = performance.now();
    try {
      const owner = thisOwner(options.runId);
      const folders = await makeMachineFolders(owner, scope);
      const name = `hwlab-${options.runId}-${options.slot}`;
      return await work({ name, owner, folders, image, profile, accelerator, consoleFile: join(options.folder, 'console.log') }, scope, started);
    } catch (error) {
      await scope.end();
      throw error;
    }
  }
}

type Common = Pick<LaunchOrder, 'name' | 'owner' | 'folders' | 'image' | 'profile' | 'accelerator' | 'consoleFile'>;

function since(started: number): number {
  return Math.round(performance.now() - started);
}
