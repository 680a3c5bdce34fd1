import { obeyedPower, type Patience } from '../../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';
import { ipmiName, ipmitool, type IpmiAccess } from './ipmitool.ts';

const words = { on: 'on', off: 'off', shutdown: 'soft' } as const;

/** Power through a BMC (IPMI 2.0, 28.3 Chassis Control); needs the program ipmitool. */
export function ipmiPower(access: IpmiAccess, patience?: Patience): Power {
  return obeyedPower(
    {
      name: ipmiName(access),
      soft: true,
      read: async (deadline): Promise<PowerState> => powerStateOf(await ipmitool(access, ['chassis', 'power', 'status'], deadline)),
      send: async (command, deadline) => void (await ipmitool(access, ['chassis', 'power', words[command]], deadline)),
    },
    patience,
  );
}

/** Reads `Chassis Power is on`; anything else is unknown. */
export function powerStateOf(output: string): PowerState {
  const found = [...output.matchAll(/^Chassis Power is (on|off)\s*$/gm)];
  return found.length === 1 ? (found[0]?.[1] as 'on' | 'off') : 'unknown';
}
