import { hostname } from 'node:os';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import type { HubPort, HubPower } from '../capabilities/hub-power.ts';
import type { Power } from '../capabilities/power.ts';
import { placeOf, type Lab, type LabUnit } from './inventory/lab.ts';
import { createHubPower } from './metal-drivers.ts';

/**
 * The power of a unit by the port of its hub. Whether the unit itself is dark is the hub's word: some feed on.
 * @throws HwlabError usage `no-power` when the lab file names no port of a hub that switches, or one of another host
 */
export function unitPower(lab: Lab, unit: LabUnit, hub: HubPower = createHubPower(), here: string = hostname()): Power {
  const port = switchedPort(lab, unit, here);
  return {
    state: async (deadline, because) =>
      hub.state(port, deadline).catch((error: unknown) => {
        because?.(messageOf(error));
        return 'unknown' as const;
      }),
    on: async (deadline, fence) => hub.switch(port, 'on', deadline, fence),
    off: async (deadline, fence) => hub.switch(port, 'off', deadline, fence),
  };
}

function switchedPort(lab: Lab, unit: LabUnit, here: string): HubPort {
  const none = (why: string, advice: string): HwlabError => new HwlabError({ code: 'no-power', blame: 'usage', message: `${unit.id} cannot be switched: ${why}`, advice });
  if (unit.port === undefined) throw none('the lab file has it on no port of a hub', 'give it "port: HUB/NUMBER" of a hub with "switches: true"; docs/lab.md');
  const { part, number } = placeOf(unit.port);
  const found = lab.hubs.find(({ id }) => id === part);
  if (found?.switches !== true || found.path === undefined) throw none(`the lab file does not say that ${part} switches its ports, and where it hangs`, 'uhubctl lists the hubs that do: write "switches: true" and its "path"');
  const station = lab.stations.find(({ id }) => id === found.station);
  if (station === undefined || (station.host !== here && lab.stations.length > 1)) throw none(`${part} hangs on ${station?.id ?? found.machine ?? 'nothing'}, and this is ${here}`, 'run it there');
  return { hub: found.path, port: number };
}
