import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { EmulatedUnit, WireListener } from '../usb-device.ts';
import { watchControls } from './watch-controls.ts';

const kept: ReadonlySet<string> = new Set(['unplug', 'reset', 'configuration', 'alternate', 'control', 'bulk', 'interrupt', 'cancel', 'fault']);

/** A unit whose life is written down. */
export interface RecordedUnit {
  /** Use it instead of the unit. */
  readonly unit: EmulatedUnit<unknown>;
  /** Give it what crosses the cable. */
  readonly onWire: WireListener;
  /** A test begins. */
  readonly mark: (name: string) => void;
}

/**
 * Writes down what crosses the cable of an emulated unit and what the suite does to it, in the order of cause and effect. Isochronous streams
 * are not kept.
 * @param append gets each event once; its bytes are its own
 */
export function recordUnit(unit: EmulatedUnit<unknown>, append: (event: CassetteEvent) => void): RecordedUnit {
  const start = performance.now();
  const now = (): number => performance.now() - start;
  /** Events that a call of the suite caused before it was known to be one. */
  let held: CassetteEvent[] | undefined;
  const write = (event: CassetteEvent): void => {
    if (held) held.push(event);
    else append(event);
  };
  const around = (name: string, body: () => boolean): void => {
    if (held) {
      body();
      return;
    }
    const call: CassetteEvent = { t: now(), from: 'suite', kind: 'call', name };
    const caused: CassetteEvent[] = [];
    held = caused;
    let changed = true;
    try {
      changed = body();
    } finally {
      held = undefined;
      if (changed) append(call);
      for (const event of caused) append(event);
    }
  };
  return {
    unit: {
      model: unit.model,
      ...(unit.decode ? { decode: unit.decode.bind(unit) } : {}),
      controls: watchControls(unit.controls, around),
      createFunction: (pipes) => {
        write({ t: now(), from: 'suite', kind: 'plug' });
        return unit.createFunction(pipes);
      },
    },
    onWire: ({ from, kind, endpoint, setup, status, meaning }, data) => {
      if (!kept.has(kind)) return;
      write({
        t: now(),
        from,
        kind: kind as CassetteEvent['kind'],
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(setup ? { setup } : {}),
        ...(status === undefined ? {} : { status }),
        ...(data && data.length > 0 ? { data: Uint8Array.from(data) } : {}),
        ...(meaning === undefined ? {} : { meaning }),
      });
    },
    mark: (name) => write({ t: now(), from: 'suite', kind: 'mark', name }),
  };
}
