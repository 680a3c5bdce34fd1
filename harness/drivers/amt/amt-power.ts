import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { obeyedPower, type Patience, type PowerCommand } from '../../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';
import { child, managedSystem, textOf, WsmanClient, type AmtAccess } from './wsman-client.ts';

/** Values of PowerState (DMTF DSP1027): AMT calls taking the power away "off, soft" (8); 12 asks the operating system, where Intel's service runs in it. */
const values = { on: 2, off: 8, shutdown: 12 } as const;

/** Power through Intel AMT 3.0 and later: CIM_PowerManagementService, read back from CIM_AssociatedPowerManagementService. */
export function amtPower(access: AmtAccess, patience?: Patience): Power {
  const client = new WsmanClient(access);
  return obeyedPower(
    {
      name: client.name,
      soft: true,
      read: async (deadline) => powerStateOf(textOf(child(await client.get('CIM_AssociatedPowerManagementService', deadline), 'PowerState'))),
      send: async (command, deadline) => request(client, command, deadline),
    },
    patience,
  );
}

/** 2 is on; 6, 7 and 8 are off, hibernated and off; the sleep states 3 and 4 are neither. */
export function powerStateOf(value: string): PowerState {
  if (value === '2') return 'on';
  return ['6', '7', '8'].includes(value) ? 'off' : 'unknown';
}

async function request(client: WsmanClient, command: PowerCommand, deadline: Deadline): Promise<void> {
  const output = await client.invoke('CIM_PowerManagementService', 'Intel(r) AMT Power Management Service', 'RequestPowerStateChange', `<p:PowerState>${values[command]}</p:PowerState>${managedSystem}`, deadline);
  const value = textOf(child(output, 'ReturnValue'));
  if (value === '0') return;
  throw new HwlabError({
    code: 'power-does-not-obey',
    blame: 'lab',
    message: `${client.name} answers ${value || 'nothing'} to a change of power`,
    ...(command === 'shutdown' ? { advice: "a shutdown needs Intel's local management service in the operating system: use off, or shut down over SSH" } : {}),
    facts: { returnValue: value.slice(0, 20) },
  });
}
