import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { noBytes } from '../transfer.ts';
import type { EmulatedUnit, TransferStatus, UsbFunction, WireEvent, WireListener } from '../usb-device.ts';
import { isStandard, isWrite } from './tape.ts';
import { isInterrupt } from './transfer-words.ts';
import { valuesMark, watchControls } from './watch-controls.ts';

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
  /** Events that something caused before that itself was written. */
  let held: CassetteEvent[] | undefined;
  const write = (event: CassetteEvent): void => {
    if (held) held.push(event);
    else append(event);
  };
  /** Runs a body and writes its event before those that it caused at once, whatever order they came in. */
  const causing = <T>(body: () => T, event: (result: T | undefined) => CassetteEvent | undefined): T => {
    const outer = held;
    const caused: CassetteEvent[] = [];
    held = caused;
    let result: T | undefined;
    try {
      result = body();
      return result;
    } finally {
      held = outer;
      const cause = event(result);
      if (cause) write(cause);
      for (const each of caused) write(each);
    }
  };
  const decoded = (event: WireEvent, data: Uint8Array): { meaning?: string } => {
    const meaning = unit.decode?.(event, data);
    return meaning === undefined ? {} : { meaning };
  };
  return {
    unit: {
      model: unit.model,
      ...(unit.decode ? { decode: unit.decode.bind(unit) } : {}),
      controls: watchControls(unit.controls, (name, body, values) => {
        const t = now();
        causing(body, (changed) => (changed === false || held ? undefined : { t, from: 'suite', kind: 'call', name, with: valuesMark(values) }));
      }),
      createFunction: (pipes) => {
        write({ t: now(), from: 'suite', kind: 'plug' });
        const polled = new Set<number>();
        const inner = bound(
          unit.createFunction({
            send: async (endpoint, data, signal) => {
              const kind = isInterrupt(unit, 0x80 | endpoint) ? 'interrupt' : 'bulk';
              // A report that nobody polls is lost, as on the cable.
              if (kind === 'bulk' || polled.has(endpoint)) {
                const event: CassetteEvent = { t: now(), from: 'device', kind, endpoint: 0x80 | endpoint, status: 'ok', data: Uint8Array.from(data) };
                write({ ...event, ...decoded({ t: event.t, from: 'device', kind, endpoint: 0x80 | endpoint }, data) });
              }
              await pipes.send(endpoint, data, signal);
            },
            halt: (endpoint) => {
              write({ t: now(), from: 'device', kind: isInterrupt(unit, 0x80 | endpoint) ? 'interrupt' : 'bulk', endpoint: 0x80 | endpoint, status: 'stall' });
              pipes.halt(endpoint);
            },
          }),
          polled,
        );
        return {
          ...inner,
          control: (setup, data) => {
            const t = now();
            const bytes = isWrite(setup) ? Uint8Array.from(data) : undefined;
            const event = (status: TransferStatus, answer: Uint8Array): CassetteEvent => {
              const moved = bytes ?? Uint8Array.from(answer.subarray(0, setup.length));
              const endpoint = setup.requestType & 0x80;
              return { t, from: 'host', kind: 'control', endpoint, setup, status, ...(moved.length > 0 ? { data: moved } : {}), ...decoded({ t, from: 'host', kind: 'control', endpoint, setup, status }, moved) };
            };
            return causing(
              () => inner.control(setup, data),
              (reply) => {
                if (!(reply instanceof Promise)) return event(reply?.status ?? 'stall', reply?.data ?? noBytes);
                // What the device says later is written when it says it; a writing request is a cause at once.
                if (bytes) return event('ok', noBytes);
                void reply.then(
                  ({ status, data: answer }) => write({ ...event(status, answer), t: now() }),
                  () => undefined,
                );
                return undefined;
              },
            );
          },
          out: (endpoint, data, signal) => {
            const t = now();
            const bytes = Uint8Array.from(data);
            return causing(
              () => inner.out(endpoint, data, signal),
              (reply) => {
                const status = reply instanceof Promise ? 'ok' : (reply?.status ?? 'ok');
                const kind = isInterrupt(unit, endpoint) ? 'interrupt' : 'bulk';
                return { t, from: 'host', kind, endpoint, status, ...(bytes.length > 0 ? { data: bytes } : {}), ...decoded({ t, from: 'host', kind, endpoint, status }, bytes) };
              },
            );
          },
        };
      },
    },
    onWire: ({ from, kind, endpoint, setup, status, meaning }, data) => {
      if (!kept.has(kind)) return;
      // Class requests and the bytes of endpoints are written where the device gets and gives them.
      if ((setup && !isStandard(setup)) || kind === 'bulk' || kind === 'interrupt') return;
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

/** The methods of a function, which may be an object of a class; keeps which endpoints are polled. */
function bound(made: UsbFunction, polled: Set<number>): UsbFunction {
  return {
    control: (setup, data) => made.control(setup, data),
    out: (endpoint, data, signal) => made.out(endpoint, data, signal),
    onReset: () => made.onReset?.(),
    onConfiguration: (value) => made.onConfiguration?.(value),
    onAlternate: (interfaceNumber, alternate) => made.onAlternate?.(interfaceNumber, alternate),
    onPolling: (endpoint, on) => {
      if (on) polled.add(endpoint);
      else polled.delete(endpoint);
      made.onPolling?.(endpoint, on);
    },
    onUnplug: () => made.onUnplug?.(),
    ...(made.isochronous ? { isochronous: (endpoint: number) => made.isochronous?.(endpoint) } : {}),
  };
}
