import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import type { Fence, Power, PowerState } from './power.ts';

export type PowerCommand = 'on' | 'off' | 'shutdown';

/** What a driver can do by itself: say a state once, and send a command once. Believing neither is the work of `obeyedPower`. */
export interface PowerSwitch {
  /** Names the switch in errors, for example `IPMI 10.78.0.10`. */
  readonly name: string;
  /** Whether `shutdown` is a command it has. */
  readonly soft: boolean;
  /** @throws HwlabError `power-unreachable`, `power-refused` */
  read(deadline: Deadline): Promise<PowerState>;
  /** @throws HwlabError `power-unreachable`, `power-refused`, `power-does-not-obey` when it says no in so many words */
  send(command: PowerCommand, deadline: Deadline): Promise<void>;
}

export interface Patience {
  /** Milliseconds after a command in which the state must follow; 10,000 by default. */
  readonly settle?: number;
  /** How often a command that was taken is given; 2 by default. */
  readonly attempts?: number;
  /** Milliseconds between two readings; 300 by default. */
  readonly every?: number;
  /** Most milliseconds of one reading; 5000 by default. A command may take twice as long. */
  readonly reading?: number;
}

/** A power whose every change is read back, over a switch that may lie, die or answer nonsense. */
export function obeyedPower(wire: PowerSwitch, patience: Patience = {}): Power {
  const power = new ObeyedPower(wire, patience);
  return {
    state: async (deadline, because) => power.look(deadline, because),
    on: async (deadline, fence) => power.reach('on', 'on', deadline, fence),
    off: async (deadline, fence) => power.reach('off', 'off', deadline, fence),
    ...(wire.soft ? { shutdown: async (deadline: Deadline, fence?: Fence) => power.reach('shutdown', 'off', deadline, fence) } : {}),
  };
}

class ObeyedPower {
  readonly #wire: PowerSwitch;
  readonly #patience: Required<Patience>;

  constructor(wire: PowerSwitch, patience: Patience) {
    this.#wire = wire;
    this.#patience = { settle: 10_000, attempts: 2, every: 300, reading: 5000, ...patience };
  }

  /** One reading; only a refusal is an error. */
  async look(deadline: Deadline, because?: (why: string) => void): Promise<PowerState> {
    try {
      const state = await this.#wire.read(deadline.within(this.#patience.reading));
      if (state === 'unknown') because?.(`${this.#wire.name} says neither on nor off`);
      return state;
    } catch (error) {
      if (error instanceof HwlabError && error.code === 'power-refused') throw error;
      because?.(messageOf(error));
      return 'unknown';
    }
  }

  async reach(command: PowerCommand, target: 'on' | 'off', deadline: Deadline, fence: Fence | undefined): Promise<void> {
    const what = `switching ${target} at ${this.#wire.name}`;
    deadline.check(what);
    await fence?.check();
    let seen = await this.look(deadline);
    let failed: unknown;
    // An operating system is asked once, and may take as long as the deadline lets it.
    const attempts = command === 'shutdown' ? 1 : this.#patience.attempts;
    for (let attempt = 0; seen !== target && attempt < attempts && !deadline.expired; attempt += 1) {
      await fence?.check();
      failed = await this.#wire.send(command, deadline.within(2 * this.#patience.reading)).then(
        () => undefined,
        (error: unknown) => error ?? 'unknown error',
      );
      if (failed instanceof HwlabError && failed.code === 'power-refused') throw failed;
      const before = seen;
      seen = await this.#waitUntil(target, command === 'shutdown' ? deadline : deadline.within(failed === undefined ? this.#patience.settle : 0), deadline);
      if (failed !== undefined && before === 'unknown' && seen === 'unknown') break;
    }
    if (seen === target) return;
    const reason: unknown = deadline.signal.reason;
    if (deadline.signal.aborted && reason instanceof HwlabError) throw reason;
    const said = failed === undefined ? '' : `: ${messageOf(failed)}`;
    if (seen === 'unknown') {
      throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${what}: the state cannot be read${said}`, ...(failed instanceof HwlabError && failed.advice !== undefined ? { advice: failed.advice } : {}), facts: { wanted: target, seen }, cause: failed });
    }
    throw new HwlabError({
      code: 'power-does-not-obey',
      blame: 'lab',
      message: command === 'shutdown' ? `${what}: the operating system was asked to end and the power is still on${said}` : `${what}: it still reads ${seen}${said}`,
      advice: command === 'shutdown' ? 'look at its console; switching it off takes the power away' : 'the controller says yes and nothing happens: look whether it is the right outlet or controller, and for a battery',
      facts: { wanted: target, seen },
      cause: failed,
    });
  }

  /** Reads until the state is there, and once more after the time is up; what was seen last. */
  async #waitUntil(target: PowerState, settle: Deadline, deadline: Deadline): Promise<PowerState> {
    for (;;) {
      const last = settle.expired;
      const seen = await this.look(deadline);
      if (seen === target || last || deadline.expired) return seen;
      await delay(Math.min(this.#patience.every, settle.remaining), undefined, { signal: settle.signal }).catch(() => undefined);
    }
  }
}
