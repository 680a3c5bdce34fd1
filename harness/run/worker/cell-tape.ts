import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Artefact } from '../../db/generated/result.ts';
import { readCassetteFile, writeCassetteFile, type CassetteWriter } from '../../emulation/cassette/cassette-file.ts';
import type { Divergence, ReplayReport } from '../../emulation/cassette/divergence.ts';
import { growCassette } from '../../emulation/cassette/grow-cassette.ts';
import { recordUnit } from '../../emulation/cassette/record-unit.ts';
import { replayUnit, type ReplayMode } from '../../emulation/cassette/replay-unit.ts';
import type { RedirectedUnit } from '../../emulation/redirected/redirected-unit.ts';
import type { EmulatedModel, EmulatedUnit, WireListener } from '../../emulation/usb-device.ts';
import { cassetteSchema, type Cassette, type CassetteEvent, type CassetteOrigin } from '../../wire/cassette/cassette.ts';

/** What a cell does with cassettes: records the life of its unit, or plays one instead of the emulation. */
export type TapeOrder = { readonly record: true } | { readonly play: string; readonly mode: ReplayMode };

export interface TapedUnit {
  readonly unit: EmulatedUnit<unknown>;
  readonly onWire: WireListener;
}

/** The cassette of a cell's first unit. Other units of the cell are emulated as always. */
export class CellTape {
  readonly #order: TapeOrder;
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #onDivergence: (divergence: Divergence) => void;
  #writer: CassetteWriter | undefined;
  #report: (() => ReplayReport) | undefined;
  /** The cassette with its new episodes; undefined when there are none. */
  #grown: (() => Cassette | undefined) | undefined;
  #mark: (test: string) => void = () => undefined;

  /** @param folder absolute, of the cell's evidence */
  constructor(order: TapeOrder, folder: string, environment: Readonly<Record<string, string>>, onDivergence: (divergence: Divergence) => void = () => undefined) {
    this.#order = order;
    this.#folder = folder;
    this.#environment = environment;
    this.#onDivergence = onDivergence;
  }

  /** @throws HwlabError usage `cassette-...` */
  async take(unit: EmulatedUnit<unknown>): Promise<TapedUnit> {
    if ('play' in this.#order) {
      const cassette = await readCassetteFile(this.#order.play);
      const { unit: replayed, mark, report, played } = replayUnit(cassette, { mode: this.#order.mode, shadow: unit, onDivergence: this.#onDivergence });
      this.#mark = mark;
      this.#report = report;
      if (this.#order.mode !== 'new-episodes') return { unit: replayed, onWire: () => undefined };
      const events: CassetteEvent[] = [];
      const anew = recordUnit(replayed, (event) => events.push(event));
      this.#mark = (name) => {
        anew.mark(name);
        mark(name);
      };
      this.#grown = () => (played().some(({ fresh }) => fresh) ? growCassette(cassette, events, played()) : undefined);
      return { unit: anew.unit, onWire: anew.onWire };
    }
    const writer = this.#write('emulation', unit.model, []);
    const { unit: recorded, onWire, mark } = recordUnit(unit, (event) => writer.append(event));
    this.#mark = mark;
    return { unit: recorded, onWire };
  }

  /** Records a unit that is elsewhere. @throws HwlabError usage `options-contradict` when a tape is to be played */
  takeRedirected(unit: RedirectedUnit): void {
    if ('play' in this.#order) throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: 'a cassette is played instead of a unit that is elsewhere, not beside it' });
    const writer = this.#write('proxy', unit.unit.model, unit.scrubbed, unit.notes.length > 0 ? { shownOtherwise: unit.notes.join('; ') } : {});
    unit.append = (event) => writer.append(event);
    this.#mark = (name) => unit.mark(name);
  }

  mark(test: string): void {
    this.#mark(test);
  }

  /** What the tape says of the driver; undefined where none was played. */
  report(): ReplayReport | undefined {
    return this.#report?.();
  }

  /** Completes the recording. `folder`: of the evidence, relative to the night's. @throws HwlabError lab `cassette-not-written` */
  async end(folder: string): Promise<Artefact[]> {
    const grown = this.#grown?.();
    this.#grown = undefined;
    if (grown) {
      this.#writer = writeCassetteFile(this.#path, grown.head);
      for (const event of grown.events) this.#writer.append(event);
    }
    const writer = this.#writer;
    this.#writer = undefined;
    if (!writer) return [];
    await writer.end();
    return [{ name: 'cassette', path: join(folder, 'unit.cassette'), mediaType: 'application/gzip' }];
  }

  #write(origin: CassetteOrigin, model: EmulatedModel, scrubbed: readonly string[], more: Readonly<Record<string, string>> = {}): CassetteWriter {
    this.#writer = writeCassetteFile(this.#path, { schema: cassetteSchema, origin, recordedAt: new Date().toISOString(), model: { ...model }, environment: { ...this.#environment, ...more }, scrubbed });
    return this.#writer;
  }

  get #path(): string {
    return join(this.#folder, 'unit.cassette');
  }
}
