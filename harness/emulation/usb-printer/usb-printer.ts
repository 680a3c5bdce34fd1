import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { BackChannel } from './back-channel.ts';
import { ByteDamage } from './byte-damage.ts';
import { PaperPath } from './paper-path.ts';
import { FlushBuffer } from './flush-buffer.ts';
import { deviceIdReply, portStatus, printerMeaning, printerRequest } from './printer-requests.ts';
import { RawJobs, type JobEnd, type RawJob } from './raw-jobs.ts';
import { usbPrinterBehaviour, type UsbPrinterBehaviour } from './usb-printer-behaviour.ts';

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
  /** Other behaviour than the model's until `reset`: quirks for one test. */
  behave(changes: Partial<UsbPrinterBehaviour>): void;
  /** Paper is there, nothing is held, the behaviour is the model's; ended jobs are forgotten. Done before each test. */
  reset(): void;
}

/** A printer of class 7/1/2: one pipe that takes everything, a device id, a status byte. */
export function createUsbPrinter(model: EmulatedModel): EmulatedUnit<RawPrinterControls> {
  const own = usbPrinterBehaviour(model);
  let behaviour = own;
  const jobs = new RawJobs(own.jobIdle ?? 30_000);
  const path = new PaperPath(own.bytesPerSecond);
  const damage = new ByteDamage(() => behaviour);
  const buffer = new FlushBuffer(() => behaviour.flushTime ?? 0, (bytes) => jobs.take(bytes));
  let softResets = 0;
  let rested = false;
  let upset = 0;

  /** Milliseconds that the printer takes nothing before the next bytes. */
  const rest = (): number => {
    const { pause } = behaviour;
    if (jobs.incoming === 0) rested = false;
    if (!pause || rested || jobs.incoming < pause.afterBytes) return 0;
    rested = true;
    return pause.milliseconds;
  };
  const accept = (data: Uint8Array): void => {
    const lost = Math.min(upset, data.length);
    upset -= lost;
    buffer.take(damage.apply(data.subarray(lost)));
  };
  const end = (by: JobEnd): void => {
    if (by === 'device-id') buffer.flush();
    else buffer.drop();
    jobs.end(by);
  };

  const createFunction = (pipes: UsbInPipes): UsbFunction => {
    const inEndpoint = bulkInEndpoint(model);
    const back = new BackChannel({
      behaviour: () => behaviour,
      model: deviceIdField(own.deviceId, 'MDL', 'MODEL') ?? model.name,
      send: async (bytes) => (inEndpoint === undefined ? undefined : await pipes.send(inEndpoint, bytes)),
      paper: () => path.paper,
    });
    upset = 0;
    return {
      control: (setup: SetupPacket): ControlReply | undefined => {
        switch (printerRequest(setup)) {
          case 'getDeviceId':
            end('device-id');
            return deviceIdReply(behaviour);
          case 'getPortStatus':
            return { status: 'ok', data: Uint8Array.of(portStatus(path.paper)) };
          case 'softReset':
            softResets += 1;
            back.stop();
            end('soft-reset');
            return { status: 'ok', data: new Uint8Array(0) };
          case undefined:
            return undefined;
        }
      },
      out: async (_endpoint, data, signal): Promise<OutReply> => {
        if (!(await path.admit(data.length, signal, rest()))) return { status: 'cancelled', accepted: 0 };
        accept(data);
        if (behaviour.backChannel === 'stall' && inEndpoint !== undefined) pipes.halt(inEndpoint);
        back.onData(data);
        return { status: 'ok', accepted: data.length };
      },
      onReset: () => {
        back.stop();
        end('reset');
      },
      onAlternate: () => {
        back.stop();
        buffer.drop();
        if (jobs.received > 0) upset = behaviour.losesAfterSetInterface ?? 0;
      },
      onUnplug: () => {
        back.stop();
        end('unplug');
      },
    };
  };

  const controls: RawPrinterControls = {
    get jobs() {
      return jobs.jobs;
    },
    get received() {
      return jobs.received + buffer.pending;
    },
    get softResets() {
      return softResets;
    },
    setPaper: (present) => path.setPaper(present),
    hold: (held) => path.hold(held),
    setSpeed: (bytesPerSecond) => path.setSpeed(bytesPerSecond),
    behave: (changes) => {
      behaviour = { ...behaviour, ...changes };
      if (changes.bytesPerSecond !== undefined) path.setSpeed(changes.bytesPerSecond);
    },
    reset: () => {
      behaviour = own;
      path.setPaper(true);
      path.hold(false);
      path.setSpeed(own.bytesPerSecond);
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
