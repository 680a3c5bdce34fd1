import { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';

/** What is known of a machine's power. A controller that cannot be reached, or that answers unclearly, is `unknown` and never `off`. */
export type PowerState = 'on' | 'off' | 'unknown';

/** Tells whether the holder of a machine still holds it. */
export interface Fence {
  /** @throws HwlabError `lease-lost` */
  check(): Promise<void>;
}

/**
 * A machine's power. A call that switches resolves only when the new state was read back; all throw HwlabError, blame lab:
 * `power-refused` (wrong user or password), `power-unreachable`, `power-does-not-obey` (it said yes and the state did not change).
 */
export interface Power {
  /** `unknown` when nobody can tell, and then `because` is told why; throws `power-refused` only, as that mends itself by no waiting. */
  state(deadline: Deadline, because?: (why: string) => void): Promise<PowerState>;
  on(deadline: Deadline, fence?: Fence): Promise<void>;
  /** Takes the power away, whatever runs. */
  off(deadline: Deadline, fence?: Fence): Promise<void>;
  /** Asks the operating system to end, and waits until the power is off. */
  shutdown?(deadline: Deadline, fence?: Fence): Promise<void>;
}

/** The same power for a holder of a lease: the fence is checked right before each command that switches. */
export function fenced(power: Power, fence: Fence): Power {
  const both = (other?: Fence): Fence => (other === undefined ? fence : { check: async () => fence.check().then(() => other.check()) });
  const shutdown = power.shutdown?.bind(power);
  return {
    state: async (deadline, because) => power.state(deadline, because),
    on: async (deadline, other) => power.on(deadline, both(other)),
    off: async (deadline, other) => power.off(deadline, both(other)),
    ...(shutdown === undefined ? {} : { shutdown: async (deadline: Deadline, other?: Fence) => shutdown(deadline, both(other)) }),
  };
}

export interface CycleOptions {
  readonly fence?: Fence;
  /** Milliseconds for bringing an interrupted cycle to its end in `off`; 20,000 by default. */
  readonly grace?: number;
}

/**
 * Off, read back, on, read back: what a controller calls a power cycle is never used, as some do nothing when the machine is off.
 * Interrupted or failed after its first command, it switches off and reads back, whatever is left of the deadline, so that it ends in a state that
 * is known: the error's fact `endedIn` says it. A holder that has lost its lease touches nothing more.
 * @throws HwlabError as of Power; `power-cycle-interrupted` with the first error as its cause
 */
export async function cycle(power: Power, deadline: Deadline, options: CycleOptions = {}): Promise<void> {
  deadline.check('a power cycle');
  await options.fence?.check();
  try {
    await power.off(deadline, options.fence);
    await power.on(deadline, options.fence);
  } catch (cause) {
    const code = cause instanceof HwlabError ? cause.code : '';
    if (code === 'lease-lost' || code === 'power-refused') throw cause;
    const endedIn = await endOff(power, options);
    throw new HwlabError({
      code: 'power-cycle-interrupted',
      blame: 'lab',
      retryable: true,
      message: `the power cycle was not finished (${messageOf(cause)}); the machine is ${endedIn === 'unknown' ? 'in an unknown state' : endedIn} now`,
      facts: { endedIn, first: code },
      cause,
    });
  }
}

async function endOff(power: Power, options: CycleOptions): Promise<PowerState> {
  const grace = Deadline.after(options.grace ?? 20_000);
  try {
    await power.off(grace, options.fence);
    return 'off';
  } catch {
    return power.state(Deadline.after(5000)).catch(() => 'unknown' as const);
  }
}
