import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { parseDhcpLine, type DhcpEvent } from './dhcp-event.ts';
import { dnsmasqConfig, hostsText, type DhcpHost, type DnsmasqOptions } from './dnsmasq-config.ts';

/** Boot programs of Debian's package ipxe. */
const bootPrograms = ['undionly.kpxe', 'snponly.efi'];
const bootProgramPlaces = ['/usr/lib/ipxe', '/boot'];
const mostEvents = 5000;

export type DhcpOptions = Omit<DnsmasqOptions, 'tftpFolder' | 'hostsFile' | 'leaseFile'> & {
  /** An empty folder for its files. */
  readonly folder: string;
};

/** DHCP and TFTP by a dnsmasq of our own, which ends with this process. It answers nobody until `allow` has named somebody. */
export class Dnsmasq implements AsyncDisposable {
  readonly events: DhcpEvent[] = [];
  readonly #hosts = new Map<string, DhcpHost>();
  readonly #hostsFile: string;
  readonly #listeners: ((event: DhcpEvent) => void)[] = [];
  #child: ChildProcess | undefined;
  #said = '';

  private constructor(hostsFile: string) {
    this.#hostsFile = hostsFile;
  }

  /** @throws HwlabError `dhcp-unavailable`, `ipxe-missing`, `command-missing`; blame lab */
  static async start(options: DhcpOptions, deadline: Deadline): Promise<Dnsmasq> {
    const { folder } = options;
    const tftpFolder = join(folder, 'tftp');
    await mkdir(tftpFolder, { recursive: true, mode: 0o755 });
    for (const name of bootPrograms) {
      const found = bootProgramPlaces.map((place) => join(place, name)).find((path) => existsSync(path));
      if (found === undefined) throw new HwlabError({ code: 'ipxe-missing', blame: 'lab', message: `this host has no ${name}`, advice: 'install the package ipxe' });
      await copyFile(found, join(tftpFolder, name));
    }
    const hostsFile = join(folder, 'hosts');
    const config = join(folder, 'dnsmasq.conf');
    await writeFile(hostsFile, '');
    await writeFile(config, dnsmasqConfig({ ...options, tftpFolder, hostsFile, leaseFile: join(folder, 'leases') }));
    const dnsmasq = new Dnsmasq(hostsFile);
    await dnsmasq.#run(config, deadline);
    return dnsmasq;
  }

  onEvent(listener: (event: DhcpEvent) => void): () => void {
    this.#listeners.push(listener);
    return () => void this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }

  /** From now on this machine is answered. */
  async allow(host: DhcpHost): Promise<void> {
    this.#hosts.set(host.mac, host);
    await this.#tell();
  }

  async forbid(mac: string): Promise<void> {
    if (this.#hosts.delete(mac)) await this.#tell();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async #tell(): Promise<void> {
    await writeFile(this.#hostsFile, hostsText([...this.#hosts.values()]));
    this.#child?.kill('SIGHUP');
  }

  async #run(config: string, deadline: Deadline): Promise<void> {
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'dnsmasq', '--keep-in-foreground', '--log-facility=-', `--conf-file=${config}`, '--user=', '--group='], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } });
    this.#child = child;
    const started = Promise.withResolvers<void>();
    const take = (line: string): void => {
      this.#said = `${this.#said}${line}\n`.slice(-2000);
      if (/\bdnsmasq(\[\d+\])?: started\b|started, version|DHCP, /.test(line)) started.resolve();
      const event = parseDhcpLine(line, performance.now());
      if (!event) return;
      if (this.events.length >= mostEvents) this.events.shift();
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
    const failed = (cause: unknown): void => started.reject(new HwlabError({ code: 'dhcp-unavailable', blame: 'lab', message: `dnsmasq does not run: ${messageOf(cause)} ${this.#said.trim().slice(-600)}`, advice: 'port 67 may be taken by another server on this host; DHCP needs root rights', cause }));
    child.once('error', failed);
    child.once('close', (code) => failed(new Error(`it ended with ${code}`)));
    await deadline.race('starting dnsmasq', started.promise);
  }
}
