import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { isStandard, isWrite } from '../cassette/tape.ts';
import { noBytes } from '../transfer.ts';
import type { UsbFunction } from '../usb-device.ts';

/** Bytes that may wait for a class that takes more slowly than the unit. */
const mostWaiting = 64 * 1024 * 1024;

/**
 * Shows a device class what the driver says to a unit that is elsewhere, so that the suite can ask the class what came. What the class cannot follow is the
 * business of the test that asks it.
 */
export class Onlooker {
  readonly #function: UsbFunction;
  readonly #abort = new AbortController();
  /** The last transfer to each endpoint: a class gets them one at a time. */
  readonly #last = new Map<number, Promise<unknown>>();

  constructor(made: UsbFunction) {
    this.#function = made;
  }

  #waiting = 0;

  see({ kind, endpoint = 0, setup, data = noBytes, meaning = '' }: CassetteEvent): void {
    if (kind === 'reset') quietly(() => this.#function.onReset?.());
    else if (kind === 'configuration') quietly(() => this.#function.onConfiguration?.(Number(/\d+/.exec(meaning)?.[0] ?? 1)));
    else if (kind === 'control' && setup && !isStandard(setup)) quietly(() => this.#function.control(setup, isWrite(setup) ? data : noBytes));
    else if ((kind === 'bulk' || kind === 'interrupt') && (endpoint & 0x80) === 0) this.#out(endpoint, data);
  }

  #out(endpoint: number, data: Uint8Array): void {
    if (this.#waiting > mostWaiting) return;
    this.#waiting += data.length + 1;
    const before = this.#last.get(endpoint);
    const take = (): unknown => (this.#abort.signal.aborted ? undefined : this.#function.out(endpoint, data, this.#abort.signal));
    const taken = before ? before.then(take) : Promise.resolve(quietly(take));
    this.#last.set(endpoint, taken.catch(() => undefined).finally(() => (this.#waiting -= data.length + 1)));
  }

  unplugged(): void {
    this.#abort.abort();
    quietly(() => this.#function.onUnplug?.());
  }
}

function quietly(body: () => unknown): unknown {
  try {
    const result = body();
    if (result instanceof Promise) return result.catch(() => undefined);
    return result;
  } catch {
    return undefined;
  }
}
