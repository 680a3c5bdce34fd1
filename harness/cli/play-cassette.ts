import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { canonicalJson } from '../db/canonical-json.ts';
import { violationsOf } from '../db/parse-data.ts';
import { ResultStore } from '../db/result-store.ts';
import { readCassetteFile } from '../emulation/cassette/cassette-file.ts';
import { replayLines } from '../emulation/cassette/divergence.ts';
import type { ReplayMode } from '../emulation/cassette/replay-unit.ts';
import type { EmulatedModel } from '../emulation/usb-device.ts';
import type { Catalogue } from '../run/catalogue.ts';
import type { Cell } from '../run/cell.ts';
import { exitCodes } from '../run/exit-code.ts';
import { runAndReport } from './run-and-report.ts';

/** A cassette that a command was told to play. */
export interface PlayedCassette {
  readonly file: string;
  /** Id of the model. */
  readonly device: string;
  readonly model: EmulatedModel;
  /** What random contents of the suite started from when it was recorded. */
  readonly seed?: number;
}

/**
 * Reads the cassette that the options name, before anything starts.
 * @throws HwlabError usage `cassette-...`, `options-contradict`, `option-missing`
 */
export async function playedCassette(options: { readonly cassette?: string; readonly device?: string; readonly record?: boolean; readonly control?: string }): Promise<PlayedCassette | undefined> {
  if (options.cassette === undefined) {
    if (options.device === undefined) throw new HwlabError({ code: 'option-missing', blame: 'usage', message: 'what is to be plugged in? --device names the model', advice: './hwlab model list; or --cassette FILE' });
    return undefined;
  }
  if (options.record || options.control !== undefined) throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: '--cassette plays a recording; it does not go with --record or --control' });
  const file = resolve(options.cassette);
  const { head } = await readCassetteFile(file);
  const [wrong] = violationsOf(head.model, 'emulated-model');
  if (wrong) throw new HwlabError({ code: 'cassette-malformed', blame: 'usage', message: `${file}: the cassette cannot be used: its model at /${wrong.path.join('/').slice(0, 200)}: expected ${wrong.expected}, found ${wrong.found}` });
  const model = head.model as unknown as EmulatedModel;
  if (options.device !== undefined && options.device !== model.id) throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: `the cassette is of ${model.id}, not of ${options.device}`, advice: 'leave --device out' });
  const seed = Number(head.environment['seed']);
  return { file, device: model.id, model, ...(Number.isSafeInteger(seed) && head.environment['seed'] !== undefined ? { seed } : {}) };
}

/**
 * The catalogue of this checkout with the model of a cassette in it, where it has no such model: a capture of a device that nobody has made a model of
 * plays all the same.
 */
export function catalogueToPlay({ file, device, model }: PlayedCassette, catalogue: Catalogue): Catalogue {
  if (catalogue.models.has(device)) return catalogue;
  const sha256 = createHash('sha256').update(canonicalJson(model)).digest('hex');
  return catalogue.with({ models: new Map([...catalogue.models, [device, { model, file, sha256 }]]) });
}

/** What makes a cell play a cassette: the recorded model and seed, and one attempt, for a tape says the same each time. */
export function playing(cell: Cell, { file, model, seed }: PlayedCassette, mode: ReplayMode): Pick<Cell, 'id' | 'model' | 'tape' | 'once' | 'seed'> {
  return { id: { ...cell.id, attachment: 'replayed' }, model, tape: { play: file, mode }, once: true, ...(seed === undefined ? {} : { seed }) };
}

/** Runs cells that play a cassette and prints what the tape says of the driver. Returns the exit code. */
export async function runPlayed(options: Parameters<typeof runAndReport>[0]): Promise<number> {
  const before = new Set(await ResultStore.open(options.database).nights());
  const code = await runAndReport(options);
  let diverged = false;
  for (const night of await ResultStore.open(options.database).nights()) {
    if (before.has(night)) continue;
    for await (const { tape, cell, artefacts } of ResultStore.open(options.database).results({ night }, () => undefined)) {
      if (!tape) continue;
      const grown = artefacts.find(({ name }) => name === 'cassette');
      if (grown) process.stderr.write(`the cassette with its new episodes: ${join(options.reports, 'nights', night, grown.path)}\n`);
      diverged ||= tape.verdict === 'divergence' || tape.verdict === 'stalled';
      const { first, ...rest } = tape;
      process.stderr.write(`${cell.id}\n${replayLines({ ...rest, pending: [], ...(first ? { first: { ...first, index: first.index } } : {}) }).join('\n')}\n`);
    }
  }
  return code === exitCodes.ok && diverged ? exitCodes.product : code;
}
