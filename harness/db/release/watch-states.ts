import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../generated/device.ts';
import { fullName } from '../identify-device.ts';
import { MemoryCatalogue, type IdentityCatalogue } from '../identity/identity-catalogue.ts';
import { entryOfDevice } from '../identity/identity-entry.ts';
import { JoinedCatalogue } from '../identity/joined-catalogue.ts';
import { mostNumbers } from '../index/device-numbers.ts';
import { IndexedCatalogue } from '../index/indexed-catalogue.ts';
import { openAnswers } from '../index/open-lookup.ts';
import type { IndexOptions } from '../index/update-index.ts';
import { loadDataFile } from '../load-data-file.ts';
import { deciderOf } from '../tender/list-oracle.ts';
import type { ListLine } from '../tender/list-lines.ts';
import { compareAnswers } from './compare-answers.ts';
import { readFrozen, type OpenState } from './load-snapshot.ts';
import { frozenNow, snapshotOf, type Snapshot } from './snapshot.ts';
import { matchLines, watchList, type WatchReport } from './watch-list.ts';

/** A state of the data as far as a list asks of it. */
interface WatchedState extends Disposable {
  /** Names by which its devices are known, if there is an index of them. */
  readonly catalogue: IdentityCatalogue | undefined;
  readonly ids: () => Promise<Iterable<string>>;
  /** undefined for an id that it does not know. */
  readonly device: (id: string) => Promise<Device | undefined>;
  /** The answers for these devices. */
  readonly snapshot: (devices: ReadonlySet<string>) => Promise<Snapshot>;
}

/**
 * What changed for the devices of a list between two states. A database is asked through its index and a data release by the lines of its answers, so that the
 * time grows with the list and not with the results.
 * @param images only these; all when empty
 * @throws HwlabError of data that is wrong, and what the signal was aborted with
 */
export async function watchStates(lines: readonly ListLine[], before: OpenState, after: OpenState, images: readonly string[], options: IndexOptions): Promise<WatchReport> {
  using is = await watched(after, options);
  using was = await watched(before, options);
  const [base, other] = is.catalogue === undefined && was.catalogue !== undefined ? [was, is] : [is, was];
  const names = new Map<string, string>();
  const more = new MemoryCatalogue();
  const indexed = new Set(base.catalogue === undefined ? [] : await base.ids());
  for (const state of base.catalogue === undefined ? [base, other] : [other]) {
    for (const id of await state.ids()) {
      if (names.has(id) || indexed.has(id)) continue;
      const device = await state.device(id);
      if (device === undefined) continue;
      names.set(id, fullName(device));
      more.add(entryOfDevice(device));
    }
  }
  const catalogue = base.catalogue === undefined ? more : new JoinedCatalogue(base.catalogue, more, mostNumbers);
  const oracle = { decide: deciderOf(catalogue, () => true), name: (id: string) => names.get(id) ?? id };
  const matched = matchLines(lines, oracle);
  const devices = new Set(matched.flatMap(({ match }) => (match.kind === 'one' ? [match.candidate.device] : [])));
  return watchList(matched, compareAnswers(await was.snapshot(devices), await is.snapshot(devices)), images);
}

async function watched(state: OpenState, options: IndexOptions): Promise<WatchedState> {
  if (state.release !== undefined) return ofRelease(state, state.release.manifest);
  return state.lasting ? await ofDatabase(state, options) : ofRevision(state, options.now);
}

async function ofDatabase({ database, label }: OpenState, options: IndexOptions): Promise<WatchedState> {
  const answers = await openAnswers(database, options);
  return {
    catalogue: new IndexedCatalogue(answers.index, { lists: false }),
    ids: () => Promise.resolve(answers.deviceIds()),
    device: (id) => Promise.resolve(answers.device(id)),
    snapshot: (devices) => Promise.resolve(frozenNow(answers, [...devices].flatMap((id) => answers.device(id) ?? []), label, options.now)),
    [Symbol.dispose]: () => answers.close(),
  };
}

function ofRelease({ database }: OpenState, manifest: Parameters<typeof readFrozen>[1]): WatchedState {
  const known = new Set(manifest.files.flatMap(({ path }) => /^devices\/(.+)\.json$/.exec(path)?.[1] ?? []));
  const device = async (id: string): Promise<Device | undefined> => (known.has(id) ? await loadDataFile<Device>(join(database.folder, 'devices', `${id}.json`), 'device') : undefined);
  return { catalogue: undefined, ids: () => Promise.resolve(known), device, snapshot: (devices) => readFrozen(database.folder, manifest, devices), [Symbol.dispose]: () => undefined };
}

/** A git revision lies in a folder of the moment; an index of it would be used once. */
function ofRevision({ database, label }: OpenState, now: Date): WatchedState {
  const folder = database.folderOf('devices');
  const ids = async (): Promise<readonly string[]> => (await readdir(folder)).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []));
  return {
    catalogue: undefined,
    ids,
    device: async (id) => ((await ids()).includes(id) ? await loadDataFile<Device>(join(folder, `${id}.json`), 'device') : undefined),
    snapshot: async (devices) => {
      const { answers, devices: names, ...rest } = await snapshotOf(database, label, now);
      return { ...rest, devices: new Map([...names].filter(([id]) => devices.has(id))), answers: new Map([...answers].filter(([, { device }]) => devices.has(device))) };
    },
    [Symbol.dispose]: () => undefined,
  };
}
