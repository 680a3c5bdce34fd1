import type { Deadline } from '../base/deadline.ts';
import type { Fence, Power } from '../capabilities/power.ts';
import type { Lab } from './inventory/lab.ts';
import { powerOf } from './drivers-of.ts';

/** The known state of a machine between holders: off, and read back. A unit has none of its own: it is reset when it is attached. */
export async function bringToKnownState(lab: Lab, resource: string, fence: Fence, deadline: Deadline, power: (id: string) => Promise<Power | undefined> = async (id) => powerFor(lab, id)): Promise<'off' | 'nothing-to-do'> {
  const [kind, id = ''] = resource.split('/');
  if (kind !== 'machine') return 'nothing-to-do';
  const switched = await power(id);
  if (!switched) return 'nothing-to-do';
  await switched.off(deadline, fence);
  return 'off';
}

async function powerFor(lab: Lab, id: string): Promise<Power | undefined> {
  const machine = lab.machines.find((one) => one.id === id);
  return machine === undefined ? undefined : powerOf(machine);
}
