import { createServer, type RequestListener, type Server } from 'node:http';
import type { OutReply, UsbAlternate, UsbDescriptors, UsbInPipes } from '../usb-device.ts';
import { ByteDamage } from '../usb-printer/byte-damage.ts';
import { InterfacePair } from './interface-pair.ts';
import type { PairPersonality } from './ipp-usb-mfp-behaviour.ts';

interface Channel {
  readonly interfaceNumber: number;
  readonly alternate: number;
  readonly outEndpoint: number;
  readonly inEndpoint: number;
}

/** The HTTP server of a device behind its IPP-USB interfaces: each interface in the alternate setting 7/1/4 is one persistent connection. */
export class HttpOverUsb {
  readonly #channels: readonly Channel[];
  readonly #pipes: UsbInPipes;
  readonly #server: Server;
  /** Active alternate setting of each interface; 0 where nothing was set. */
  readonly #active = new Map<number, number>();
  readonly #pairs = new Map<number, InterfacePair>();
  readonly #manners: () => PairPersonality;
  readonly #damage = new ByteDamage(() => this.#manners());
  #tried = false;
  #awake = false;

  constructor(usb: UsbDescriptors, pipes: UsbInPipes, onRequest: RequestListener, manners: () => PairPersonality = () => ({})) {
    this.#manners = manners;
    this.#channels = channelsOf(usb);
    this.#pipes = pipes;
    this.#server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 64 * 1024 }, onRequest);
    this.#server.timeout = 0;
  }

  /** True if the endpoint is an HTTP pipe in the active alternate setting. */
  owns(outEndpoint: number): boolean {
    return this.#channel(outEndpoint) !== undefined;
  }

  async out(outEndpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply> {
    const channel = this.#channel(outEndpoint);
    if (!channel) return { status: 'stall', accepted: 0 };
    const { workingInterfaces, needsReset } = this.#manners();
    if (this.#channels.indexOf(channel) >= (workingInterfaces ?? Infinity)) return { status: 'ok', accepted: data.length };
    this.#tried = true;
    if (needsReset && !this.#awake) return await refuseUntil(signal);
    // The server may end a connection (`Connection: close`, a bad request): what comes next begins a new one.
    await this.#pairs.get(channel.interfaceNumber)?.ended();
    const pair = this.#pairs.get(channel.interfaceNumber) ?? this.#connect(channel);
    if (await pair.feed(this.#damage.apply(data), signal)) return { status: 'ok', accepted: data.length };
    return signal.aborted ? { status: 'cancelled', accepted: 0 } : { status: 'io-error', accepted: 0 };
  }

  /** SET_INTERFACE: whatever was said on this interface is forgotten. */
  setAlternate(interfaceNumber: number, alternate: number): void {
    this.#active.set(interfaceNumber, alternate);
    this.drop(interfaceNumber);
  }

  /** The class request SOFT_RESET on one interface. */
  softReset(interfaceNumber: number): void {
    this.#awake = true;
    this.drop(interfaceNumber);
  }

  /** Ends the conversation on one interface. */
  drop(interfaceNumber: number): void {
    this.#pairs.get(interfaceNumber)?.destroy();
    this.#pairs.delete(interfaceNumber);
  }

  /** A USB reset; the ones of enumeration come before anything was tried. */
  busReset(): void {
    this.#awake ||= this.#tried;
    this.dropAll();
  }

  /** SET_CONFIGURATION, unplug. */
  dropAll(): void {
    for (const interfaceNumber of [...this.#pairs.keys()]) this.drop(interfaceNumber);
    this.#active.clear();
  }

  #channel(outEndpoint: number): Channel | undefined {
    return this.#channels.find((channel) => channel.outEndpoint === outEndpoint && (this.#active.get(channel.interfaceNumber) ?? 0) === channel.alternate);
  }

  #connect(channel: Channel): InterfacePair {
    const pair = new InterfacePair(async (bytes) => {
      if (this.#manners().emptyPackets) await this.#pipes.send(channel.inEndpoint, new Uint8Array(0));
      await this.#pipes.send(channel.inEndpoint, bytes);
    });
    this.#pairs.set(channel.interfaceNumber, pair);
    pair.once('close', () => {
      if (this.#pairs.get(channel.interfaceNumber) === pair) this.#pairs.delete(channel.interfaceNumber);
    });
    this.#server.emit('connection', pair);
    return pair;
  }
}

/** NAK until the driver gives the transfer up. */
async function refuseUntil(signal: AbortSignal): Promise<OutReply> {
  const { promise, resolve } = Promise.withResolvers<OutReply>();
  const giveUp = (): void => resolve({ status: 'cancelled', accepted: 0 });
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  return await promise;
}

function channelsOf(usb: UsbDescriptors): readonly Channel[] {
  return usb.configuration.interfaces.flatMap(({ number, alternates }) =>
    alternates.flatMap((setting, alternate) => {
      const outEndpoint = bulkEndpoint(setting, 0);
      const inEndpoint = bulkEndpoint(setting, 0x80);
      return isIppUsb(setting) && outEndpoint !== undefined && inEndpoint !== undefined ? [{ interfaceNumber: number, alternate, outEndpoint, inEndpoint }] : [];
    }),
  );
}

function isIppUsb({ class: [usbClass, subclass, protocol] }: UsbAlternate): boolean {
  return usbClass === 7 && subclass === 1 && protocol === 4;
}

function bulkEndpoint(setting: UsbAlternate, direction: number): number | undefined {
  const found = setting.endpoints.find(({ address, type }) => type === 'bulk' && (Number(address) & 0x80) === direction);
  return found ? Number(found.address) & 0x0f : undefined;
}
