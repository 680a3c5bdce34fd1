import type { MachineConsole } from '../capabilities/machine-console.ts';
import type { LabMachine } from './inventory/lab.ts';
import { createConsole, type ConsoleSpec } from './metal-drivers.ts';

/** Makes the machine's console anew for each start, with the secrets read now; undefined when it has none. @throws HwlabError usage of the secrets */
export async function consoleOf({ console }: LabMachine): Promise<(() => Promise<MachineConsole>) | undefined> {
  if (console === undefined) return Promise.resolve(undefined);
  return Promise.resolve(async () => createConsole(console as ConsoleSpec));
}
