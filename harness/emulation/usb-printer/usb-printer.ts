import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { BackChannel } from './back-channel.ts';
import { ByteDamage } from './byte-damage.ts';
import { PaperPath } from './paper-path.ts';
import { deviceIdReply, portStatus, printerMeaning, printerRequest } from './printer-requests.ts';
import { RawJobs, type RawJob } from './raw-jobs.ts';
import { usbPrinterBehaviour } from './usb-printer-behaviour.ts';

/** What a suite can see of and do to a raw printer. */
export interface RawPrinterControls {
  /** The last 100 jobs, oldest first; the last one may still be coming in. */
  readonly jobs: readonly RawJob[];
  /** Bytes taken since the unit was made. */
  readonly received: number;
  /** Soft resets seen. */
  readonly softResets: number;
  /** False: paper is out; GET_PORT_STATUS says so and nothing is accepted until it is back. */
  setPaper(present: boolean): void;
  /** True: nothing is accepted until it is false again. */
  hold(held: boolean): void;
  /** Bytes per second from now on; undefined is as fast as they come. */
  setSpeed(bytesPerSecond: number | undefined): void;
  /** Paper is there, nothing is held, the speed is the model's; ended jobs are forgotten. Done before each test. */
  reset(): void;
}

/** A printer of class 7/1/2: one pipe that takes everything, a device id, a status byte. */
export function createUsbPrinter(model: EmulatedModel): EmulatedUnit<RawPrinterControls> {
  const behaviour = usbPrinterBehaviour(model);
  const jobs = new RawJobs(behaviour.jobIdle ?? 30_000);
  const path = new PaperPath(behaviour.bytesPerSecond);
  const damage = new ByteDamage(behaviour);
  let softResets = 0;

  const createFunction = (pipes: UsbInPipes): UsbFunction => {
    const inEndpoint = bulkInEndpoint(model);
    const back = new BackChannel({
      behaviour,
      model: deviceIdField(behaviour.deviceId, 'MDL', 'MODEL') ?? model.name,
      send: async (bytes) => (inEndpoint === undefined ? undefined : await pipes.send(inEndpoint, bytes)),
      paper: () => path.paper,
    });
    return {
      control: (setup: SetupPacket): ControlReply | undefined => {
        switch (printerRequest(setup)) {
          case 'getDeviceId':
            jobs.end('device-id');
            return deviceIdReply(behaviour);
          case 'getPortStatus':
            return { status: 'ok', data: Uint8Array.of(portStatus(path.paper)) };
          case 'softReset':
            softResets += 1;
            back.stop();
            jobs.end('soft-reset');
            return { status: 'ok', data: new Uint8Array(0) };
          case undefined:
            return undefined;
        }
      },
      out: async (_endpoint, data, signal): Promise<OutReply> => {
        if (!(await path.admit(data.length, signal))) return { status: 'cancelled', accepted: 0 };
        jobs.take(damage.apply(data));
        back.onData(data);
        return { status: 'ok', accepted: data.length };
      },
      onReset: () => {
        back.stop();
        jobs.end('reset');
      },
      onAlternate: () => back.stop(),
      onUnplug: () => {
        back.stop();
        jobs.end('unplug');
      },
    };
  };

  const controls: RawPrinterControls = {
    get jobs() {
      return jobs.jobs;
    },
    get received() {
      return jobs.received;
    },
    get softResets() {
      return softResets;
    },
    setPaper: (present) => path.setPaper(present),
    hold: (held) => path.hold(held),
    setSpeed: (bytesPerSecond) => path.setSpeed(bytesPerSecond),
    reset: () => {
      path.setPaper(true);
      path.hold(false);
      path.setSpeed(behaviour.bytesPerSecond);
      jobs.clear();
    },
  };
  return { model, createFunction, controls, decode: printerMeaning };
}

function bulkInEndpoint(model: EmulatedModel): number | undefined {
  for (const { alternates } of model.usb.configuration.interfaces) {
    const endpoints = alternates.find(({ class: [usbClass] }) => usbClass === 7)?.endpoints ?? [];
    const found = endpoints.find(({ address, type }) => type === 'bulk' && (Number(address) & 0x80) !== 0);
    if (found) return Number(found.address) & 0x0f;
  }
  return undefined;
}
