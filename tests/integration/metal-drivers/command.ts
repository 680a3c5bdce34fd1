import { expect } from 'chai';
import { Deadline } from '../../../harness/base/deadline.ts';
import { powerContract } from '../../../harness/capabilities/testing/power-contract.ts';
import { testPatience } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { commandPower } from '../../../harness/drivers/power/command-power.ts';
import { stateByPing } from '../../../harness/drivers/power/state-by-ping.ts';
import { startOutlet } from './outlet.ts';

export function commandContract(): void {
  powerContract('any commands', async () => {
    const outlet = await startOutlet();
    const { button, program } = outlet;
    const refused = ['sh', '-c', 'exit 77'];
    return {
      power: commandPower({ on: [program, 'on'], off: [program, 'off'], state: [program, 'state'] }, { ...testPatience, settle: 200 }),
      wrongPassword: commandPower({ on: refused, off: refused, state: refused }, testPatience),
      button,
      late: 80,
      die: async () => Promise.resolve(void (button.fault = 'dead')),
      revive: async () => Promise.resolve(void (button.fault = 'none')),
      [Symbol.asyncDispose]: async () => outlet[Symbol.asyncDispose](),
    };
  });

  it('a ping that is answered is on, and one that cannot be is unknown, never off', async () => {
    expect(await stateByPing('127.0.0.1', Deadline.after(20_000))).to.equal('on');
    // Of a class that is for nobody (RFC 1112, 4).
    expect(await stateByPing('240.0.0.1', Deadline.after(20_000))).to.equal('unknown');
  });
}
