import type { Duplex } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { RedirPacket } from '../../wire/usbredir/packet.ts';
import { RedirCodec } from '../../wire/usbredir/redir-codec.ts';
import type { RedirectedDevice } from './redirected-device.ts';
import type { RedirTap } from './redir-tap.ts';

/** Packets of a guest that the device answers with the same id. */
const answered: ReadonlySet<string> = new Set(['control', 'bulk', 'setConfiguration', 'getConfiguration', 'setAlternate', 'getAlternate', 'startInterrupt', 'stopInterrupt', 'startIso', 'stopIso', 'allocStreams', 'freeStreams']);

/**
 * The guest's end of a proxy: one plug of a redirected device into a port of QEMU. Every packet goes on as it is, under an id of our own, and is shown to the tap
 * on its way.
 */
export class GuestSide {
  /** Resolves with the reason when the guest is gone or refuses the device; not after `unplug`. */
  readonly lost: Promise<HwlabError>;
  /** Resolves at the first SET_CONFIGURATION that the device took. */
  readonly configured: Promise<void>;
  readonly #stream: Duplex;
  readonly #device: RedirectedDevice;
  readonly #tap: RedirTap;
  readonly #codec: RedirCodec;
  readonly #greeted = Promise.withResolvers<void>();
  readonly #configured = Promise.withResolvers<void>();
  readonly #acknowledged = Promise.withResolvers<void>();
  readonly #lose: (error: HwlabError) => void;
  /** Guest's id to ours of what is open. */
  readonly #open = new Map<bigint, bigint>();
  readonly #started = new Set<number>();
  #plugged = false;
  #closed = false;

  constructor(stream: Duplex, device: RedirectedDevice, tap: RedirTap) {
    this.#stream = stream;
    this.#device = device;
    this.#tap = tap;
    this.#codec = new RedirCodec({ role: 'host', capabilities: device.common, version: 'hwlab proxy' });
    this.configured = this.#configured.promise;
    const lost = Promise.withResolvers<HwlabError>();
    this.lost = lost.promise;
    this.#greeted.promise.catch(() => undefined);
    this.#lose = (error) => {
      if (this.#closed) return;
      this.#greeted.reject(error);
      lost.resolve(error);
      this.#close();
    };
    stream.on('data', (bytes: Buffer) => {
      try {
        this.#codec.feed(bytes, (packet) => this.#take(packet));
      } catch (error) {
        this.#lose(portLost(`the USB port says what no usbredir is: ${messageOf(error)}`, error));
      }
    });
    stream.on('error', (error) => this.#lose(portLost(`the USB port's connection failed: ${error.message}`, error)));
    stream.on('close', () => this.#lose(portLost('QEMU closed the connection of the USB port')));
    stream.on('drain', () => device.hold(false));
    stream.write(this.#codec.hello());
  }

  /** Waits for QEMU and plugs the device in. @throws HwlabError lab */
  async plug(deadline: Deadline): Promise<void> {
    await deadline.race('the hello of the USB port (is another device plugged into it?)', this.#greeted.promise);
    this.#plugged = true;
    this.#device.onUnasked = (packet) => this.#pass(packet);
    this.#device.onFull = (full) => {
      if (full) this.#stream.pause();
      else this.#stream.resume();
    };
    for (const packet of this.#device.introduction) this.#pass(packet);
  }

  /** Takes the device off the guest's bus and leaves it idle for the next plug. Never throws. */
  async unplug(deadline: Deadline): Promise<void> {
    if (!this.#closed) {
      this.#send({ name: 'deviceDisconnect', id: 0n });
      this.#leave();
      await deadline.race('the unplug', Promise.race([this.#acknowledged.promise, this.lost])).catch(() => undefined);
    }
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    this.#leave();
    this.#stream.destroy();
  }

  /** Ends at the device what this guest began. */
  #leave(): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    this.#device.onUnasked = () => undefined;
    this.#device.onFull = () => undefined;
    this.#stream.resume();
    this.#device.hold(false);
    for (const id of this.#open.values()) this.#device.tell({ name: 'cancel', id });
    this.#open.clear();
    for (const endpoint of this.#started) this.#device.ask({ name: 'stopInterrupt', id: 0n, endpoint }, () => undefined);
    this.#started.clear();
    this.#tap.end();
  }

  #take(packet: RedirPacket): void {
    if (packet.name === 'hello') {
      this.#greeted.resolve();
      return;
    }
    if (packet.name === 'disconnectAck') {
      this.#acknowledged.resolve();
      return;
    }
    if (packet.name === 'filterReject') {
      this.#lose(new HwlabError({ code: 'usb-port-refused', blame: 'lab', message: "QEMU refused the redirected device at its USB port (filter, speed or endpoints); see QEMU's log" }));
      return;
    }
    if (!this.#plugged || packet.name === 'filter') return;
    if (packet.name === 'cancel') {
      const id = this.#open.get(packet.id);
      if (id !== undefined) this.#device.tell({ ...packet, id });
      return;
    }
    if (packet.name === 'startInterrupt') this.#started.add(packet.endpoint);
    else if (packet.name === 'stopInterrupt') this.#started.delete(packet.endpoint);
    const heard = this.#tap.asked(packet);
    const isInterruptOut = packet.name === 'interrupt' && (packet.endpoint & 0x80) === 0;
    if (answered.has(packet.name) || isInterruptOut) this.#ask(packet, heard);
    else this.#device.tell(packet);
  }

  #ask(packet: RedirPacket, heard: ((answer: RedirPacket) => void) | undefined): void {
    const { id } = packet;
    const ours = this.#device.ask(packet, (answer) => {
      if (this.#open.get(id) !== ours) return;
      this.#open.delete(id);
      heard?.(answer);
      this.#send({ ...answer, id });
      if (answer.name === 'configurationStatus' && answer.status === 'ok') this.#configured.resolve();
    });
    this.#open.set(id, ours);
  }

  /** What the device says by itself. */
  #pass(packet: RedirPacket): void {
    this.#tap.unasked(packet);
    this.#send(packet);
  }

  #send(packet: RedirPacket): void {
    if (!this.#stream.destroyed && !this.#stream.write(this.#codec.encode(packet))) this.#device.hold(true);
  }
}

function portLost(message: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'usb-port-lost', blame: 'lab', retryable: true, message, ...(cause === undefined ? {} : { cause }) });
}
