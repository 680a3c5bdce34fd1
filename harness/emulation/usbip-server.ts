import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { HwlabError } from '../base/hwlab-error.ts';
import { encodeReply } from '../wire/usbip/encode.ts';
import { operationStatus, type UsbipDevice, type UsbipRequest, usbipSpeeds } from '../wire/usbip/messages.ts';
import { RequestDecoder } from '../wire/usbip/request-decoder.ts';
import type { UsbDeviceCore } from './usb-device-core.ts';
import { protocolError, UsbipSession } from './usbip-session.ts';

/** Connections that have not imported anything; more are closed at once. */
const mostVisitors = 4;
/** Milliseconds that a connection may take to say what it wants. */
const patience = 10_000;

export interface UsbipServerOptions {
  /** The name under which the device is imported, `1-1`. */
  readonly busId: string;
  /** The guest's first SET_CONFIGURATION. */
  readonly onConfigured?: () => void;
}

/**
 * Serves one emulated device over USB/IP to one client at a time. The protocol knows no authentication and no encryption, so nothing listens
 * unless it is asked to, and then on loopback; a guest's connections are handed in with `accept`. A client that breaks the protocol is closed.
 */
export class UsbipServer implements AsyncDisposable {
  /** Resolves when a client that had imported the device is gone without `close`. */
  readonly lost: Promise<HwlabError>;
  readonly #core: UsbDeviceCore;
  readonly #options: UsbipServerOptions;
  readonly #lose: (error: HwlabError) => void;
  readonly #imported = Promise.withResolvers<void>();
  readonly #streams = new Set<Duplex>();
  #listener: Server | undefined;
  #client: UsbipSession | undefined;
  #closed = false;

  constructor(core: UsbDeviceCore, options: UsbipServerOptions) {
    this.#core = core;
    this.#options = options;
    const lost = Promise.withResolvers<HwlabError>();
    this.lost = lost.promise;
    this.#lose = lost.resolve;
    core.onDisconnect = () => this.#end();
  }

  /** Resolves when a client has imported the device. */
  get imported(): Promise<void> {
    return this.#imported.promise;
  }

  /** Listens on a port of this host's loopback that the system picks. */
  async listen(): Promise<number> {
    const listener = createServer((socket) => this.accept(socket));
    listener.maxConnections = mostVisitors + 1;
    this.#listener = listener;
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  }

  /** Takes a connection from elsewhere, such as one that a guest made through its SSH server. */
  accept(stream: Duplex): void {
    if (this.#closed || this.#streams.size > mostVisitors) {
      stream.destroy();
      return;
    }
    const decoder = new RequestDecoder();
    let session: UsbipSession | undefined;
    this.#streams.add(stream);
    const timer = setTimeout(() => close(protocolError('no request in time')), patience);
    const close = (error?: HwlabError): void => {
      if (!this.#streams.delete(stream)) return;
      clearTimeout(timer);
      session?.end();
      if (session !== undefined && session === this.#client) {
        this.#client = undefined;
        this.#lose(error ?? new HwlabError({ code: 'usbip-client-gone', blame: 'lab', retryable: true, message: 'the USB/IP client closed the connection of its device' }));
      }
      stream.destroy();
    };
    const handle = (request: UsbipRequest): void => {
      switch (request.name) {
        case 'devices':
          stream.end(encodeReply({ name: 'devices', devices: this.#client ? [] : [this.#device()] }));
          return;
        case 'import': {
          const status = request.busId !== this.#options.busId ? operationStatus.noDevice : this.#client ? operationStatus.busy : operationStatus.ok;
          if (status !== operationStatus.ok) {
            stream.end(encodeReply({ name: 'imported', status }));
            return;
          }
          clearTimeout(timer);
          session = new UsbipSession(stream, this.#core, () => this.#options.onConfigured?.());
          this.#client = session;
          decoder.imported();
          stream.write(encodeReply({ name: 'imported', status, device: this.#device() }));
          this.#core.trace.record({ from: 'device', kind: 'plug' });
          this.#imported.resolve();
          return;
        }
        default:
          session?.handle(request);
      }
    };
    stream.on('data', (bytes: Buffer) => {
      stream.cork();
      try {
        decoder.feed(bytes, handle);
      } catch (error) {
        close(error instanceof HwlabError ? error : protocolError(String(error)));
      }
      stream.uncork();
    });
    stream.on('error', (error) => close(protocolError(`its connection failed: ${error.message}`)));
    stream.on('end', () => close());
    stream.on('close', () => close());
  }

  /** Takes the device off its client, for good; the kernel's client removes it when its connection ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#end();
    if (!listener) return;
    const closed = once(listener, 'close');
    listener.close();
    await closed;
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client?.end();
    this.#client = undefined;
    for (const stream of this.#streams) stream.destroy();
    this.#core.unplug();
  }

  #device(): UsbipDevice {
    const { usb } = this.#core;
    return {
      path: `/sys/devices/hwlab/${this.#options.busId}`,
      busId: this.#options.busId,
      bus: 1,
      device: 1,
      speed: usbipSpeeds[usb.speed],
      vendorId: Number(usb.vendorId),
      productId: Number(usb.productId),
      deviceVersion: Number(usb.deviceVersion),
      class: usb.class,
      configurationValue: this.#core.configurationValue,
      configurations: 1,
      interfaces: this.#core.activeAlternates().map(({ alternate }) => alternate.class),
    };
  }
}
