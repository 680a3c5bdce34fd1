import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { emulatorCapabilities, type CapabilitySet } from '../../wire/usbredir/capabilities.ts';
import type { PacketOf, RedirPacket } from '../../wire/usbredir/packet.ts';
import { RedirCodec } from '../../wire/usbredir/redir-codec.ts';

/** Where something speaks usbredir as the side with the device: `usbredirect --device ID --as HOST:PORT`, or our own `hwlab model serve`. */
export interface RedirEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Requests that may be open at once; a guest has some dozens. */
const mostOpen = 10_000;
/** Milliseconds of silence after which the other host is asked whether it is still there. */
const silence = 15_000;

/** Packets that the device sent by itself, or that belong to no open request. */
export type Unasked = (packet: RedirPacket) => void;

/**
 * A device behind a usbredir connection, seen from the guest's side. The connection is kept as long as the device is used: usbredirect ends with its one client.
 * What the device says is untrusted: the codec bounds it, and an answer that nobody asked for is passed on as such.
 */
export class RedirectedDevice {
  /** Resolves with the reason when the device is gone; not after `close`. */
  readonly lost: Promise<HwlabError>;
  onUnasked: Unasked = () => undefined;
  /** Told when the device takes no more for now, and when it takes again. */
  onFull: (full: boolean) => void = () => undefined;
  readonly #stream: Duplex;
  readonly #codec = new RedirCodec({ role: 'guest', capabilities: emulatorCapabilities, version: 'hwlab proxy' });
  readonly #ready = Promise.withResolvers<void>();
  readonly #lose: (error: HwlabError) => void;
  readonly #open = new Map<bigint, (answer: RedirPacket) => void>();
  #lastId = 0n;
  #closed = false;
  #endpoints: PacketOf<'epInfo'> | undefined;
  #interfaces: PacketOf<'interfaceInfo'> | undefined;
  #connected: PacketOf<'deviceConnect'> | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const lost = Promise.withResolvers<HwlabError>();
    this.lost = lost.promise;
    this.#ready.promise.catch(() => undefined);
    this.#lose = (error) => {
      if (this.#closed) return;
      this.#closed = true;
      lost.resolve(error);
      this.#ready.reject(error);
      this.#stream.destroy();
    };
    stream.on('data', (bytes: Buffer) => {
      try {
        this.#codec.feed(bytes, (packet) => this.#take(packet));
      } catch (error) {
        this.#lose(unitLost(`the redirected device says what no usbredir is: ${messageOf(error)}`, error));
      }
    });
    stream.on('error', (error) => this.#lose(unitLost(`the connection to the redirected device failed: ${error.message}`, error)));
    stream.on('close', () => this.#lose(unitLost('the redirected device is gone: its connection was closed')));
    stream.on('drain', () => this.onFull(false));
    stream.write(this.#codec.hello());
  }

  /** Connects and waits until the device is there. @throws HwlabError lab `unit-unreachable`, `unit-lost`, or the deadline's */
  static async connect({ host, port }: RedirEndpoint, deadline: Deadline): Promise<RedirectedDevice> {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: silence });
    try {
      await once(socket, 'connect', { signal: deadline.signal });
    } catch (error) {
      socket.destroy();
      if (deadline.expired) throw deadline.error(`connecting to the redirected device at ${host}:${port}`);
      throw new HwlabError({ code: 'unit-unreachable', blame: 'lab', message: `nothing answers at ${host}:${port}: ${messageOf(error)}`, advice: 'start there: usbredirect --device VID:PID --as HOST:PORT (or ./hwlab model serve MODEL); it serves one client and ends with it', cause: error });
    }
    const device = new RedirectedDevice(socket);
    try {
      await deadline.race(`the device at ${host}:${port} (is another client connected?)`, device.#ready.promise);
    } catch (error) {
      device.close();
      throw error;
    }
    return device;
  }

  /** What both sides can do. */
  get common(): CapabilitySet {
    return this.#codec.common ?? 0;
  }

  /** What a guest is told when the device is plugged in: endpoints, interfaces, device, newest. */
  get introduction(): readonly [PacketOf<'epInfo'>, PacketOf<'interfaceInfo'>, PacketOf<'deviceConnect'>] {
    if (!this.#endpoints || !this.#interfaces || !this.#connected) throw new HwlabError({ code: 'unit-lost', blame: 'lab', message: 'the redirected device did not say what it is' });
    return [this.#endpoints, this.#interfaces, this.#connected];
  }

  /** Sends a packet that is answered by one with the same id; returns the id that it went with. A device that leaves too many unanswered is lost. */
  ask(packet: RedirPacket, answered: (answer: RedirPacket) => void): bigint {
    const id = (this.#lastId += 1n);
    if (this.#open.size >= mostOpen) this.#lose(unitLost(`the redirected device left ${mostOpen} requests unanswered`));
    if (this.#closed) return id;
    this.#open.set(id, answered);
    this.tell({ ...packet, id });
    return id;
  }

  /** Sends a packet that has no answer. */
  tell(packet: RedirPacket): void {
    if (!this.#stream.destroyed && !this.#stream.write(this.#codec.encode(packet))) this.onFull(true);
  }

  /** Stops and goes on reading, for a guest that takes slowly. */
  hold(held: boolean): void {
    if (held) this.#stream.pause();
    else this.#stream.resume();
  }

  close(): void {
    this.#closed = true;
    this.#stream.destroy();
  }

  #take(packet: RedirPacket): void {
    const answered = packet.id === 0n ? undefined : this.#open.get(packet.id);
    const isReport = packet.name === 'interrupt' && (packet.endpoint & 0x80) !== 0;
    if (packet.name === 'epInfo') this.#endpoints = packet;
    else if (packet.name === 'interfaceInfo') this.#interfaces = packet;
    else if (packet.name === 'deviceConnect') {
      this.#connected = packet;
      this.#ready.resolve();
      return;
    } else if (packet.name === 'deviceDisconnect') {
      this.onUnasked(packet);
      this.#lose(unitLost('the redirected device was unplugged where it is'));
      return;
    } else if (answered && !isReport && packet.name !== 'iso' && packet.name !== 'bufferedBulk') {
      this.#open.delete(packet.id);
      answered(packet);
      return;
    }
    if (packet.name !== 'hello' && packet.name !== 'filter') this.onUnasked(packet);
  }
}

function unitLost(message: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'unit-lost', blame: 'lab', message, ...(cause === undefined ? {} : { cause }) });
}
