import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { obeyedPower, type Patience, type PowerCommand } from '../obeyed-power.ts';
import type { Power, PowerState } from '../power.ts';

/** Patience for tests: what never comes is not waited for long. */
export const testPatience: Patience = { settle: 800, attempts: 1, every: 30, reading: 4000 };

/** `stuck`: only the power button; `disobeys`: everything that is asked of it. */
export type SwitchFault = 'none' | 'stuck' | 'disobeys' | 'dead' | 'garbage' | 'refuses';

/** The power button of a machine that is not there, with faults; drivers reach it through a simulator, the fake directly. */
export class SimulatedSwitch {
  power: 'on' | 'off' = 'off';
  boot = 'none';
  fault: SwitchFault = 'none';
  /** Milliseconds until a command shows. */
  delay = 0;
  /** Commands that arrived, whether obeyed or not. */
  readonly commands: PowerCommand[] = [];

  /** What a command does. */
  press(command: PowerCommand): void {
    this.commands.push(command);
    if (this.fault === 'disobeys' || this.fault === 'stuck') return;
    const change = (): void => {
      this.power = command === 'on' ? 'on' : 'off';
    };
    if (this.delay > 0) setTimeout(change, this.delay).unref();
    else change();
  }
}

/** A Power over the button itself. `unknown` is what it says of itself when dead or talking nonsense. */
export function fakePower(button: SimulatedSwitch, options: { readonly wrongPassword?: boolean } = {}): Power {
  const meet = async (deadline: Deadline): Promise<void> => {
    deadline.check('the fake');
    if (options.wrongPassword === true || button.fault === 'refuses') throw new HwlabError({ code: 'power-refused', blame: 'lab', message: 'the fake refuses the password' });
    if (button.fault === 'dead') throw new HwlabError({ code: 'power-unreachable', blame: 'lab', message: 'the fake is dead' });
    return Promise.resolve();
  };
  return obeyedPower(
    {
      name: 'the fake',
      soft: true,
      read: async (deadline): Promise<PowerState> => meet(deadline).then(() => (button.fault === 'garbage' ? 'unknown' : button.power)),
      send: async (command, deadline) => meet(deadline).then(() => button.press(command)),
    },
    { ...testPatience, attempts: 2, settle: 120 },
  );
}
