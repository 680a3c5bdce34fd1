import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { Scope } from '../../base/scope.ts';
import type { MachineConsole } from '../../capabilities/machine-console.ts';
import { cycle } from '../../capabilities/power.ts';
import { bootBytes, bootFile } from '../../drivers/netboot/boot-file.ts';
import type { ArmedRun, BootRun } from '../../drivers/netboot/boot-server.ts';
import { connectShell, type ShellAddress } from '../../drivers/ssh/connect-shell.ts';
import { diskExtents, type DiskExtents } from '../../images/netboot/disk-extents.ts';
import { netbootKit, type NetbootKit } from '../../images/netboot/netboot-kit.ts';
import type { Machine, RunningMachine, StartOptions } from '../machine.ts';
import { makeMachineFolders } from '../machine-folders.ts';
import { thisOwner } from '../machine-owner.ts';
import { makeSeedKeys, type SeedKeys } from '../seed-keys.ts';
import type { BootEvidence } from './boot-evidence.ts';
import { BootWatch } from './boot-watch.ts';
import { identify } from './metal-identity.ts';
import type { MetalMachineParts } from './metal-parts.ts';
import { RunningMetal } from './running-metal.ts';
import { seedArchive } from './seed-archive.ts';

/** A machine of the lab: switched on, booted from the network or from its disk, and switched off again after each start. */
export function createMetalMachine(parts: MetalMachineParts): Machine {
  return new MetalMachine(parts);
}

/** How long a machine may take to obey at the end, whatever is left of the cell's time. */
const endsWithin = 60_000;

class MetalMachine implements Machine {
  readonly #parts: MetalMachineParts;
  #kit: NetbootKit | undefined;
  #extents: DiskExtents | undefined;

  constructor(parts: MetalMachineParts) {
    this.#parts = parts;
  }

  async prepare(deadline: Deadline, onProgress: (line: string) => void): Promise<void> {
    const { image, installer, boot } = this.#parts;
    const installs = boot.mode === 'installed';
    this.#kit ??= await netbootKit((installs ? installer : undefined) ?? image, deadline, onProgress, { root: !installs });
    if (installs) this.#extents ??= await diskExtents(image, deadline, onProgress);
  }

  async start(options: StartOptions): Promise<RunningMachine> {
    const scope = new Scope();
    try {
      await this.prepare(options.deadline, () => undefined);
      return await this.#start(options, scope);
    } catch (error) {
      await scope.end();
      throw error;
    }
  }

  async #start(options: StartOptions, scope: Scope): Promise<RunningMachine> {
    const parts = this.#parts;
    const { deadline } = options;
    const { id, power } = parts;
    const started = performance.now();
    await mkdir(options.folder, { recursive: true });
    const consoleFile = join(options.folder, 'console.log');
    const console = await parts.console?.();
    if (console) {
      scope.onEnd('console', async () => console[Symbol.asyncDispose]());
      await console.start(consoleFile, deadline.within(30_000));
    }
    // Off is the state that the next holder may count on.
    scope.onEnd('power', async () => power.off(Deadline.after(endsWithin)));
    const live = parts.boot.mode === 'live';
    const timings: Record<string, number> = {};
    const mark = (name: string): void => void (timings[name] = Math.round(performance.now() - started));
    let keys: SeedKeys | undefined;
    if (live && parts.image.record.login.password === undefined) {
      // Not beside the console log: that folder is part of the report. Of a killed process the reaper removes it.
      const { disks } = await makeMachineFolders(thisOwner(options.runId), scope);
      keys = await makeSeedKeys(disks, deadline);
    }
    const first = await this.#boot(options, live ? 'live' : 'install', console, scope, keys);
    let { watch } = first;
    let address = parts.address;
    if (live) {
      address ??= (await this.#event(first.run, deadline.alsoUntil(watch.trouble), ({ name, complete }) => name === 'seed.tar' && complete)).remote;
    } else {
      const done = await this.#event(first.run, deadline.alsoUntil(watch.trouble), ({ name, report }) => name === 'report' && report?.['state'] === 'installed');
      address ??= done.remote;
      timings['writtenMiB'] = Number(done.report?.['written'] ?? 0);
      mark('installMs');
      await watch.end();
      first.run.disarm();
      ({ watch } = await this.#boot(options, 'disk', console, scope, undefined));
    }
    const limited = deadline.alsoUntil(watch.trouble);
    const login: ShellAddress = { host: address, port: 22, ...loginOf(parts, keys) };
    try {
      await watch.greeting(login.host, login.port, deadline);
      mark('greetedMs');
      let hostKey = login.hostKey;
      const shell = await connectShell(login, limited, { onHostKey: (seen) => (hostKey = seen) });
      scope.onEnd('shell', async () => shell.close());
      mark('shellMs');
      const metal = await identify(parts, first.run.requests, shell, limited.within(15_000));
      return new RunningMetal({ id, metal, firmware: parts.firmware, runId: options.runId, login: { ...login, hostKey }, consoleFile, watch, power, scope, shell, timings, ...(parts.display ? { display: parts.display } : {}) });
    } catch (error) {
      if (watch.trouble.aborted) throw watch.trouble.reason;
      throw error;
    }
  }

  /** Arms what is to be booted, chooses the device, switches off and on, and begins to watch. */
  async #boot(options: StartOptions, goal: BootEvidence['goal'], console: MachineConsole | undefined, scope: Scope, keys: SeedKeys | undefined): Promise<{ readonly run: ArmedRun; readonly watch: BootWatch }> {
    const { id, mac, address, power, bootDevice, netboot, patience, firmware, fence } = this.#parts;
    const { deadline } = options;
    const run = goal === 'disk' ? noRun : netboot.server.arm(this.#order(options.runId, goal, keys));
    scope.onEnd('armed run', () => run.disarm());
    if (goal !== 'disk') await netboot.dhcp.allow({ mac, id, ...(address === undefined ? {} : { address }) });
    const keep = (evidence: BootEvidence): void => void writeFile(join(options.folder, 'boot-evidence.json'), JSON.stringify(evidence)).catch(() => undefined);
    const watch = new BootWatch({ id, mac, goal, power, ...(console ? { console } : {}), run, dhcp: netboot.dhcp, patience, keep });
    scope.onEnd('watch', async () => watch.end());
    await bootDevice.set(goal === 'disk' ? 'disk' : 'pxe', { firmware, ...(fence ? { fence } : {}) }, deadline);
    await cycle(power, deadline);
    watch.powered();
    return { run, watch };
  }

  #order(runId: string, goal: 'live' | 'install', keys: SeedKeys | undefined): BootRun {
    const { mac, boot, image, serialConsole = 'ttyS0,115200' } = this.#parts;
    const kit = this.#kit;
    if (!kit) throw new HwlabError({ code: 'not-prepared', blame: 'harness', message: `${this.#parts.id} was not prepared` });
    const common = [`hwlab.mode=${goal}`, `console=${serialConsole}`, 'rdinit=/init'];
    const files = new Map([
      ['kernel', bootFile(kit.kernel.path, kit.kernel.size)],
      ['initrd', bootFile(kit.initrd.path, kit.initrd.size)],
    ]);
    if (boot.mode === 'installed') {
      const extents = this.#extents;
      if (!extents) throw new HwlabError({ code: 'not-prepared', blame: 'harness', message: `${this.#parts.id} was not prepared` });
      files.set('extents.txt', bootBytes(Buffer.from(extents.text)));
      return { runId, mac, files, disk: extents.disk, commandLine: [...common, `hwlab.disk=${boot.disk}`, `hwlab.disk_size=${extents.size}`, 'loglevel=4'] };
    }
    // A system's own words stay, but where its root is.
    const own = (image.record.append ?? '').split(/\s+/).filter((one) => one !== '' && !/^(root|rw|ro|rootfstype|rootflags|console)(=|$)/.test(one));
    const { root } = kit;
    if (!root) throw new HwlabError({ code: 'not-prepared', blame: 'harness', message: `${this.#parts.id} was not prepared` });
    files.set('root.squashfs', bootFile(root.path, root.size));
    files.set('seed.tar', bootBytes(seedArchive({ mac, ...(keys ? { hostKeyFile: join(keys.loginKeyFile, '..', 'ssh_host_ed25519_key'), authorizedKeyFile: `${keys.loginKeyFile}.pub` } : {}) })));
    return { runId, mac, files, commandLine: [...common, `hwlab.root_size=${root.size}`, `hwlab.root_sha256=${root.sha256}`, ...own] };
  }

  async #event(run: ArmedRun, deadline: Deadline, wanted: (request: ArmedRun['requests'][number]) => boolean): Promise<ArmedRun['requests'][number]> {
    const found = Promise.withResolvers<ArmedRun['requests'][number]>();
    run.onRequest((request) => wanted(request) && found.resolve(request));
    const already = run.requests.find(wanted);
    return already ?? (await deadline.race(`${this.#parts.id} boots from the network`, found.promise));
  }
}

const noRun: ArmedRun = { requests: [], transfers: () => [], onRequest: () => undefined, disarm: () => undefined };

function loginOf({ image }: MetalMachineParts, keys: SeedKeys | undefined): Omit<ShellAddress, 'host' | 'port'> {
  const { username, password, privateKeyFile } = image.record.login;
  if (keys) return { username, privateKeyFile: keys.loginKeyFile, hostKey: keys.hostKey };
  return { username, hostKey: '', ...(password === undefined ? {} : { password }), ...(privateKeyFile === undefined ? {} : { privateKeyFile }) };
}
