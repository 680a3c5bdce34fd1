import { createHash } from 'node:crypto';
import { HwlabError } from '../base/hwlab-error.ts';
import { canonicalJson } from '../db/canonical-json.ts';
import { deviceWord, parseDeviceWord, type CellDevice } from '../db/cell-device.ts';
import type { Plan, PlanExclude } from '../db/generated/plan.ts';
import { isBuiltIn } from '../emulation/built-in.ts';
import { isOnNetwork } from '../emulation/create-network-device.ts';
import type { Catalogue } from './catalogue.ts';
import { cellName, type Cell } from './cell.ts';

/** A cell's coordinates. */
export interface CellCoordinates {
  readonly image: string;
  readonly machine: string;
  readonly model: string;
  /** Sorted; none when left out. */
  readonly personalities?: readonly string[];
  readonly suite: string;
  /** usb-redir when left out. */
  readonly transport?: 'usbip';
}

/**
 * The cells of a plan in a stable order: images x machines x devices x suites (of those that the model names), without what `exclude`
 * matches, plus what `include` names; an include without a suite means every suite of its model. A device is a model with its personalities.
 * @throws HwlabError usage for unknown names, personalities that do not fit, or a plan without cells.
 */
export function expandPlan(plan: Plan, catalogue: Catalogue): Cell[] {
  const devices = devicesOf(plan, catalogue);
  const coordinates: CellCoordinates[] = [];
  const wanted = plan.suites === 'model' ? undefined : plan.suites.map((suite) => catalogue.suite(suite).name);
  for (const image of plan.images) {
    for (const machine of plan.machines) {
      for (const device of devices) {
        for (const suite of suitesOf(device, catalogue)) {
          if (wanted?.includes(suite) ?? true) coordinates.push({ image, machine, ...device, suite });
        }
      }
    }
  }
  const kept = coordinates.filter((cell) => !plan.exclude?.some((pattern) => matches(pattern, cell)));
  for (const { image, machine, model, suite } of plan.include ?? []) {
    const device = parseDeviceWord(model);
    for (const name of suite === undefined ? suitesOf(device, catalogue) : [suite]) kept.push({ image, machine, ...device, suite: name });
  }
  const usbip = plan.transport === 'usbip';
  const chosen = usbip ? kept.filter(({ model }) => !hasNoPlug(catalogue.model(model).model.emulator)).map((cell) => ({ ...cell, transport: 'usbip' as const })) : kept;
  const unique = [...new Map(chosen.map((cell) => [cellName(cell.image, cell.machine, deviceWord(cell), cell.suite), cell])).values()];
  if (unique.length === 0) throw new HwlabError({ code: 'empty-plan', blame: 'usage', message: `plan ${plan.name} has no cell`, advice: 'look at its exclude rules' });
  const levels = plan.requirements;
  const cellAt = (at: CellCoordinates, index: number): Cell => stopping(makeCell(at, index + 1, catalogue), plan.stopAfterFailures);
  if (levels === undefined) return unique.map(cellAt);
  const featuresOf = ({ suite }: CellCoordinates): readonly string[] =>
    Object.entries(catalogue.suite(suite).requirements).flatMap(([feature, level]) => (levels.some((wanted) => wanted === level) ? [feature] : []));
  // A suite without a feature of these levels has nothing to run.
  return unique.filter((at) => featuresOf(at).length > 0).map((at, index) => ({ ...cellAt(at, index), features: featuresOf(at) }));
}

/** The listed models; with `personalities`, those listed without one once with each that fits, and as they are only if `plain` says so. */
function devicesOf(plan: Plan, catalogue: Catalogue): readonly CellDevice[] {
  const listed = (plan.models === 'all' ? [...new Set([...(plan.first ?? []), ...[...catalogue.models.keys()].sort()])] : plan.models).map(parseDeviceWord);
  for (const device of listed) catalogue.device(device);
  if (plan.personalities === undefined) return listed;
  const asked = plan.personalities === 'all' ? undefined : plan.personalities.map((word) => parseDeviceWord(`+${word}`).personalities);
  const used = new Set<string>();
  const given = new Map<string, number>();
  /** Whether this model is one of the first of its emulator for these personalities. */
  const takes = (emulator: string, ids: readonly string[]): boolean => {
    const key = `${emulator} ${ids.join('+')}`;
    const count = (given.get(key) ?? 0) + 1;
    given.set(key, count);
    return count <= (plan.modelsEach ?? Infinity);
  };
  const devices = listed.flatMap((device) => {
    if (device.personalities.length > 0) return [device];
    const known = catalogue.model(device.model);
    const possible = new Set(catalogue.personalitiesFor(known).map(({ id }) => id));
    const fitting = asked?.filter((ids) => ids.every((id) => possible.has(id))) ?? [...possible].sort().map((id) => [id]);
    for (const ids of fitting) used.add(ids.join('+'));
    const concerned = fitting.filter((personalities) => suitesOf({ ...device, personalities }, catalogue).length > 0);
    const combinations = concerned.filter((ids) => takes(known.model.emulator, ids));
    return [...(plan.plain ? [device] : []), ...combinations.map((personalities) => ({ ...device, personalities }))];
  });
  for (const ids of asked ?? []) {
    for (const id of ids) catalogue.personality(id);
    if (!used.has(ids.join('+'))) throw new HwlabError({ code: 'personality-does-not-fit', blame: 'usage', message: `plan ${plan.name}: personality ${ids.join('+')} fits none of its models`, advice: `./hwlab personality show ${ids[0] ?? ''}` });
  }
  return devices;
}

/** The suites that the model names, or those of them that all its personalities concern. */
export function suitesOf({ model, personalities }: CellDevice, catalogue: Catalogue): readonly string[] {
  const concerned = personalities.map((id) => catalogue.personality(id).personality.suites);
  return catalogue.model(model).model.suites.filter((suite) => concerned.every((suites) => suites?.includes(suite) ?? true));
}

/** A cell made again for a night that is resumed: with the tests of features with these requirement levels only, or all when its plan named none. */
export function onlyLevels(cell: Cell, levels: Plan['requirements']): Cell {
  return levels === undefined ? cell : { ...cell, features: Object.keys(cell.requirements).filter((feature) => levels.some((level) => level === cell.requirements[feature])) };
}

/** The cell, ended by so many failed tests; as it is when nobody says. */
export function stopping(cell: Cell, stopAfterFailures: Plan['stopAfterFailures']): Cell {
  return stopAfterFailures === undefined ? cell : { ...cell, stopAfterFailures };
}

/** @throws HwlabError usage for unknown names and personalities that do not fit. */
export function makeCell(at: CellCoordinates, number: number, catalogue: Catalogue): Cell {
  const [first, ...more] = [...(at.personalities ?? [])].sort();
  const device = { model: at.model, personalities: first === undefined ? [] : [first, ...more] };
  const { model, sha256 } = catalogue.device(device);
  const suite = catalogue.suite(at.suite);
  if (at.transport !== undefined && hasNoPlug(model.emulator)) throw new HwlabError({ code: 'transport-does-not-fit', blame: 'usage', message: `${model.id} has no USB plug, so it does not go over ${at.transport}` });
  const image = catalogue.image(at.image);
  const machine = catalogue.machine(at.machine);
  const hash = catalogue.machineHashes.get(machine);
  const metal = catalogue.labMachines.includes(machine);
  const builtIn = isBuiltIn(model.emulator);
  // A machine of metal has no port of QEMU: an emulated device comes to it over the network.
  const transport = at.transport ?? (metal && !hasNoPlug(model.emulator) ? ('usbip' as const) : undefined);
  return {
    id: {
      id: cellName(image, machine, deviceWord(device), suite.name, transport),
      image,
      machine,
      model: model.id,
      ...(first === undefined ? {} : { personalities: [first, ...more] }),
      device: model.device,
      suite: suite.name,
      // The parts of a computer of the bench hang in it, and nothing of them is emulated.
      attachment: isOnNetwork(model.emulator) ? 'network' : metal && builtIn ? 'wired' : 'emulated',
      ...(transport === undefined ? {} : { transport }),
    },
    number,
    model,
    modelSha256: sha256,
    // What a quirk does is recorded as it is and counts for no headline, so a failure needs no second opinion.
    ...(first === undefined ? {} : { once: true }),
    ...(first === undefined ? {} : { personalityNames: Object.fromEntries(device.personalities.map((id) => [id, catalogue.personality(id).personality.name])) }),
    suiteFiles: suite.files,
    suiteRevision: suite.revision,
    requirements: suite.requirements,
    profileSha256: createHash('sha256').update(canonicalJson(suite.requirements)).digest('hex'),
    ...(hash === undefined ? {} : { machineSha256: hash }),
    blacklist: [],
    sabotage: [],
  };
}

/** On the network, or part of the machine. */
function hasNoPlug(emulator: string): boolean {
  return isOnNetwork(emulator) || isBuiltIn(emulator);
}

function matches(pattern: PlanExclude, cell: CellCoordinates): boolean {
  if (pattern.personality !== undefined && !cell.personalities?.includes(pattern.personality)) return false;
  if (pattern.model !== undefined && pattern.model !== cell.model && deviceWord(parseDeviceWord(pattern.model)) !== deviceWord(cell)) return false;
  return (['image', 'machine', 'suite'] as const).every((key) => pattern[key] === undefined || pattern[key] === cell[key]);
}
