import type { Database } from './database.ts';
import type { BadLine } from './read-results.ts';
import { isFlaky } from './verdicts/assess-device.ts';
import type { FlakeObservation } from './verdicts/flake-fault.ts';
import { ImageHistory, type HistoryRules } from './verdicts/test-history.ts';
import { testVerdict } from './verdicts/test-verdict.ts';

/** What the results of a database say, folded. */
export interface Histories {
  /** By image, then by device. */
  readonly histories: ReadonlyMap<string, ReadonlyMap<string, ImageHistory>>;
  /** Of devices with personalities, which say nothing of the device as it is: by image, then by device, then by their ids joined with +. */
  readonly quirks: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, ImageHistory>>>;
  /** Environment of the newest result on each image that names its kernel. */
  readonly current: ReadonlyMap<string, ImageHistory['environment']>;
  /** How many results were read, and the ISO 8601 start of the newest, or empty. */
  readonly results: number;
  readonly newestAt: string;
  /** The first thousand. */
  readonly badLines: readonly BadLine[];
}

const mostBadLines = 1000;

/** Reads all results once, oldest first. Memory grows with devices, images and tests, not with nights. */
export async function readHistories(database: Database, rules: HistoryRules): Promise<Histories> {
  const histories = new Map<string, Map<string, ImageHistory>>();
  const quirks = new Map<string, Map<string, Map<string, ImageHistory>>>();
  const current = new Map<string, ImageHistory['environment']>();
  const badLines: BadLine[] = [];
  let results = 0;
  let newestAt = '';
  const keep = (bad: BadLine): void => void (badLines.length < mostBadLines && badLines.push(bad));
  for await (const result of database.results.results({}, keep)) {
    if (result.manifest?.purpose === 'repro') continue;
    results += 1;
    if (result.startedAt > newestAt) newestAt = result.startedAt;
    const { image, device, personalities } = result.cell;
    const ofImage = personalities ? entry(entry(quirks, image, newMap<Map<string, ImageHistory>>), device, newMap<ImageHistory>) : entry(histories, image, newMap<ImageHistory>);
    entry(ofImage, personalities?.join('+') ?? device, () => new ImageHistory(rules)).add(result);
    if (result.environment.kernel !== undefined) current.set(image, result.environment);
  }
  return { histories, quirks, current, results, newestAt, badLines };
}

function newMap<V>(): Map<string, V> {
  return new Map();
}

/** The value of a key, made if there is none. */
function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** Which tests are flaky on which devices and machines. */
export function observationsOf(byDevice: ReadonlyMap<string, ImageHistory>, familyOf: (device: string) => string): readonly FlakeObservation[] {
  return [...byDevice].flatMap(([device, history]) =>
    history.units.flatMap((unit) =>
      [...unit.tests.values()]
        .filter((test) => test.runs.length > 0)
        .map((test) => ({ test: test.id, device, family: familyOf(device), bench: unit.machine, flaky: isFlaky(testVerdict(test.runs)) })),
    ),
  );
}
