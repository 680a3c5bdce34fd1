import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { nearMatches } from '../base/near-matches.ts';
import { projectRoot } from '../base/places.ts';
import { applyPersonalities, misfitOf } from '../db/apply-personalities.ts';
import { canonicalJson } from '../db/canonical-json.ts';
import { deviceWord, type CellDevice } from '../db/cell-device.ts';
import type { Personality } from '../db/generated/personality.ts';
import { loadDataFile } from '../db/load-data-file.ts';
import { findLabFile, loadLab } from '../lab/inventory/read-lab.ts';
import { planGaps, planNames } from '../lab/lab-machines.ts';
import { isOnNetwork } from '../emulation/create-network-device.ts';
import { isBuiltIn } from '../emulation/built-in.ts';
import { noUsb } from '../emulation/no-usb.ts';
import type { EmulatedModel } from '../emulation/usb-device.ts';

export interface KnownModel {
  readonly model: EmulatedModel;
  readonly file: string;
  readonly sha256: string;
}

export interface KnownPersonality {
  readonly personality: Personality;
  readonly file: string;
  readonly sha256: string;
}

export interface KnownSuite {
  readonly name: string;
  readonly files: readonly string[];
  readonly revision: string;
  readonly requirements: Readonly<Record<string, string>>;
}

/** What a catalogue is made of. */
export interface CatalogueParts {
  readonly models: ReadonlyMap<string, KnownModel>;
  readonly personalities?: ReadonlyMap<string, KnownPersonality>;
  readonly suites: ReadonlyMap<string, KnownSuite>;
  readonly machines: readonly string[];
  /** sha256 of each machine profile without its name. */
  readonly machineHashes?: ReadonlyMap<string, string>;
  /** Machines of the lab file, as plans name them. */
  readonly labMachines?: readonly string[];
  /** Machines of the lab file that cannot be in a plan, and why: what the file does not say of them. */
  readonly notReady?: ReadonlyMap<string, string>;
  readonly images: readonly string[];
  readonly plans: readonly string[];
}

/** What the checkout has to run: models, personalities, suites, machine profiles, images, plans, by name. */
export class Catalogue {
  readonly models: ReadonlyMap<string, KnownModel>;
  readonly personalities: ReadonlyMap<string, KnownPersonality>;
  readonly suites: ReadonlyMap<string, KnownSuite>;
  readonly machines: readonly string[];
  readonly machineHashes: ReadonlyMap<string, string>;
  readonly labMachines: readonly string[];
  readonly notReady: ReadonlyMap<string, string>;
  readonly images: readonly string[];
  readonly plans: readonly string[];

  constructor(parts: CatalogueParts) {
    this.models = parts.models;
    this.personalities = parts.personalities ?? new Map<string, KnownPersonality>();
    this.suites = parts.suites;
    this.machines = parts.machines;
    this.machineHashes = parts.machineHashes ?? new Map<string, string>();
    this.labMachines = parts.labMachines ?? [];
    this.notReady = parts.notReady ?? new Map<string, string>();
    this.images = parts.images;
    this.plans = parts.plans;
  }

  /** The same with some parts in place of its own. */
  with(parts: Partial<CatalogueParts>): Catalogue {
    return new Catalogue({ ...this, ...parts });
  }

  /** @throws HwlabError usage `unknown-model` with the near matches. */
  model(id: string): KnownModel {
    return this.models.get(id) ?? unknown('model', id, [...this.models.keys()], './hwlab model list');
  }

  /** @throws HwlabError usage `unknown-personality` with the near matches. */
  personality(id: string): KnownPersonality {
    return this.personalities.get(id) ?? unknown('personality', id, [...this.personalities.keys()], './hwlab personality list');
  }

  /** The personalities that a model can have, by id: for its emulator, and without breaking its schema. A quirk of a feeder is not for a scanner that has none. */
  personalitiesFor({ model }: KnownModel): readonly Personality[] {
    return [...this.personalities.values()].map(({ personality }) => personality).filter((personality) => misfitOf(model, [personality]) === undefined);
  }

  /**
   * A model with its personalities in it, and the hash of all that it is made of.
   * @throws HwlabError usage `unknown-model`, `unknown-personality`, `personality-does-not-fit`, `personalities-conflict` or `personality-invalid`
   */
  device(asked: CellDevice): Omit<KnownModel, 'file'> {
    const known = this.model(asked.model);
    if (asked.personalities.length === 0) return known;
    const personalities = asked.personalities.map((id) => this.personality(id));
    const sha256 = createHash('sha256').update([deviceWord(asked), known.sha256, ...personalities.map((each) => each.sha256)].join('\n')).digest('hex');
    return { model: applyPersonalities(known.model, personalities.map((each) => each.personality)), sha256 };
  }

  /** @throws HwlabError usage `unknown-suite` */
  suite(name: string): KnownSuite {
    return this.suites.get(name) ?? unknown('suite', name, [...this.suites.keys()], './hwlab suite list');
  }

  /** @throws HwlabError usage `unknown-machine`, `machine-not-ready` */
  machine(id: string): string {
    const lacks = this.notReady.get(id);
    if (lacks !== undefined) throw new HwlabError({ code: 'machine-not-ready', blame: 'usage', message: `an image cannot be started on ${id}: the lab file says nothing of its ${lacks}`, advice: `add "${lacks}" to it; docs/lab.md` });
    return this.machines.includes(id) || this.labMachines.includes(id) ? id : unknown('machine', id, [...this.machines, ...this.labMachines], 'ls hardware-db/machines; ./hwlab lab status');
  }

  /** @throws HwlabError usage `unknown-image` */
  image(id: string): string {
    return this.images.includes(id) ? id : unknown('image', id, this.images, './hwlab image list');
  }
}

function unknown(kind: string, id: string, known: readonly string[], list: string): never {
  const near = nearMatches(id, known);
  throw new HwlabError({
    code: `unknown-${kind}`,
    blame: 'usage',
    message: `there is no ${kind} "${id}"${near.length > 0 ? `; did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` : ''}`,
    advice: `the known ones: ${list}`,
    facts: { asked: id, near },
  });
}

/** Reads the checkout. `images` come from the image catalogue, which knows brought ones too. */
export async function loadCatalogue(images: readonly string[], root: string = projectRoot): Promise<Catalogue> {
  const models = new Map<string, KnownModel>();
  for (const file of filesBelow(join(root, 'fixtures/devices'), '.json')) {
    const model = await loadDataFile<EmulatedModel>(file, 'emulated-model');
    models.set(model.id, { model, file, sha256: hashOf(file) });
  }
  for (const known of models.values()) models.set(known.model.id, wholeModel(known, models));
  const personalities = new Map<string, KnownPersonality>();
  for (const file of filesBelow(join(root, 'fixtures/personalities'), '.json')) {
    const personality = await loadDataFile<Personality>(file, 'personality');
    personalities.set(personality.id, { personality, file, sha256: hashOf(file) });
  }
  const suites = new Map<string, KnownSuite>();
  for (const [name, files] of suiteFiles(join(root, 'suites'))) {
    const profile = join(root, 'suites/profiles', `${name}.json`);
    const requirements = existsSync(profile) ? (await loadDataFile<{ features: Record<string, string> }>(profile, 'profile')).features : {};
    suites.set(name, { name, files, revision: revisionOf(files), requirements });
  }
  const named = (folder: string, ending: string): string[] => filesBelow(join(root, folder), ending).map((file) => basename(file, ending));
  const machineHashes = new Map(filesBelow(join(root, 'hardware-db/machines'), '.json').map((file) => [basename(file, '.json'), profileHash(file)]));
  const labFile = root === projectRoot ? findLabFile() : undefined;
  const lab = labFile === undefined ? undefined : await loadLab(labFile);
  return new Catalogue({ models, personalities, suites, machines: [...machineHashes.keys()], machineHashes, ...(lab ? { labMachines: planNames(lab), notReady: planGaps(lab) } : {}), images, plans: named('suites/plans', '.yaml') });
}

/** A model on the network with what it takes from the same product's model on USB, and with no USB. */
function wholeModel(known: KnownModel, models: ReadonlyMap<string, KnownModel>): KnownModel {
  const { model } = known;
  if (isBuiltIn(model.emulator)) return { ...known, model: { ...model, usb: noUsb } };
  if (!isOnNetwork(model.emulator)) return known;
  const side = model.behaviour['networkSideOf'];
  const other = typeof side === 'string' ? models.get(side) : undefined;
  if (typeof side === 'string' && !other) {
    throw new HwlabError({ code: 'unknown-model', blame: 'usage', message: `${known.file} is the network side of "${side}", which there is not`, advice: 'the known ones: ./hwlab model list' });
  }
  const { printer, scanner } = other?.model.behaviour ?? {};
  const behaviour = { ...(printer === undefined ? {} : { printer }), ...(scanner === undefined ? {} : { scanner }), ...model.behaviour };
  const sha256 = other ? createHash('sha256').update(known.sha256).update(other.sha256).digest('hex') : known.sha256;
  return { ...known, model: { ...model, usb: noUsb, behaviour }, sha256 };
}

/** Suite files by the names they declare with `suite('name', ...)`; one file may declare several, several files one. */
function suiteFiles(folder: string): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const file of filesBelow(folder, '.suite.ts')) {
    const names = new Set([...readFileSync(file, 'utf8').matchAll(/^\s*suite\(\s*['"]([a-z0-9-]+)['"]/gm)].map((match) => match[1] ?? ''));
    for (const name of names) byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return byName;
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Of what a machine is, whatever it is called. */
function profileHash(file: string): string {
  const { name: _, ...shape } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return createHash('sha256').update(canonicalJson(shape)).digest('hex');
}

function revisionOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
