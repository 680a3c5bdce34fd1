import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { RedirHost } from './redir-host.ts';
import type { EmulatedUnit, FaultRule, WireListener } from './usb-device.ts';
import { UsbDeviceCore } from './usb-device-core.ts';

/** How long an unplug waits for QEMU's acknowledgement before it closes the connection, which unplugs as well. */
const acknowledgeWithin = 5000;

export interface PlugOptions {
  readonly deadline: Deadline;
  readonly onWire?: WireListener;
}

/** An emulated unit in one of QEMU's USB ports. */
export interface PluggedDevice {
  /** Of device, configuration and string descriptors, hex. */
  readonly descriptorsSha256: string;
  /** Resolves at the first SET_CONFIGURATION of the guest (its firmware's, if that enumerates too). */
  readonly configured: Promise<void>;
  /**
   * Resolves if the device ceases to work without `unplug`: QEMU is gone or refused it (blame lab), or the device class threw
   * (blame harness).
   */
  readonly lost: Promise<HwlabError>;
  /** Arms a fault; it disarms by itself when used up. */
  fault(rule: FaultRule): void;
  clearFaults(): void;
  /** Unplugs and frees the port. Never throws; does nothing the second time. */
  unplug(): Promise<void>;
}

/**
 * Plugs a unit into the USB port that listens on `socketPath` (QEMU: `-chardev socket,path=...,server=on,wait=off`). Settles when QEMU
 * has been told; the guest enumerates after that.
 * @throws HwlabError `usb-port-unreachable`, `usb-port-lost`, `qemu-lacks-capabilities`, `deadline-exceeded` (lab), `bad-descriptors` (usage)
 */
export async function plug(unit: EmulatedUnit<unknown>, socketPath: string, options: PlugOptions): Promise<PluggedDevice> {
  const lost = Promise.withResolvers<HwlabError>();
  const configured = Promise.withResolvers<void>();
  const core = new UsbDeviceCore(unit, { onWire: options.onWire, onFailure: lost.resolve });
  const socket = await openUsbPort(socketPath, options.deadline);
  const host = new RedirHost(socket);
  void host.lost.then(lost.resolve);
  try {
    await host.greeted(options.deadline);
  } catch (error) {
    host.close();
    throw error;
  }
  host.attach(core, configured.resolve);
  let unplugged: Promise<void> | undefined;
  return {
    descriptorsSha256: core.descriptors.sha256,
    configured: configured.promise,
    lost: lost.promise,
    fault: (rule) => core.fault(rule),
    clearFaults: () => core.clearFaults(),
    unplug: async () => {
      unplugged ??= (async () => {
        await host.detach(Deadline.after(acknowledgeWithin));
        host.close();
        if (!socket.closed) await once(socket, 'close');
      })();
      await unplugged;
    },
  };
}

/** Connects to a USB port of QEMU. @throws HwlabError lab `usb-port-unreachable`, or the deadline's */
export async function openUsbPort(path: string, deadline: Deadline): Promise<Socket> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect', { signal: deadline.signal });
    return socket;
  } catch (error) {
    socket.destroy();
    if (deadline.expired) throw deadline.error(`connecting to the USB port ${path}`);
    throw new HwlabError({
      code: 'usb-port-unreachable',
      blame: 'lab',
      retryable: true,
      message: `no USB port answers at ${path}: ${messageOf(error)}`,
      advice: 'check that the machine still runs',
      cause: error,
    });
  }
}
