import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../../harness/base/deadline.ts';
import { runCommand } from '../../../harness/base/run-command.ts';
import { Secret } from '../../../harness/base/secret.ts';
import { powerContract } from '../../../harness/capabilities/testing/power-contract.ts';
import { SimulatedSwitch, testPatience } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { amtPower } from '../../../harness/drivers/amt/amt-power.ts';
import { AmtSimulator } from '../../../harness/drivers/testing/amt-simulator.ts';

const patience = { ...testPatience, settle: 300 };

export function amtContract(): void {
  powerContract('Intel AMT, our client against our simulator', async () => {
    const button = new SimulatedSwitch();
    const simulator = await AmtSimulator.start(button, { user: 'admin', password: 'Letme-in-2026' });
    const access = { host: '127.0.0.1', port: simulator.port, user: 'admin', password: new Secret('Letme-in-2026') };
    return {
      button,
      late: 120,
      power: amtPower(access, patience),
      wrongPassword: amtPower({ ...access, password: new Secret('wrong') }, patience),
      die: async () => simulator.die(),
      revive: async () => simulator.revive(),
      [Symbol.asyncDispose]: async () => simulator[Symbol.asyncDispose](),
    };
  });

  describe('Intel AMT beside power', function () {
    this.timeout(60_000);

    it('goes on when a nonce is used up', async () => {
      const button = new SimulatedSwitch();
      await using simulator = await AmtSimulator.start(button, { user: 'admin', password: 'Letme-in-2026' });
      simulator.uses = 2;
      const power = amtPower({ host: '127.0.0.1', port: simulator.port, user: 'admin', password: new Secret('Letme-in-2026') }, patience);
      for (let i = 0; i < 7; i += 1) expect(await power.state(Deadline.after(10_000))).to.equal('off');
    });

    it("satisfies Debian's wsl, a WS-Management client, and tells it that it is a simulator", async () => {
      const button = new SimulatedSwitch();
      await using simulator = await AmtSimulator.start(button, { user: 'admin', password: 'Letme-in-2026' });
      const folder = await mkdtemp(join(tmpdir(), 'hwlab-wsl-'));
      try {
        await writeFile(join(folder, '.wsl-config'), 'WSNOSSL=true\nUSEWGET=true\nIPINTERACTIVE=0\n');
        // With wget, as it asks curl for no digest.
        const env = { HOME: folder, WSENDPOINT: `127.0.0.1:${simulator.port}`, WSUSER: 'admin', WSPASS: 'Letme-in-2026' };
        const { stdout } = await runCommand('wslid', ['check'], { cwd: folder, env, deadline: Deadline.after(30_000), accept: [0, 1] });
        expect(stdout).to.contain('hwlab simulator');
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}
