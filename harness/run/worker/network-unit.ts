import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { StreamListener } from '../../capabilities/stream-listener.ts';
import type { NetworkDevice } from '../../emulation/network-mfp/network-device.ts';
import type { EmulatedModel, WireEvent } from '../../emulation/usb-device.ts';
import { hasReset, type AttachedUnit } from './attached-unit.ts';
import { lanPlace, plugCommand, prepareCommand, unplugCommand, type LanPlace } from './guest-lan.ts';

const pullOutLimit = 8000;

export interface NetworkUnitOptions {
  readonly device: NetworkDevice<unknown>;
  /** Which place on the guest's LAN, from 0. */
  readonly index: number;
  readonly shell: Shell;
  readonly streams: StreamListener;
  readonly onWire: (event: WireEvent) => void;
}

/** One emulated unit on the LAN inside the guest; its connections come through the lab's SSH connection. See docs/decisions/0008. */
export class NetworkUnit implements AttachedUnit {
  readonly model: EmulatedModel;
  readonly controls: never;
  readonly descriptorsSha256 = '';
  readonly lost: Promise<never> = new Promise(() => undefined);
  readonly #options: NetworkUnitOptions;
  readonly #place: LanPlace;
  readonly #server: Server;
  readonly #open = new Set<Duplex>();
  #deadline: Deadline;
  #unlisten: (() => Promise<void>) | undefined;
  #wire: WireEvent[] = [];

  constructor(options: NetworkUnitOptions, deadline: Deadline) {
    this.#options = options;
    this.#deadline = deadline;
    this.#place = lanPlace(options.index);
    this.model = options.device.model;
    this.controls = options.device.controls as never;
    this.#server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 64 * 1024 }, (request, response) => {
      this.#note('host', `${request.method} ${request.url}`);
      response.once('close', () => this.#note('device', `${response.statusCode} to ${request.method} ${request.url}`));
      options.device.listener(request, response);
    });
  }

  get knownSysfs(): string | undefined {
    return this.#unlisten ? `/sys/class/net/${this.#place.cable}` : undefined;
  }

  giveTime(deadline: Deadline): void {
    this.#deadline = deadline;
  }

  async beginTest(deadline: Deadline): Promise<void> {
    this.#deadline = deadline;
    this.#wire = [];
    const controls: unknown = this.controls;
    if (hasReset(controls)) controls.reset();
    await this.plug();
  }

  async sysfs(): Promise<string> {
    await this.plug();
    return `/sys/class/net/${this.#place.cable}`;
  }

  async plug(): Promise<void> {
    if (this.#unlisten) return;
    const { shell, streams, device } = this.#options;
    await this.#rig(prepareCommand(this.#place, device.identity));
    this.#unlisten = await streams.listen(this.#place.socket, (stream) => this.#accept(stream), this.#deadline);
    device.powerOn();
    this.#note('host', `${device.identity.hostName}.local at ${this.#place.address}`, 'plug');
    try {
      await this.#rig(plugCommand(this.#place, device.identity));
    } catch (error) {
      await shell.run(unplugCommand(this.#place), { deadline: this.#deadline }).catch(() => undefined);
      throw error;
    }
  }

  async unplug(): Promise<void> {
    if (!this.#unlisten) return;
    await this.#options.shell.run(unplugCommand(this.#place), { deadline: this.#deadline });
    await this.#turnOff();
  }

  async pullOut(): Promise<void> {
    if (!this.#unlisten) return;
    // The device would be announced for as long as its namespace is there; a guest that does not answer any more has no use for either.
    await this.#options.shell.run(unplugCommand(this.#place), { deadline: Deadline.after(pullOutLimit) }).catch(() => undefined);
    await this.#turnOff();
  }

  async #turnOff(): Promise<void> {
    const unlisten = this.#unlisten;
    this.#unlisten = undefined;
    this.#note('host', this.#options.device.identity.hostName, 'unplug');
    for (const stream of this.#open) stream.destroy();
    this.#options.device.powerOff();
    await unlisten?.();
  }

  get isPlugged(): boolean {
    return this.#unlisten !== undefined;
  }

  clearFaults(): void {
    // It has none: see `fault`.
  }

  fault(): never {
    throw new HwlabError({ code: 'no-usb-faults', blame: 'usage', message: `${this.model.name} is on the network: faults of a USB cable do not apply; use unit.controls.behave` });
  }

  wire(): readonly WireEvent[] {
    return this.#wire;
  }

  #accept(stream: Duplex): void {
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    this.#server.emit('connection', asSocket(stream));
  }

  async #rig(commandLine: string): Promise<void> {
    try {
      await this.#options.shell.run(commandLine, { deadline: this.#deadline });
    } catch (error) {
      if (error instanceof HwlabError && error.code !== 'guest-command-failed') throw error;
      throw new HwlabError({
        code: 'no-lan',
        blame: 'lab',
        message: `the LAN inside the guest could not be made: ${messageOf(error).slice(-600)}`,
        advice: 'the image needs iproute2, avahi-daemon, and a kernel with veth and bridge',
        cause: error,
      });
    }
  }

  #note(from: 'host' | 'device', meaning: string, kind: WireEvent['kind'] = 'bulk'): void {
    const event: WireEvent = { t: performance.timeOrigin + performance.now(), from, kind, meaning: meaning.slice(0, 300) };
    if (this.#wire.length < 20_000) this.#wire.push(event);
    this.#options.onWire(event);
  }
}

/** Node's HTTP server takes a stream for a socket; an SSH channel lacks the switches of one, which mean nothing to it. */
function asSocket(stream: Duplex): Duplex {
  const none = (): Duplex => stream;
  for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref']) if (!(name in stream)) Object.defineProperty(stream, name, { value: none });
  return stream;
}
