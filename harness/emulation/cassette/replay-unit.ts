import type { Cassette } from '../../wire/cassette/cassette.ts';
import type { EmulatedUnit } from '../usb-device.ts';
import type { Divergence, ReplayReport } from './divergence.ts';
import { TapePlayer } from './tape-player.ts';
import { valuesMark, watchControls } from './watch-controls.ts';

/**
 * `strict`: after the first divergence the device is dumb, as it is when a kernel is bisected. `lenient`: another driver version may ask otherwise; it goes on as far as it can.
 * `new-episodes`: what is not on the tape is answered by the original; a section that had such a thing is to be recorded anew.
 */
export type ReplayMode = 'strict' | 'lenient' | 'new-episodes';

export interface ReplayOptions {
  readonly mode: ReplayMode;
  /**
   * The device class that the tape was recorded from, of the recorded model. It sees what the driver sends, so that the suite can look at it (printed jobs,
   * flash); what it would answer is thrown away: the tape answers. With `new-episodes` it is the original that answers what the tape does not have.
   */
  readonly shadow: EmulatedUnit<unknown>;
  /** Hears of the first divergences, when they happen. */
  readonly onDivergence?: (divergence: Divergence) => void;
}

export interface ReplayedUnit {
  readonly unit: EmulatedUnit<unknown>;
  /** A test begins: the tape is wound to where it began when it was recorded. */
  readonly mark: (name: string) => void;
  readonly report: () => ReplayReport;
  /** Sections in the order in which they were played. */
  readonly played: () => readonly PlayedSection[];
}

/** One plug or test of a replay. */
export interface PlayedSection {
  /** Its place on the tape; undefined when the tape has none. */
  readonly place: number | undefined;
  /** Something in it was answered by the original. */
  readonly fresh: boolean;
}

/** A device that is only its tape: answers by request, sends by cause, and tells what the driver did otherwise. */
export function replayUnit(cassette: Cassette, options: ReplayOptions): ReplayedUnit {
  const player = new TapePlayer(cassette, options);
  const { shadow } = options;
  return {
    unit: {
      model: shadow.model,
      controls: watchControls(shadow.controls, (name, body, values) => {
        if (body()) player.called(name, valuesMark(values));
      }),
      ...(shadow.decode ? { decode: shadow.decode.bind(shadow) } : {}),
      createFunction: (pipes) => player.plugged(pipes),
    },
    mark: (name) => player.mark(name),
    report: () => player.report(),
    played: () => player.playedSections,
  };
}
