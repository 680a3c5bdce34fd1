import { HwlabError } from '../base/hwlab-error.ts';
import { parseDeviceWord } from '../db/cell-device.ts';
import type { RedirEndpoint } from '../emulation/redirected/redirected-device.ts';
import { listImageIds } from '../images/catalogue.ts';
import type { LabUnit } from '../lab/inventory/lab.ts';
import { offerUnit } from '../lab/unit-offer.ts';
import { loadCatalogue, type Catalogue } from '../run/catalogue.ts';
import { suitesOf } from '../run/plan.ts';
import { giveUpWhenLost } from './give-up-when-lost.ts';
import { bare, openLabSession, type LabOptions } from './lab-session.ts';

/** Longest that a unit is had for one command. */
const limit = 6 * 3600_000;

/** Does `work` with a unit of the lab file that is leased and offered on a port of this host; `device` is the model that it is run as. */
export async function withUnit(name: string, options: LabOptions & { readonly device?: string; readonly suite?: string; readonly from?: RedirEndpoint }, work: (from: RedirEndpoint, device: string) => Promise<number>): Promise<number> {
  if (options.from !== undefined) throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: '--unit says where the device is, and so does --from', advice: 'leave one of them out' });
  using session = await openLabSession(options);
  const resource = session.resource(name);
  const unit = session.lab.units.find(({ id }) => resource === `unit/${id}`);
  if (unit === undefined) throw new HwlabError({ code: 'unknown-name', blame: 'usage', message: `${bare(resource)} is a machine`, advice: `to run on it: --machine ${bare(resource)}` });
  const catalogue = await loadCatalogue(await listImageIds());
  const device = options.device ?? modelOf(unit, catalogue);
  const suites = suitesOf(parseDeviceWord(device), catalogue);
  // usbredirect ends when its client goes.
  if (options.suite === undefined && suites.length !== 1) throw new HwlabError({ code: 'suite-needed', blame: 'usage', message: `${device} has the suites ${suites.join(', ')}, and a unit is plugged in for one of them`, advice: 'say which with --suite' });
  return await session.underLease(
    resource,
    'a run',
    'known',
    async (_fence, deadline) => {
      await using offered = await offerUnit(session.lab, unit, deadline.within(60_000));
      using _watch = giveUpWhenLost(deadline.signal, offered, unit.id, (line) => process.stderr.write(`hwlab: ${line}\n`));
      process.stderr.write(`${unit.id} (${unit.usb ?? ''}) is offered on 127.0.0.1:${offered.port}, as ${device}\n`);
      return await work({ host: '127.0.0.1', port: offered.port }, device);
    },
    limit,
  );
}

/** The one model of that product. @throws HwlabError usage `no-model` */
export function modelOf(unit: Pick<LabUnit, 'id' | 'model'>, { models }: Pick<Catalogue, 'models'>): string {
  const found = [...models.values()].filter(({ model }) => model.device === unit.model).map(({ model }) => model.id);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new HwlabError({ code: 'no-model', blame: 'usage', message: `${unit.id} is ${unit.model}, of which ${found.length === 0 ? 'there is no model' : `there are ${found.length}: ${found.join(', ')}`}`, advice: 'say which with --device; ./hwlab model list' });
}
