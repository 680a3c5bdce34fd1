import { powerContract } from './testing/power-contract.ts';
import { fakePower, SimulatedSwitch } from './testing/simulated-switch.ts';

powerContract('the fake', async () => {
  const button = new SimulatedSwitch();
  return Promise.resolve({
    power: fakePower(button),
    wrongPassword: fakePower(button, { wrongPassword: true }),
    button,
    late: 60,
    die: async () => Promise.resolve(void (button.fault = 'dead')),
    revive: async () => Promise.resolve(void (button.fault = 'none')),
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  });
});
