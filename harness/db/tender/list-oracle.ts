import { deviceAnswer } from '../answers/device-answer.ts';
import type { Assessor } from '../assessor.ts';
import type { Device } from '../generated/device.ts';
import { decide } from '../identity/decide.ts';
import { buildIdentityCatalogue, matchDevices } from '../identity/match-devices.ts';
import type { ListOracle } from './check-list.ts';

/** Answers the questions of a list from a database that was read once. */
export function listOracle(assessor: Assessor, images: readonly string[], now: Date): ListOracle {
  return {
    decide: deciderOf(assessor.devices.values()),
    answer: (id) => {
      const device = assessor.devices.get(id);
      if (device === undefined) throw new Error(`identity named ${id}, which is no device of the database`);
      return deviceAnswer(device, images.map((image) => assessor.assess(device, image)), { images: assessor.records, now });
    },
  };
}

/** What a text means among some devices. */
export function deciderOf(devices: Iterable<Device>): ListOracle['decide'] {
  const catalogue = buildIdentityCatalogue(devices);
  return (asked) => {
    const all = matchDevices(asked, catalogue);
    return { decision: decide(all), all };
  };
}
