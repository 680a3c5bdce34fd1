import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { Deadline } from '../../base/deadline.ts';
import { qemuCapabilities } from '../../wire/usbredir/capabilities.ts';
import type { PacketName } from '../../wire/usbredir/layouts.ts';
import type { PacketOf, RedirPacket } from '../../wire/usbredir/packet.ts';
import { RedirCodec } from '../../wire/usbredir/redir-codec.ts';
import { RedirHost } from '../redir-host.ts';
import type { EmulatedUnit, FaultRule, TransferStatus, WireEvent, WireListener } from '../usb-device.ts';
import { UsbDeviceCore } from '../usb-device-core.ts';

/** How a transfer ended as the guest's driver sees it: the bytes of an IN, how many were taken of an OUT. */
export interface FakeReply {
  readonly status: TransferStatus;
  readonly data: Buffer;
  readonly length: number;
}

/** A transfer that is under way; `cancel` asks for its end, `reply` settles in any case. */
export interface FakeTransfer {
  readonly id: bigint;
  readonly reply: Promise<FakeReply>;
  cancel(): void;
}

type Awaited = { readonly resolve: (packet: RedirPacket) => void; readonly names: readonly PacketName[] };

/**
 * QEMU's side of a usbredir connection, played by a test: it says hello, takes the device, and does what a guest's driver would. Protocol
 * rules are checked on the way: a reply that nobody waits for is kept in `violations`, which a test expects to be empty.
 */
export class FakeQemu {
  readonly violations: string[] = [];
  /** What the device told about itself, newest. */
  connected: PacketOf<'deviceConnect'> | undefined;
  endpoints: PacketOf<'epInfo'> | undefined;
  interfaces: PacketOf<'interfaceInfo'> | undefined;
  disconnects = 0;
  /** Every interrupt_receiving_status, with or without a request. */
  readonly interruptStatuses: PacketOf<'interruptStatus'>[] = [];
  /** Every iso_stream_status. */
  readonly isoStatuses: PacketOf<'isoStatus'>[] = [];
  readonly #isos = new Map<number, (packet: Buffer) => void>();
  readonly #codec: RedirCodec;
  readonly #stream: Duplex;
  readonly #waiting = new Map<bigint, Awaited>();
  readonly #reports = new Map<number, (report: Buffer) => void>();
  readonly #fragments = new Map<number, Buffer[]>();
  readonly #connected = Promise.withResolvers<void>();
  #nextId = 0x7f00_0000_1000n;
  readonly acknowledge: boolean;

  /** `acknowledge` false plays a machine that is paused when a device is unplugged. */
  constructor(stream: Duplex, options: { readonly capabilities?: number; readonly acknowledge?: boolean } = {}) {
    this.#stream = stream;
    this.#codec = new RedirCodec({ role: 'guest', capabilities: options.capabilities ?? qemuCapabilities, version: 'fake qemu' });
    this.acknowledge = options.acknowledge ?? true;
    stream.on('data', (bytes: Buffer) => this.#codec.feed(bytes, (packet) => this.#handle(packet)));
    stream.on('error', () => undefined);
    stream.write(this.#codec.hello());
  }

  /** Resolves when device_connect has come. */
  get plugged(): Promise<void> {
    return this.#connected.promise;
  }

  /** What the firmware and the kernel do at a plug: resets, descriptors, SET_CONFIGURATION 1. Returns the configuration descriptor. */
  async enumerate(): Promise<Buffer> {
    await this.plugged;
    this.reset();
    await this.controlIn(0x80, 6, 0x0100, 0, 64);
    this.reset();
    await this.controlIn(0x80, 6, 0x0100, 0, 18);
    const head = await this.controlIn(0x80, 6, 0x0200, 0, 9);
    const whole = await this.controlIn(0x80, 6, 0x0200, 0, head.data.readUInt16LE(2));
    await this.setConfiguration(1);
    return whole.data;
  }

  async controlIn(requestType: number, request: number, value: number, index: number, length: number): Promise<FakeReply> {
    return await this.control(requestType, request, value, index, length, Buffer.alloc(0)).reply;
  }

  async controlOut(requestType: number, request: number, value: number, index: number, data: Uint8Array = Buffer.alloc(0)): Promise<FakeReply> {
    return await this.control(requestType, request, value, index, data.length, data).reply;
  }

  /** A control transfer that can be cancelled. */
  control(requestType: number, request: number, value: number, index: number, length: number, data: Uint8Array): FakeTransfer {
    return this.#transfer((id) => ({ name: 'control', id, endpoint: requestType & 0x80, requestType, request, status: 'ok', value, index, length, data }));
  }

  async bulkOut(endpoint: number, data: Uint8Array): Promise<FakeReply> {
    return await this.startBulkOut(endpoint, data).reply;
  }

  async bulkIn(endpoint: number, length: number): Promise<FakeReply> {
    return await this.startBulkIn(endpoint, length).reply;
  }

  startBulkOut(endpoint: number, data: Uint8Array): FakeTransfer {
    return this.#transfer((id) => ({ name: 'bulk', id, endpoint, status: 'ok', stream: 0, length: data.length, data }));
  }

  startBulkIn(endpoint: number, length: number): FakeTransfer {
    return this.#transfer((id) => ({ name: 'bulk', id, endpoint: 0x80 | endpoint, status: 'ok', stream: 0, length, data: Buffer.alloc(0) }));
  }

  async interruptOut(endpoint: number, data: Uint8Array): Promise<FakeReply> {
    return await this.#transfer((id) => ({ name: 'interrupt', id, endpoint, status: 'ok', length: data.length, data })).reply;
  }

  /** Starts to poll interrupt IN `endpoint`; whole reports, put together as QEMU does it, go to `onReport`. */
  async startInterrupt(endpoint: number, onReport: (report: Buffer) => void): Promise<TransferStatus> {
    this.#reports.set(0x80 | endpoint, onReport);
    const reply = await this.#ask((id) => ({ name: 'startInterrupt', id, endpoint: 0x80 | endpoint }), 'interruptStatus');
    return reply.status;
  }

  async stopInterrupt(endpoint: number): Promise<TransferStatus> {
    const reply = await this.#ask((id) => ({ name: 'stopInterrupt', id, endpoint: 0x80 | endpoint }), 'interruptStatus');
    this.#reports.delete(0x80 | endpoint);
    return reply.status;
  }

  /** Starts an isochronous IN stream, with the numbers that QEMU asks for at high speed and interval 1; packets go to `onPacket`. QEMU gives no id. */
  startIso(endpoint: number, onPacket: (packet: Buffer) => void): void {
    this.#isos.set(0x80 | endpoint, onPacket);
    this.send({ name: 'startIso', id: 0n, endpoint: 0x80 | endpoint, packetsPerUrb: 32, urbs: 15 });
  }

  stopIso(endpoint: number): void {
    this.#isos.delete(0x80 | endpoint);
    this.send({ name: 'stopIso', id: 0n, endpoint: 0x80 | endpoint });
  }

  async setConfiguration(configuration: number): Promise<TransferStatus> {
    return (await this.#ask((id) => ({ name: 'setConfiguration', id, configuration }), 'configurationStatus')).status;
  }

  async setAlternate(number: number, alternate: number): Promise<TransferStatus> {
    return (await this.#ask((id) => ({ name: 'setAlternate', id, interface: number, alternate }), 'alternateStatus')).status;
  }

  async getConfiguration(): Promise<PacketOf<'configurationStatus'>> {
    return await this.#ask((id) => ({ name: 'getConfiguration', id }), 'configurationStatus');
  }

  async getAlternate(number: number): Promise<PacketOf<'alternateStatus'>> {
    return await this.#ask((id) => ({ name: 'getAlternate', id, interface: number }), 'alternateStatus');
  }

  reset(): void {
    this.send({ name: 'reset', id: 0n });
  }

  /** Any packet, for tests of the protocol itself. */
  send(packet: RedirPacket): void {
    this.#stream.write(this.#codec.encode(packet));
  }

  /** Raw bytes, for tests with a hostile peer. */
  sendBytes(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** Ends the connection as a QEMU that dies. */
  close(): void {
    this.#stream.destroy();
  }

  #transfer(make: (id: bigint) => RedirPacket): FakeTransfer {
    const id = (this.#nextId += 16n);
    const packet = make(id);
    const reply = new Promise<RedirPacket>((resolve) => this.#waiting.set(id, { resolve, names: [packet.name] }));
    this.send(packet);
    return {
      id,
      reply: reply.then((answer) => {
        if (answer.name !== 'control' && answer.name !== 'bulk' && answer.name !== 'interrupt') throw new Error(`${answer.name} as a reply`);
        return { status: answer.status, data: Buffer.from(answer.data), length: answer.length };
      }),
      cancel: () => this.send({ name: 'cancel', id }),
    };
  }

  async #ask<N extends PacketName>(make: (id: bigint) => RedirPacket, name: N): Promise<PacketOf<N>> {
    const id = (this.#nextId += 16n);
    const reply = new Promise<RedirPacket>((resolve) => this.#waiting.set(id, { resolve, names: [name] }));
    this.send(make(id));
    return (await reply) as PacketOf<N>;
  }

  #handle(packet: RedirPacket): void {
    switch (packet.name) {
      case 'hello':
      case 'filter':
        return;
      case 'epInfo':
        this.endpoints = packet;
        return;
      case 'interfaceInfo':
        this.interfaces = packet;
        return;
      case 'deviceConnect':
        if (!this.endpoints || !this.interfaces) this.violations.push('device_connect before ep_info and interface_info');
        this.connected = packet;
        this.#connected.resolve();
        return;
      case 'deviceDisconnect':
        this.#disconnect();
        return;
      case 'interrupt':
        if ((packet.endpoint & 0x80) !== 0) this.#fragment(packet);
        else this.#reply(packet);
        return;
      case 'isoStatus':
        this.isoStatuses.push(packet);
        return;
      case 'iso': {
        const size = this.endpoints?.maxPacketSizes?.[16 | (packet.endpoint & 0x0f)] ?? 0;
        if (packet.data.length > size) this.violations.push(`an isochronous packet of ${packet.data.length} bytes on an endpoint of ${size}`);
        this.#isos.get(packet.endpoint)?.(Buffer.from(packet.data));
        return;
      }
      case 'interruptStatus':
        this.interruptStatuses.push(packet);
        if (packet.id !== 0n) this.#reply(packet);
        return;
      default:
        this.#reply(packet);
    }
  }

  #disconnect(): void {
    this.disconnects += 1;
    this.connected = undefined;
    for (const [id, { resolve, names }] of this.#waiting) {
      if (names[0] === 'bulk' || names[0] === 'control') resolve({ name: 'bulk', id, endpoint: 0, status: 'io-error', stream: 0, length: 0, data: Buffer.alloc(0) });
    }
    this.#waiting.clear();
    if (this.acknowledge) this.send({ name: 'disconnectAck', id: 0n });
  }

  #reply(packet: RedirPacket): void {
    const awaited = this.#waiting.get(packet.id);
    this.#waiting.delete(packet.id);
    if (!awaited) this.violations.push(`${packet.name} for id ${packet.id.toString(16)}, which was answered or never asked`);
    else if (!awaited.names.includes(packet.name)) this.violations.push(`${packet.name} as a reply to ${awaited.names.join()}`);
    else awaited.resolve(packet);
  }

  #fragment(packet: PacketOf<'interrupt'>): void {
    const size = this.endpoints?.maxPacketSizes?.[16 | (packet.endpoint & 0x0f)] ?? 0;
    if (packet.data.length > size) this.violations.push(`an interrupt fragment of ${packet.data.length} bytes on an endpoint of ${size}`);
    const parts = this.#fragments.get(packet.endpoint) ?? [];
    parts.push(Buffer.from(packet.data));
    this.#fragments.set(packet.endpoint, parts);
    if (packet.data.length >= size) return;
    this.#fragments.delete(packet.endpoint);
    const onReport = this.#reports.get(packet.endpoint);
    if (onReport) onReport(Buffer.concat(parts));
    else this.violations.push('an interrupt packet while not started');
  }
}

/** A unit plugged into a fake QEMU in the same process. */
export interface FakePlug {
  readonly guest: FakeQemu;
  readonly host: RedirHost;
  readonly core: UsbDeviceCore;
  readonly wire: WireEvent[];
  /** What the device class threw. */
  readonly failures: Error[];
  fault(rule: FaultRule): void;
  close(): void;
}

/** Plugs `unit` into a fake QEMU and enumerates it, so that the device class is configured and ready. */
export async function plugIntoFake(unit: EmulatedUnit<unknown>, onWire: WireListener = () => undefined): Promise<FakePlug> {
  const [ours, theirs] = duplexPair();
  const wire: WireEvent[] = [];
  const failures: Error[] = [];
  const core = new UsbDeviceCore(unit, {
    onWire: (event, data) => {
      wire.push(event);
      onWire(event, data);
    },
    onFailure: (error) => failures.push(error),
  });
  const guest = new FakeQemu(theirs);
  const host = new RedirHost(ours);
  await host.greeted(Deadline.after(2000));
  host.attach(core);
  await guest.enumerate();
  return { guest, host, core, wire, failures, fault: (rule) => core.fault(rule), close: () => host.close() };
}

/** A fake QEMU that listens on a unix socket, as QEMU's USB ports do; one guest per connection, newest last. */
export async function listenAsQemu(path: string, options?: { readonly capabilities?: number; readonly acknowledge?: boolean }): Promise<{ readonly guests: FakeQemu[]; close(): Promise<void> }> {
  const guests: FakeQemu[] = [];
  const server: Server = createServer((socket) => guests.push(new FakeQemu(socket, options)));
  server.listen(path);
  await once(server, 'listening');
  return {
    guests,
    close: async () => {
      for (const guest of guests) guest.close();
      server.close();
      await once(server, 'close');
    },
  };
}
