import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { buildDescriptors, type DescriptorSet } from './descriptors.ts';
import { FaultBook } from './fault-book.ts';
import { InPipe } from './in-pipe.ts';
import { IsoPipe } from './iso-pipe.ts';
import { OutPipe } from './out-pipe.ts';
import type { PipeContext } from './pipe-context.ts';
import { answerStandard, type StandardTarget } from './standard-requests.ts';
import { noBytes, type InReply, type Transfer } from './transfer.ts';
import type { ControlReply, EmulatedUnit, FaultRule, OutReply, SetupPacket, TransferStatus, UsbAlternate, UsbDescriptors, UsbEndpoint, UsbFunction, WireListener } from './usb-device.ts';
import { WireTrace } from './wire-trace.ts';

export interface UsbDeviceCoreOptions {
  readonly onWire?: WireListener | undefined;
  /** The device class threw; the request was answered with STALL. */
  readonly onFailure?: (error: HwlabError) => void;
}

/** An endpoint of the active alternate settings. */
export interface ActiveEndpoint extends UsbEndpoint {
  readonly interface: number;
}

/**
 * An emulated device as a transport sees it: control, IN and OUT transfers, configuration, reset, unplug. It answers the standard
 * requests from the descriptors, keeps the pipes and shows faults; the rest is done by the device class's function.
 */
export class UsbDeviceCore implements StandardTarget {
  readonly usb: UsbDescriptors;
  readonly descriptors: DescriptorSet;
  readonly trace: WireTrace;
  remoteWakeup = false;
  /** The transport's way to take the device off the bus, used by the fault `disconnect`. */
  onDisconnect: () => void = () => undefined;
  readonly #function: UsbFunction;
  readonly #faults = new FaultBook();
  readonly #context: PipeContext;
  readonly #onFailure: (error: HwlabError) => void;
  readonly #alternates = new Map<number, number>();
  readonly #in = new Map<number, InPipe>();
  readonly #out = new Map<number, OutPipe>();
  readonly #iso = new Map<number, IsoPipe>();
  readonly #pendingControls = new Set<() => void>();
  #configurationValue = 0;
  #unplugged = false;

  /** @throws HwlabError `bad-descriptors` */
  constructor(unit: EmulatedUnit<unknown>, options: UsbDeviceCoreOptions = {}) {
    this.usb = unit.model.usb;
    this.descriptors = buildDescriptors(this.usb);
    this.trace = new WireTrace(unit, options.onWire);
    this.#onFailure = options.onFailure ?? (() => undefined);
    this.#function = unit.createFunction({
      send: async (endpoint, data, signal) => await this.#in.get(0x80 | endpoint)?.send(data, signal),
      halt: (endpoint) => this.#in.get(0x80 | endpoint)?.halt(),
    });
    this.#context = {
      faults: this.#faults,
      trace: this.trace,
      out: (endpoint, data, signal) => this.#function.out(endpoint, data, signal),
      onPolling: (endpoint, polled) => this.#tell('onPolling', () => this.#function.onPolling?.(endpoint, polled)),
      disconnect: () => this.onDisconnect(),
      failed: (where, error) => this.#fail(where, error),
    };
    this.#selectAll();
  }

  get selfPowered(): boolean {
    return (this.usb.configuration.attributes & 0x40) !== 0;
  }

  get configurationValue(): number {
    return this.#configurationValue;
  }

  /** Endpoints of the active alternate settings of configuration 1, as they are right after plugging in too. */
  activeEndpoints(): readonly ActiveEndpoint[] {
    return this.activeAlternates().flatMap(({ number, alternate }) => alternate.endpoints.map((endpoint) => ({ ...endpoint, interface: number })));
  }

  activeAlternates(): readonly { readonly number: number; readonly alternate: UsbAlternate }[] {
    return this.usb.configuration.interfaces.flatMap(({ number, alternates }) => {
      const alternate = alternates[this.#alternates.get(number) ?? 0];
      return alternate ? [{ number, alternate }] : [];
    });
  }

  /**
   * A control request with the data of its OUT stage. The reply's data is cut to the wanted length. `done` is called once, before
   * this returns if the device class answers at once.
   */
  submitControl(setup: SetupPacket, data: Uint8Array, done: (reply: ControlReply) => void): Transfer {
    let pending = true;
    let timer: NodeJS.Timeout | undefined;
    const finish = (reply: ControlReply): void => {
      if (!pending) return;
      pending = false;
      clearTimeout(timer);
      this.#pendingControls.delete(cancel);
      const cut = reply.data.length > setup.length ? reply.data.subarray(0, setup.length) : reply.data;
      const { status } = reply;
      this.trace.record({ from: 'host', kind: 'control', endpoint: setup.requestType & 0x80, setup, status }, (setup.requestType & 0x80) === 0 ? data : cut);
      done({ status, data: cut });
    };
    const cancel = (): void => finish({ status: 'cancelled', data: noBytes });
    this.#pendingControls.add(cancel);
    const strike = this.#faults.empty ? undefined : this.#faults.strike(0, data.length, setup);
    if (strike) this.trace.record({ from: 'device', kind: 'fault', endpoint: 0, setup, meaning: strike.rule.kind });
    switch (strike?.rule.kind) {
      case 'stall':
        finish({ status: 'stall', data: noBytes });
        break;
      case 'silent':
        break;
      case 'disconnect':
        this.onDisconnect();
        break;
      case 'slow':
        timer = setTimeout(() => this.#answerControl(setup, data, finish), strike.rule.delay ?? 0);
        break;
      case 'short':
        this.#answerControl(setup, data, ({ status, data: whole }) => finish({ status, data: whole.subarray(0, 1) }));
        break;
      default:
        this.#answerControl(setup, data, finish);
    }
    return { cancel };
  }

  /** The driver asks IN endpoint `address` (0x81..0x8f) for at most `length` bytes; pending is NAK. */
  submitIn(address: number, length: number, done: (reply: InReply) => void): Transfer {
    const pipe = this.#in.get(address);
    if (pipe) return pipe.submit(length, done);
    done({ status: 'invalid', data: noBytes });
    return { cancel: () => undefined };
  }

  /** Data of the driver for OUT endpoint `address` (1..15); pending is NAK. */
  submitOut(address: number, data: Uint8Array, done: (reply: OutReply) => void): Transfer {
    const pipe = this.#out.get(address);
    if (pipe) return pipe.submit(data, done);
    done({ status: 'invalid', accepted: 0 });
    return { cancel: () => undefined };
  }

  /** The isochronous IN endpoint `address` of the active alternate setting; undefined for other endpoints, and for a device class that has no streams. */
  isoPipe(address: number): IsoPipe | undefined {
    return this.#iso.get(address);
  }

  /** The driver has ceased to poll an interrupt IN endpoint. */
  stopPolling(address: number): void {
    this.#in.get(address)?.stopPolling();
  }

  setConfiguration(value: number): TransferStatus {
    if (value > 1) return 'stall';
    this.#configurationValue = value;
    this.#selectAll();
    this.trace.record({ from: 'host', kind: 'configuration', meaning: `SET_CONFIGURATION ${value}` });
    this.#tell('onConfiguration', () => this.#function.onConfiguration?.(value));
    return 'ok';
  }

  alternateOf(interfaceNumber: number): number | undefined {
    return this.#alternates.get(interfaceNumber);
  }

  setAlternate(interfaceNumber: number, alternate: number): TransferStatus {
    const found = this.usb.configuration.interfaces[interfaceNumber]?.alternates[alternate];
    if (!found) return 'stall';
    this.#select(interfaceNumber, alternate);
    this.trace.record({ from: 'host', kind: 'alternate', meaning: `SET_INTERFACE ${interfaceNumber} alternate ${alternate}` });
    this.#tell('onAlternate', () => this.#function.onAlternate?.(interfaceNumber, alternate));
    return 'ok';
  }

  isHalted(address: number): boolean | undefined {
    if ((address & 0x0f) === 0) return false;
    return (this.#in.get(address) ?? this.#out.get(address))?.halted;
  }

  setHalted(address: number, halted: boolean): void {
    const pipe = this.#in.get(address) ?? this.#out.get(address);
    if (halted) pipe?.halt();
    else pipe?.clearHalt();
  }

  /** A bus reset: pending transfers and queued data are dropped, alternate settings are 0, the device is not configured. */
  reset(): void {
    this.#configurationValue = 0;
    this.remoteWakeup = false;
    for (const cancel of [...this.#pendingControls]) cancel();
    this.#selectAll();
    this.trace.record({ from: 'host', kind: 'reset' });
    this.#tell('onReset', () => this.#function.onReset?.());
  }

  /** The device is off the bus, for good. */
  unplug(): void {
    if (this.#unplugged) return;
    this.#unplugged = true;
    for (const cancel of [...this.#pendingControls]) cancel();
    this.#dropPipes(() => true);
    this.trace.record({ from: 'device', kind: 'unplug' });
    this.#tell('onUnplug', () => this.#function.onUnplug?.());
  }

  /** Arms a fault. */
  fault(rule: FaultRule): void {
    this.#faults.arm(rule);
    for (const pipe of this.#in.values()) pipe.serve();
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  #answerControl(setup: SetupPacket, data: Uint8Array, finish: (reply: ControlReply) => void): void {
    const failed = (error: unknown): void => {
      this.#fail(`control request ${setup.requestType.toString(16)}/${setup.request.toString(16)}`, error);
      finish({ status: 'stall', data: noBytes });
    };
    try {
      const reply = answerStandard(setup, this) ?? this.#function.control(setup, data) ?? { status: 'stall', data: noBytes };
      if (reply instanceof Promise) reply.then(finish, failed);
      else finish(reply);
    } catch (error) {
      failed(error);
    }
  }

  #selectAll(): void {
    for (const { number } of this.usb.configuration.interfaces) this.#select(number, 0);
  }

  /** Drops the pipes of an interface and makes those of `alternate`. */
  #select(interfaceNumber: number, alternate: number): void {
    const { alternates } = this.usb.configuration.interfaces[interfaceNumber] ?? { alternates: [] };
    const addresses = new Set(alternates.flatMap(({ endpoints }) => endpoints.map(({ address }) => Number(address))));
    this.#dropPipes((address) => addresses.has(address));
    this.#alternates.set(interfaceNumber, alternate);
    for (const endpoint of alternates[alternate]?.endpoints ?? []) {
      const address = Number(endpoint.address);
      if (endpoint.type === 'isochronous') {
        if ((address & 0x80) !== 0 && this.#function.isochronous) this.#iso.set(address, new IsoPipe(endpoint, this.#context, (number) => this.#function.isochronous?.(number)));
      } else if ((address & 0x80) !== 0) this.#in.set(address, new InPipe(endpoint, this.#context));
      else this.#out.set(address, new OutPipe(endpoint, this.#context));
    }
  }

  #dropPipes(which: (address: number) => boolean): void {
    for (const [address, pipe] of this.#iso) {
      if (!which(address)) continue;
      this.#iso.delete(address);
      pipe.close();
    }
    for (const pipes of [this.#in, this.#out]) {
      for (const [address, pipe] of pipes) {
        if (!which(address)) continue;
        pipes.delete(address);
        pipe.drop();
      }
    }
  }

  #tell(what: string, body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#fail(what, error);
    }
  }

  #fail(where: string, error: unknown): void {
    this.trace.record({ from: 'device', kind: 'fault', meaning: `the emulation itself failed: ${messageOf(error)}` });
    this.#onFailure(
      new HwlabError({ code: 'emulation-failed', blame: 'harness', message: `the emulated device failed at ${where}: ${messageOf(error)}`, advice: 'this is a defect of the device class, not of the guest', cause: error }),
    );
  }
}
