import { HwlabError } from '../../base/hwlab-error.ts';
import type { EmulatedModel, WireEvent } from '../../emulation/usb-device.ts';
import type { AttachedUnit } from './attached-unit.ts';

/** The machine itself as the unit of a cell: it is there from the beginning, and has no cable. Its controls are what its model says that it has. */
export class BuiltInUnit implements AttachedUnit {
  readonly model: EmulatedModel;
  readonly controls: never;
  readonly descriptorsSha256 = '';
  readonly lost: Promise<never> = new Promise(() => undefined);
  readonly knownSysfs = undefined;
  readonly isPlugged = true;

  constructor(model: EmulatedModel) {
    this.model = model;
    this.controls = model.behaviour as never;
  }

  async sysfs(): Promise<string> {
    return Promise.resolve('/sys/devices');
  }

  async beginTest(): Promise<void> {
    return Promise.resolve();
  }

  giveTime(): void {
    // It waits for nothing.
  }

  async plug(): Promise<void> {
    return Promise.resolve();
  }

  async unplug(): Promise<never> {
    return Promise.reject(noCable(this.model));
  }

  async pullOut(): Promise<void> {
    return Promise.resolve();
  }

  clearFaults(): void {
    // It has none.
  }

  fault(): never {
    throw noCable(this.model);
  }

  wire(): readonly WireEvent[] {
    return [];
  }
}

function noCable({ name }: EmulatedModel): HwlabError {
  return new HwlabError({ code: 'no-cable', blame: 'usage', message: `${name} is the machine itself and hangs on no cable` });
}
