import { fullName } from '../../identify-device.ts';
import { decide, type Decision } from '../../identity/decide.ts';
import { buildIdentityCatalogue, matchDevices } from '../../identity/match-devices.ts';
import { problemAt, valid } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

export const foundByItsName: LintRule = {
  name: 'found-by-its-name',
  scope: 'together',
  demands: 'who types maker and name of a product is answered with that product',
  check: (context) => {
    const devices = valid(context, 'device');
    const catalogue = buildIdentityCatalogue(devices.map(({ value }) => value));
    return devices.flatMap((file) => {
      const asked = fullName(file.value);
      const decision = decide(matchDevices(asked, catalogue));
      if (decision.kind === 'one' && decision.match.device === file.value.id) return [];
      // Two products of one name are told by one-product-an-id.
      if (decision.kind === 'several' && decision.matches.some(({ device }) => device === file.value.id)) return [];
      return [problemAt(file, ['name'], `"${asked}" is answered with ${answered(decision)}`, { severity: 'warning', advice: 'is the maker in hardware-db/names/vendors.json, with all its names? what differs: hwlab identify' })];
    });
  },
};

function answered(decision: Decision): string {
  if (decision.kind === 'none') return 'nothing';
  if (decision.kind === 'one') return decision.match.device;
  const found = decision.matches.slice(0, 3).map(({ device }) => device).join(', ');
  return decision.kind === 'several' ? `a choice of ${found}` : `something alike: ${found}`;
}
