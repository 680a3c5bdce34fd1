import { nearMatches } from '../../base/near-matches.ts';
import type { LintProblem } from '../../db/lint/lint-rule.ts';
import type { ParsedData } from '../../db/parse-yaml-or-json.ts';
import { placeOf, type Lab } from './lab.ts';

type Path = readonly (string | number)[];

/** What is looked up outside the file; left out, it is not checked. */
export interface KnownElsewhere {
  /** Ids of hardware-db/devices. */
  readonly devices?: ReadonlySet<string>;
}

/**
 * What is wrong with a lab file that keeps its schema: things named twice, in two places at once, or not there. One pass, in the order of the file.
 */
export function labProblems(lab: Lab, file: string, parsed: Pick<ParsedData, 'locate'>, known: KnownElsewhere = {}): readonly LintProblem[] {
  const problems: LintProblem[] = [];
  const say = (path: Path, message: string, more: { readonly severity?: 'error' | 'warning'; readonly advice?: string } = {}): void => {
    problems.push({ file, ...parsed.locate(path.map(String)), severity: more.severity ?? 'error', message: `/${path.join('/')}: ${message}`, ...(more.advice === undefined ? {} : { advice: more.advice }) });
  };
  const once = new Map<string, Path>();
  /** Something of which there is one only. */
  const claim = (what: string, path: Path): void => {
    const first = once.get(what);
    if (first) say(path, `${what} is given twice`, { advice: `first at /${first.join('/')}` });
    else once.set(what, path);
  };
  const ids = { station: lab.stations, machine: lab.machines, strip: lab.strips ?? [], hub: lab.hubs, switch: lab.switches ?? [] };
  const refer = (kind: keyof typeof ids, id: string, path: Path): void => {
    const all = ids[kind].map((one) => one.id);
    if (all.includes(id)) return;
    const near = nearMatches(id, new Set(all))[0];
    say(path, `there is no ${kind} "${id}"`, near === undefined ? {} : { advice: `did you mean "${near}"?` });
  };
  /** A numbered place of a shared part; `only` for one that a single thing can take. */
  const takePlace = (kind: 'strip' | 'hub' | 'switch', place: string, path: Path): void => {
    const { part, number } = placeOf(place);
    refer(kind, part, path);
    const sizes: readonly { readonly id: string; readonly ports?: number; readonly outlets?: number }[] = ids[kind];
    const found = sizes.find(({ id }) => id === part);
    const size = found?.ports ?? found?.outlets;
    if (size !== undefined && number > size) say(path, `${kind} ${part} has only ${size} ${kind === 'strip' ? 'outlets' : 'ports'}`);
    claim(`${{ strip: 'outlet', hub: 'USB port', switch: 'port of a switch' }[kind]} ${place}`, path);
  };
  const isKnownModel = (model: string | undefined, path: Path): void => {
    if (model === undefined || known.devices === undefined || known.devices.has(model)) return;
    const near = nearMatches(model, known.devices)[0];
    say(path, `there is no device "${model}" in hardware-db/devices`, { severity: 'warning', advice: near === undefined ? 'results are kept under a device: add it, docs/contributing-data.md' : `did you mean "${near}"?` });
  };

  for (const [at, station] of lab.stations.entries()) {
    claim(`station ${station.id}`, ['stations', at, 'id']);
    claim(`host ${station.host}`, ['stations', at, 'host']);
  }
  for (const kind of ['strips', 'hubs', 'switches'] as const) for (const [at, { id }] of (lab[kind] ?? []).entries()) claim(`part ${id}`, [kind, at, 'id']);
  for (const [at, machine] of lab.machines.entries()) {
    const path = ['machines', at] as const;
    claim(`machine ${machine.id}`, [...path, 'id']);
    refer('station', machine.station, [...path, 'station']);
    isKnownModel(machine.model, [...path, 'model']);
    if (machine.serial !== undefined) claim(`serial ${machine.serial} of a machine`, [...path, 'serial']);
    for (const [nth, { mac, port, address }] of machine.network.entries()) {
      claim(`MAC address ${mac}`, [...path, 'network', nth, 'mac']);
      if (Number.parseInt(mac.slice(0, 2), 16) & 1) say([...path, 'network', nth, 'mac'], `${mac} is the address of a group and not of a machine`);
      if (address !== undefined) claim(`address ${address}`, [...path, 'network', nth, 'address']);
      if (port !== undefined) takePlace('switch', port, [...path, 'network', nth, 'port']);
    }
    if (machine.outlet !== undefined) takePlace('strip', machine.outlet, [...path, 'outlet']);
    if (machine.power === undefined) say(path, `machine ${machine.id} has no power, so a night cannot use it`, { severity: 'warning' });
    if (machine.power !== undefined && machine.boot === undefined) say(path, `machine ${machine.id} has no boot, so no image can be started on it`, { severity: 'warning' });
    const netboot = lab.stations.find(({ id }) => id === machine.station)?.netboot;
    if (machine.boot !== undefined && netboot === undefined) say([...path, 'boot'], `station ${machine.station} has no netboot, so no image can be started on ${machine.id}`, { severity: 'warning', advice: 'docs/netboot.md' });
    if (machine.boot !== undefined && netboot?.dhcp === 'server' && machine.network[0].address === undefined) say([...path, 'network', 0], `${machine.id} has no address, and nobody but ${machine.station} gives it one (dhcp: server)`);
    if (machine.console === undefined) say(path, `machine ${machine.id} has no console, so what ends its boot cannot be seen`, { severity: 'warning' });
    for (const [key, spec] of [['power', machine.power], ['console', machine.console]] as const) {
      const own = addressOfSpec(spec);
      if (own !== undefined) claim(`controller ${own} as ${key}`, [...path, key]);
    }
  }
  for (const [at, hub] of lab.hubs.entries()) {
    if (hub.station !== undefined) refer('station', hub.station, ['hubs', at, 'station']);
    if (hub.machine !== undefined) refer('machine', hub.machine, ['hubs', at, 'machine']);
    if ((hub.station === undefined) === (hub.machine === undefined)) say(['hubs', at], 'a hub hangs on a station or on a machine');
    if (hub.path !== undefined) claim(`USB path ${hub.path} of ${hub.station ?? hub.machine ?? ''}`, ['hubs', at, 'path']);
    if (hub.outlet !== undefined) takePlace('strip', hub.outlet, ['hubs', at, 'outlet']);
  }
  for (const [at, { outlet }] of (lab.switches ?? []).entries()) if (outlet !== undefined) takePlace('strip', outlet, ['switches', at, 'outlet']);
  for (const [at, unit] of lab.units.entries()) {
    claim(`unit ${unit.id}`, ['units', at, 'id']);
    isKnownModel(unit.model, ['units', at, 'model']);
    if (unit.serial !== undefined) claim(`serial ${unit.serial} of ${unit.usb ?? unit.model}`, ['units', at, 'serial']);
    if (unit.station !== undefined) refer('station', unit.station, ['units', at, 'station']);
    if (unit.port !== undefined) takePlace('hub', unit.port, ['units', at, 'port']);
    if (unit.path !== undefined) claim(`USB path ${unit.path} of ${unit.station ?? ''}`, ['units', at, 'path']);
    if (unit.address !== undefined) claim(`address ${unit.address}`, ['units', at, 'address']);
    if (unit.outlet !== undefined) takePlace('strip', unit.outlet, ['units', at, 'outlet']);
    const places = [unit.port, unit.path, unit.address].filter((place) => place !== undefined).length;
    if (places !== 1) say(['units', at], places === 0 ? `unit ${unit.id} hangs nowhere` : `unit ${unit.id} hangs in ${places} places`, { severity: places === 0 ? 'warning' : 'error', advice: 'give it a port of a hub, a path on a station, or an address' });
  }
  return problems;
}

/** Which controller a spec speaks to: two machines with the same one would switch each other. */
function addressOfSpec(spec: object | undefined): string | undefined {
  const { type, host, port, url, hostname, system, device } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  const parts = type === 'wake-on-lan' || type === 'command' ? [] : [url, hostname, host, port, system, device].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.map(String).join(' ');
}
