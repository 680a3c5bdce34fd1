import { access } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { LintProblem } from '../../db/lint/lint-rule.ts';
import type { ParsedData } from '../../db/parse-yaml-or-json.ts';
import type { LabFile } from './lab.ts';

/** What this host has: its name, its network cards with their addresses, and files. Tests give their own. */
export interface HostFacts {
  readonly host: string;
  readonly addresses: (card: string) => readonly string[];
  readonly has: (path: string) => Promise<boolean>;
}

export const thisHost: HostFacts = {
  host: hostname(),
  addresses: (card) => (networkInterfaces()[card] ?? []).map(({ address }) => address),
  has: async (path) => access(path).then(() => true, () => false),
};

/** What the lab file says of this very station and is not so: the network card that it boots machines over, and what their screens are plugged into. Warnings: it may be unplugged for now. */
export async function hostProblems(lab: LabFile, file: string, parsed: Pick<ParsedData, 'locate'>, facts: HostFacts = thisHost): Promise<readonly LintProblem[]> {
  const at = lab.stations.findIndex(({ host }) => host === facts.host);
  const station = lab.stations[at];
  if (station === undefined) return [];
  const problems: LintProblem[] = [];
  const say = (path: readonly (string | number)[], message: string, advice: string): void => {
    problems.push({ file, ...parsed.locate(path.map(String)), severity: 'warning', message: `/${path.join('/')}: ${message}`, advice });
  };
  if (station.netboot !== undefined) {
    const { interface: card, address, netmask } = station.netboot;
    const path = ['stations', at, 'netboot', 'interface'];
    if (!(await facts.has(join('/sys/class/net', card)))) say(path, `this host has no network card ${card}`, 'ip link lists them');
    else if (!facts.addresses(card).includes(address)) say(path, `${card} has not the address ${address}, or is down`, `ip addr add ${address}/${netmask} dev ${card}; ip link set ${card} up`);
  }
  for (const [index, { id, grabber, station: of }] of lab.machines.entries()) {
    if (grabber === undefined || of !== station.id || (await facts.has(grabber))) continue;
    say(['machines', index, 'grabber'], `there is no ${grabber}, so nothing sees the screen of ${id}`, 'ls /dev/v4l/by-id lists grabbers');
  }
  return problems;
}
