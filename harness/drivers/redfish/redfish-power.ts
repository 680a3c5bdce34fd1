import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { obeyedPower, type Patience, type PowerCommand } from '../../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';
import { object, RedfishClient, text, type RedfishAccess } from './redfish-client.ts';

const words = { on: 'On', off: 'ForceOff', shutdown: 'GracefulShutdown' } as const;

/** Power through a Redfish service: ComputerSystem, PowerState and the action Reset. */
export function redfishPower(access: RedfishAccess, patience?: Patience): Power {
  const client = new RedfishClient(access);
  return obeyedPower(
    {
      name: client.name,
      soft: true,
      read: async (deadline): Promise<PowerState> => {
        const said = (await client.system(deadline)).body['PowerState'];
        // PoweringOn, PoweringOff and Paused are no states to rest in.
        return said === 'On' ? 'on' : said === 'Off' ? 'off' : 'unknown';
      },
      send: async (command, deadline) => reset(client, command, deadline),
    },
    patience,
  );
}

async function reset(client: RedfishClient, command: PowerCommand, deadline: Deadline): Promise<void> {
  const { body, path } = await client.system(deadline);
  const action = object(object(body['Actions'])?.['#ComputerSystem.Reset']);
  const allowed = action?.['ResetType@Redfish.AllowableValues'];
  if (Array.isArray(allowed) && !allowed.includes(words[command])) {
    throw new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: `${client.name} has no ${words[command]}; it knows ${allowed.map(String).join(', ').slice(0, 200)}` });
  }
  try {
    await client.post(text(action?.['target']) ?? `${path}/Actions/ComputerSystem.Reset`, { ResetType: words[command] }, deadline);
  } catch (cause) {
    if (!(cause instanceof HwlabError) || cause.code !== 'redfish-refused') throw cause;
    throw new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: cause.message, facts: cause.facts, cause });
  }
}
