import type { Duplex } from 'node:stream';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { capability, emulatorCapabilities, has } from '../wire/usbredir/capabilities.ts';
import type { PacketOf, RedirPacket } from '../wire/usbredir/packet.ts';
import { RedirCodec } from '../wire/usbredir/redir-codec.ts';
import { InterruptStream } from './interrupt-stream.ts';
import { IsoStreams } from './iso-streams.ts';
import { deviceConnect, endpointInfo, interfaceInfo } from './redir-device-info.ts';
import type { Transfer } from './transfer.ts';
import type { TransferStatus } from './usb-device.ts';
import type { UsbDeviceCore } from './usb-device-core.ts';

/** What QEMU must be able to do: packet sizes, 64-bit ids and long bulk transfers; an xHCI port refuses devices without them. */
const needed = [capability.epInfoMaxPacketSize, capability.ids64, capability.bulkLength32];

type Reply = (status: TransferStatus, data: Uint8Array, accepted: number) => RedirPacket;

/**
 * The device's side of one usbredir connection: plugs a device core into the port that is QEMU's side, carries its transfers, unplugs it.
 * Every id is answered exactly once, a cancelled one with status `cancelled`, because QEMU keeps cancelled ids until their reply comes and
 * uses ids again (DEVICES.md 1.4).
 */
export class RedirHost {
  /** Resolves with the reason when the connection is of no use any more; not when `close` was called. */
  readonly lost: Promise<HwlabError>;
  readonly #stream: Duplex;
  readonly #codec = new RedirCodec({ role: 'host', capabilities: emulatorCapabilities, version: 'hwlab emulated USB device' });
  readonly #greeted = Promise.withResolvers<void>();
  readonly #lose: (error: HwlabError) => void;
  readonly #transfers = new Map<bigint, Transfer>();
  readonly #interrupts = new Map<number, InterruptStream>();
  readonly #isos = new IsoStreams(
    (...packets) => {
      this.#stream.cork();
      for (const packet of packets) this.#send(packet);
      this.#stream.uncork();
    },
    () => this.#drained?.promise,
  );
  #core: UsbDeviceCore | undefined;
  #acknowledged: (() => void) | undefined;
  #onConfigured: (() => void) | undefined;
  #closed = false;
  #drained: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const lost = Promise.withResolvers<HwlabError>();
    this.lost = lost.promise;
    this.#greeted.promise.catch(() => undefined);
    this.#lose = (error) => {
      if (this.#closed) return;
      this.#closed = true;
      lost.resolve(error);
      this.#greeted.reject(error);
      this.#end();
    };
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    stream.on('error', (error) => this.#lose(connectionLost(`the USB port's connection failed: ${error.message}`, error)));
    stream.on('close', () => this.#lose(connectionLost('QEMU closed the connection of the USB port')));
    stream.on('end', () => this.#lose(connectionLost('QEMU ended the connection of the USB port')));
    stream.on('drain', () => this.#onDrain());
    stream.write(this.#codec.hello());
  }

  /** Waits for QEMU's hello. @throws HwlabError `usb-port-lost`, `qemu-lacks-capabilities` or the deadline's, blame lab. */
  async greeted(deadline: Deadline): Promise<void> {
    await deadline.race('the hello of the USB port (is another device plugged into it?)', this.#greeted.promise);
  }

  /** Plugs a device in. `onConfigured` is called at the guest's first SET_CONFIGURATION. */
  attach(core: UsbDeviceCore, onConfigured?: () => void): void {
    if (this.#core) throw new HwlabError({ code: 'usb-port-busy', blame: 'harness', message: 'a device is already plugged into this USB port' });
    this.#core = core;
    this.#onConfigured = onConfigured;
    core.onDisconnect = () => this.#detach(core);
    core.trace.record({ from: 'device', kind: 'plug' });
    this.#send(endpointInfo(core));
    this.#send(interfaceInfo(core));
    this.#send(deviceConnect(core));
  }

  /** Unplugs the device and waits until QEMU has acknowledged it, or at most to the deadline: a paused machine does not answer. */
  async detach(deadline: Deadline): Promise<void> {
    const core = this.#core;
    if (!core) return;
    const acknowledged = new Promise<void>((resolve) => (this.#acknowledged = resolve));
    this.#detach(core);
    if (has(this.#codec.common ?? 0, capability.deviceDisconnectAck)) {
      await deadline.race('the unplug', Promise.race([acknowledged, this.lost])).catch(() => undefined);
    }
  }

  /** Ends the connection, which unplugs too. */
  close(): void {
    this.#closed = true;
    this.#end();
  }

  #end(): void {
    this.#abandon();
    this.#stream.destroy();
    this.#onDrain();
  }

  #detach(core: UsbDeviceCore): void {
    if (this.#core !== core) return;
    this.#abandon();
    this.#send({ name: 'deviceDisconnect', id: 0n });
  }

  /** Forgets the device without a reply to anything that was pending: QEMU drops it by itself. */
  #abandon(): void {
    const core = this.#core;
    this.#core = undefined;
    this.#transfers.clear();
    this.#stopInterrupts(() => true);
    this.#isos.stopAll();
    core?.unplug();
  }

  #receive(bytes: Buffer): void {
    this.#stream.cork();
    try {
      this.#codec.feed(bytes, (packet) => this.#handle(packet));
    } catch (error) {
      this.#lose(error instanceof HwlabError ? error : connectionLost('the USB port failed', error));
    }
    this.#stream.uncork();
  }

  #send(packet: RedirPacket): void {
    if (this.#stream.destroyed || this.#stream.write(this.#codec.encode(packet)) || this.#drained) return;
    this.#drained = Promise.withResolvers<void>();
    this.#stream.pause();
  }

  #onDrain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
    if (!this.#stream.destroyed) this.#stream.resume();
  }

  #handle(packet: RedirPacket): void {
    switch (packet.name) {
      case 'hello':
        this.#greet();
        return;
      case 'filterReject':
        this.#lose(
          new HwlabError({ code: 'usb-port-refused', blame: 'lab', message: "QEMU refused the emulated device at its USB port (filter, speed or endpoints); see QEMU's log", advice: 'use a qemu-xhci controller and no redirfilter' }),
        );
        return;
      case 'disconnectAck':
        this.#acknowledged?.();
        return;
      default:
        if (this.#core) this.#handleFor(this.#core, packet);
    }
  }

  #greet(): void {
    const common = this.#codec.common ?? 0;
    const missing = needed.filter((bit) => !has(common, bit));
    if (missing.length === 0) this.#greeted.resolve();
    else this.#lose(new HwlabError({ code: 'qemu-lacks-capabilities', blame: 'lab', message: `QEMU's usb-redir lacks capabilities ${missing.join(', ')}`, advice: 'use QEMU 5 or later' }));
  }

  #handleFor(core: UsbDeviceCore, packet: RedirPacket): void {
    switch (packet.name) {
      case 'control':
        this.#control(core, packet);
        return;
      case 'bulk':
        this.#data(core, packet, (status, data, length) => ({ ...packet, status, data, length }));
        return;
      case 'interrupt':
        this.#data(core, packet, (status, data, length) => ({ ...packet, status, data, length }));
        return;
      case 'cancel':
        this.#transfers.get(packet.id)?.cancel();
        return;
      case 'reset':
        this.#reset(core);
        return;
      case 'setConfiguration': {
        this.#stopInterrupts(() => true);
        this.#isos.stopAll();
        const status = core.setConfiguration(packet.configuration);
        this.#describe(core);
        this.#send({ name: 'configurationStatus', id: packet.id, status, configuration: core.configurationValue });
        if (status === 'ok' && packet.configuration > 0) this.#onConfigured?.();
        return;
      }
      case 'getConfiguration':
        this.#send({ name: 'configurationStatus', id: packet.id, status: 'ok', configuration: core.configurationValue });
        return;
      case 'setAlternate': {
        this.#stopInterrupts((stream) => stream.endpoint.interface === packet.interface);
        this.#isos.stopAll(packet.interface);
        const status = core.setAlternate(packet.interface, packet.alternate);
        this.#describe(core);
        this.#alternateStatus(core, packet.id, packet.interface, status);
        return;
      }
      case 'getAlternate':
        this.#alternateStatus(core, packet.id, packet.interface, core.alternateOf(packet.interface) === undefined ? 'invalid' : 'ok');
        return;
      case 'startInterrupt':
        this.#startInterrupt(core, packet);
        return;
      case 'stopInterrupt':
        this.#interrupts.get(packet.endpoint)?.stop();
        this.#interrupts.delete(packet.endpoint);
        this.#send({ name: 'interruptStatus', id: packet.id, status: 'ok', endpoint: packet.endpoint });
        return;
      case 'startIso':
        this.#isos.start(core, packet);
        return;
      case 'stopIso':
        this.#isos.stop(packet);
        return;
      case 'allocStreams':
        this.#send({ name: 'streamsStatus', id: packet.id, status: 'invalid', endpoints: packet.endpoints, streams: packet.streams });
        return;
      case 'freeStreams':
        this.#send({ name: 'streamsStatus', id: packet.id, status: 'invalid', endpoints: packet.endpoints, streams: 0 });
        return;
      default:
    }
  }

  #control(core: UsbDeviceCore, packet: PacketOf<'control'>): void {
    const { requestType, request, value, index, length } = packet;
    const isIn = (requestType & 0x80) !== 0;
    this.#start(core, packet.id, (done) =>
      core.submitControl({ requestType, request, value, index, length }, packet.data, ({ status, data }) => {
        const moved = status !== 'ok' ? 0 : isIn ? data.length : packet.data.length;
        done({ ...packet, status, length: moved, data: isIn ? data.subarray(0, moved) : data.subarray(0, 0) });
      }),
    );
  }

  #data(core: UsbDeviceCore, packet: PacketOf<'bulk'> | PacketOf<'interrupt'>, reply: Reply): void {
    const { endpoint } = packet;
    const empty = packet.data.subarray(0, 0);
    if ((endpoint & 0x80) !== 0) this.#start(core, packet.id, (done) => core.submitIn(endpoint, packet.length, ({ status, data }) => done(reply(status, data, data.length))));
    else this.#start(core, packet.id, (done) => core.submitOut(endpoint, packet.data, ({ status, accepted }) => done(reply(status, empty, accepted))));
  }

  /** Begins a transfer, which may be answered at once, and sends its one reply while the device is plugged in. */
  #start(core: UsbDeviceCore, id: bigint, submit: (done: (reply: RedirPacket) => void) => Transfer): void {
    let answered = false;
    const transfer = submit((reply) => {
      answered = true;
      this.#transfers.delete(id);
      if (this.#core === core) this.#send(reply);
    });
    if (!answered && this.#core === core) this.#transfers.set(id, transfer);
  }

  /** QEMU starts the interrupt and isochronous endpoints again when it is told that they stalled, as usbredirhost does. */
  #reset(core: UsbDeviceCore): void {
    const started = [...this.#interrupts.keys()];
    this.#stopInterrupts(() => true);
    const isos = this.#isos.stopAll();
    core.reset();
    for (const endpoint of isos) this.#send({ name: 'isoStatus', id: 0n, status: 'stall', endpoint });
    for (const endpoint of started) this.#send({ name: 'interruptStatus', id: 0n, status: 'stall', endpoint });
  }

  #startInterrupt(core: UsbDeviceCore, packet: PacketOf<'startInterrupt'>): void {
    const { endpoint: address } = packet;
    const endpoint = core.activeEndpoints().find((each) => Number(each.address) === address && each.type === 'interrupt');
    this.#interrupts.get(address)?.stop();
    this.#interrupts.delete(address);
    this.#send({ name: 'interruptStatus', id: packet.id, status: endpoint ? 'ok' : 'invalid', endpoint: address });
    if (!endpoint) return;
    let count = 0n;
    const stream = new InterruptStream(core, endpoint, {
      push: (data) => {
        this.#send({ name: 'interrupt', id: count, endpoint: address, status: 'ok', length: data.length, data });
        count += 1n;
      },
      ended: (status) => {
        if (this.#interrupts.get(address) !== stream) return;
        this.#interrupts.delete(address);
        if (status !== 'cancelled') this.#send({ name: 'interruptStatus', id: 0n, status, endpoint: address });
      },
      ready: () => this.#drained?.promise,
    });
    this.#interrupts.set(address, stream);
    stream.start();
  }

  #stopInterrupts(which: (stream: InterruptStream) => boolean): void {
    for (const [address, stream] of this.#interrupts) {
      if (!which(stream)) continue;
      this.#interrupts.delete(address);
      stream.stop();
    }
  }

  #describe(core: UsbDeviceCore): void {
    this.#send(endpointInfo(core));
    this.#send(interfaceInfo(core));
  }

  #alternateStatus(core: UsbDeviceCore, id: bigint, number: number, status: TransferStatus): void {
    this.#send({ name: 'alternateStatus', id, status, interface: number, alternate: core.alternateOf(number) ?? 0 });
  }
}

function connectionLost(message: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'usb-port-lost', blame: 'lab', retryable: true, message, ...(cause === undefined ? {} : { cause }) });
}
