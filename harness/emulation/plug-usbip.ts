import type { Duplex } from 'node:stream';
import type { HwlabError } from '../base/hwlab-error.ts';
import type { PluggedDevice, PlugOptions } from './plug.ts';
import type { EmulatedUnit } from './usb-device.ts';
import { UsbDeviceCore } from './usb-device-core.ts';
import { UsbipServer } from './usbip-server.ts';

/** The guest's half of USB/IP. */
export interface UsbipGuest {
  /** Hands over every connection that the guest makes to `port` of its own loopback; `close` ends that. */
  listen(onConnection: (stream: Duplex) => void): Promise<{ readonly port: number; close(): Promise<void> }>;
  /** Imports the device `busId` from `port` of the guest's loopback. Settles when the guest's kernel has it. */
  attach(port: number, busId: string): Promise<void>;
}

const busId = '1-1';

/**
 * Plugs a unit into the guest's virtual USB/IP controller (vhci_hcd). Settles when the guest has imported it; it enumerates after that.
 * @throws HwlabError `usbip-not-imported` and those of `guest`
 */
export async function plugUsbip(unit: EmulatedUnit<unknown>, guest: UsbipGuest, options: PlugOptions): Promise<PluggedDevice> {
  const lost = Promise.withResolvers<HwlabError>();
  const configured = Promise.withResolvers<void>();
  const core = new UsbDeviceCore(unit, { onWire: options.onWire, onFailure: lost.resolve });
  const server = new UsbipServer(core, { busId, onConfigured: configured.resolve });
  const listening = await guest.listen((stream) => server.accept(stream));
  try {
    await guest.attach(listening.port, busId);
    await options.deadline.race('the import of the device by the guest', server.imported);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  } finally {
    // One client: the port is of no use any more.
    await listening.close();
  }
  void server.lost.then(lost.resolve);
  return {
    descriptorsSha256: core.descriptors.sha256,
    configured: configured.promise,
    lost: lost.promise,
    fault: (rule) => core.fault(rule),
    clearFaults: () => core.clearFaults(),
    unplug: async () => server[Symbol.asyncDispose](),
  };
}
