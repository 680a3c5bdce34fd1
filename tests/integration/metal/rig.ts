import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../../harness/base/places.ts';
import { findProgram } from '../../../harness/setup/host-requirements.ts';
import type { BenchOptions } from './bench.ts';

export interface RigOptions {
  readonly folder: string;
  readonly firmware?: 'bios' | 'uefi';
  readonly disk?: string;
  readonly uefi?: { readonly code: string; readonly variables: string };
  /** Another DHCP server on the wire gives the addresses, and ours is its proxy. */
  readonly beside?: boolean;
  /** More machines in the lab file, whose controllers do not answer. */
  readonly dead?: number;
  /** The lab file says of the machine that it is a real one, and what it is. */
  readonly lies?: boolean;
  /** The machine has no choice of its next boot: its firmware always tries the network first. */
  readonly pxeOrder?: boolean;
  /** `nothing` for a machine that is switched and never boots. */
  readonly inside?: 'nothing';
}

/** What a command said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const machineMac = '52:54:00:77:00:02';
const bridge = 'lab0';
const address = '10.77.0.1';
/** A word that stands nowhere else: where it is found, a secret got out. */
export const bmcPassword = 'open-sesame-7391';
const bmc = { address: '10.78.0.10', port: 6230, user: 'admin', password: bmcPassword };

/** Those of this process, for who is interrupted. */
export const openRigs = new Set<Rig>();

/** A whole lab in the network namespace of this process: a provisioning network, a management network, a machine behind a BMC, and the lab file. */
export class Rig implements AsyncDisposable {
  readonly folder: string;
  readonly labFile: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #bench: ChildProcess;
  readonly #others: ChildProcess[];
  readonly #answers: AsyncIterator<string>;
  readonly #running = new Set<ChildProcess>();

  private constructor(folder: string, labFile: string, bench: ChildProcess, answers: AsyncIterator<string>, others: ChildProcess[]) {
    this.folder = folder;
    this.labFile = labFile;
    this.#bench = bench;
    this.#answers = answers;
    this.#others = others;
    this.environment = { ...process.env, HWLAB_LAB: labFile, HWLAB_STATE: join(folder, 'state'), HWLAB_RUNTIME: join(folder, 'r') };
  }

  static async open(options: RigOptions): Promise<Rig> {
    const { folder } = options;
    mkdirSync(folder, { recursive: true });
    const ip = (...words: readonly string[]): void => void execFileSync(findProgram('ip') ?? 'ip', words);
    ip('link', 'set', 'lo', 'up');
    for (const [name, own] of [[bridge, [`${address}/24`]], ['mgmt0', ['10.78.0.1/24', '10.78.0.10/24']]] as const) {
      ip('link', 'add', name, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
      for (const one of own) ip('addr', 'add', one, 'dev', name);
      ip('link', 'set', name, 'up');
    }
    // With an address of the prefix that our server announces, iPXE does not wait for IPv6.
    ip('-6', 'addr', 'add', 'fd77:6877:6c61:62::1/64', 'dev', bridge, 'nodad');
    ip('tuntap', 'add', 'dev', 'tap0', 'mode', 'tap');
    ip('link', 'set', 'tap0', 'master', bridge, 'up');
    const others = options.beside === true ? [schoolServer(folder)] : [];

    const machine: BenchOptions['machine'] = { mac: machineMac, tap: 'tap0', memory: 1280, serialPort: 9004, ...(options.disk === undefined ? {} : { disk: options.disk }), ...(options.uefi ? { uefi: options.uefi, romFile: '' } : {}), ...(options.inside ? { inside: options.inside } : {}), ...(options.pxeOrder === true ? { networkFirst: true } : {}) };
    // By its environment: there is a password in it, and everybody may read arguments.
    const benchOptions = JSON.stringify({ folder, machine, bmc } satisfies BenchOptions);
    const bench = spawn(process.execPath, [join(import.meta.dirname, 'bench.ts')], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, HWLAB_TEST_BENCH: benchOptions } });
    const answers = createInterface({ input: bench.stdout })[Symbol.asyncIterator]();
    if ((await answers.next()).value !== 'ready') throw new Error('the bench did not come up');
    const labFile = join(folder, 'lab.json');
    writeFileSync(join(folder, 'bmc-password'), bmc.password, { mode: 0o600 });
    const ipmi = { type: 'ipmi', host: bmc.address, port: bmc.port, user: bmc.user, password: { file: join(folder, 'bmc-password') } };
    const lab = {
      schema: 'hwlab/lab/1',
      name: 'bench of a test',
      stations: [{ id: 'here', host: 'here', netboot: { interface: bridge, address, netmask: '255.255.255.0', dhcp: options.beside === true ? 'proxy' : 'server' } }],
      machines: [
        {
          id: 'sim-1',
          name: 'Simulated desktop',
          kind: 'desktop',
          station: 'here',
          firmware: options.firmware ?? 'bios',
          network: [{ mac: machineMac, ...(options.beside === true ? {} : { address: '10.77.0.2' }) }],
          power: ipmi,
          boot: options.pxeOrder === true ? { type: 'pxe-order', file: join(folder, 'boot-order') } : { ...ipmi, bootFlags: 'not-kept' },
          console: { ...ipmi, type: 'sol' },
          ...(options.disk === undefined ? {} : { disk: '/dev/vda' }),
          ...(options.lies === true ? { model: 'qemu-q35' } : { simulator: true }),
        },
        // Controllers that do not answer: nothing is at their address.
        ...Array.from({ length: options.dead ?? 0 }, (_, index) => ({
          ...{ id: `dead-${index + 1}`, name: 'Out of order', kind: 'laptop', station: 'here', firmware: 'bios', network: [{ mac: `52:54:00:77:01:${String(index).padStart(2, '0')}` }] },
          power: { ...ipmi, host: `10.78.0.${index + 100}` },
        })),
      ],
      units: [{ id: 'uno-1', model: 'arduino-uno-r3', usb: '2341:0043', serial: 'UNO-1', path: '1-1.2', station: 'here' }],
    };
    writeFileSync(labFile, JSON.stringify(lab, undefined, 2));
    const rig = new Rig(folder, labFile, bench, answers, others);
    openRigs.add(rig);
    return rig;
  }

  /** One line to the bench; what it says before `done`. */
  async tell(line: string): Promise<string> {
    this.#bench.stdin?.write(`${line}\n`);
    const said: string[] = [];
    for (let next = await this.#answers.next(); next.done !== true && next.value !== 'done'; next = await this.#answers.next()) said.push(next.value);
    return said.join('\n');
  }

  /** hwlab's command line on this lab. */
  async hwlab(...args: readonly string[]): Promise<Said> {
    return this.hwlabAs({}, ...args);
  }

  async hwlabAs(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Said> {
    const child = spawn('setpriv', ['--pdeathsig', 'INT', join(projectRoot, 'hwlab'), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...this.environment, ...environment } });
    this.#running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += String(data)));
    child.stderr.on('data', (data) => (stderr += String(data)));
    const [code] = (await once(child, 'close')) as [number];
    this.#running.delete(child);
    return { code, stdout, stderr };
  }

  /** As if Ctrl-C had been typed: what runs gives its machines back. */
  async interrupt(): Promise<void> {
    await Promise.all([...this.#running].map(async (child) => {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      await ended;
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.interrupt();
    const ended = once(this.#bench, 'exit');
    this.#bench.stdin?.end();
    await ended;
    openRigs.delete(this);
    for (const child of this.#others) child.kill('SIGTERM');
    endDaemon(join(this.folder, 'r', 'daemon'));
  }
}

/** libvirtd of this namespace would stay for ten minutes. */
function endDaemon(folder: string): void {
  const name = existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith('.pid')) : undefined;
  const pid = name === undefined ? NaN : Number(readFileSync(join(folder, name), 'utf8'));
  if (Number.isSafeInteger(pid) && pid > 1) process.kill(pid, 'SIGTERM');
}

/** The school's own DHCP server: it gives addresses to everybody and knows nothing of booting. */
function schoolServer(folder: string): ChildProcess {
  const config = join(folder, 'school.conf');
  execFileSync(findProgram('ip') ?? 'ip', ['addr', 'add', '10.77.0.3/24', 'dev', bridge]);
  writeFileSync(config, `port=0\ninterface=${bridge}\nexcept-interface=lo\nbind-dynamic\nleasefile-ro\nno-ping\nlog-dhcp\ndhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,10m\ndhcp-authoritative\n`);
  return spawn('setpriv', ['--pdeathsig', 'TERM', findProgram('dnsmasq') ?? 'dnsmasq', '--keep-in-foreground', `--log-facility=${join(folder, 'school.log')}`, `--conf-file=${config}`, '--user=', '--group='], { stdio: 'ignore' });
}
