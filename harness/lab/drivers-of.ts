import { HwlabError } from '../base/hwlab-error.ts';
import type { BootDevice } from '../capabilities/boot-device.ts';
import type { Power } from '../capabilities/power.ts';
import type { LabMachine } from './inventory/lab.ts';
import { createBootDevice, createPower, type BootDeviceSpec, type PowerSpec } from './metal-drivers.ts';

/** The power of a machine of the lab file; undefined when it names none. @throws HwlabError usage of the secrets */
export async function powerOf({ power }: LabMachine): Promise<Power | undefined> {
  // The schema has checked what the type alone does not say.
  return power === undefined ? undefined : createPower(power as PowerSpec);
}

/** @throws HwlabError usage `no-power` */
export async function powerNeeded(machine: LabMachine): Promise<Power> {
  const power = await powerOf(machine);
  if (!power) throw missing(machine, 'power');
  return power;
}

/** @throws HwlabError usage `no-boot` */
export async function bootDeviceNeeded(machine: LabMachine): Promise<BootDevice> {
  if (machine.boot === undefined) throw missing(machine, 'boot');
  return createBootDevice(machine.boot as BootDeviceSpec);
}

export function missing(machine: LabMachine, what: 'power' | 'boot' | 'console' | 'network'): HwlabError {
  return new HwlabError({ code: `no-${what}`, blame: 'usage', message: `the lab file says nothing of the ${what} of ${machine.id}`, advice: `add "${what}" to it; docs/lab.md` });
}
