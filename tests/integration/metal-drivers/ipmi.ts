import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { Deadline } from '../../../harness/base/deadline.ts';
import { Secret } from '../../../harness/base/secret.ts';
import { consoleContract } from '../../../harness/capabilities/testing/console-contract.ts';
import { powerContract, type PowerUnderTest } from '../../../harness/capabilities/testing/power-contract.ts';
import { SimulatedSwitch, testPatience } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { RecordedConsole } from '../../../harness/drivers/console/recorded-console.ts';
import { IpmiBootDevice } from '../../../harness/drivers/ipmi/ipmi-boot-device.ts';
import { ipmiPower } from '../../../harness/drivers/ipmi/ipmi-power.ts';
import { ipmitool, type IpmiAccess } from '../../../harness/drivers/ipmi/ipmitool.ts';
import { SolLink } from '../../../harness/drivers/ipmi/sol-link.ts';
import { controlSocket } from '../../../harness/drivers/testing/control-socket.ts';
import { IpmiSimulator } from '../../../harness/drivers/testing/ipmi-simulator.ts';
import { SerialLine } from './serial-line.ts';

export interface IpmiUnderTest extends PowerUnderTest {
  readonly access: IpmiAccess;
  readonly simulator: IpmiSimulator;
}

/** A machine's button behind a real IPMI stack on loopback. */
export async function startIpmi(options: { readonly serialPort?: number } = {}): Promise<IpmiUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-ipmi-'));
  const button = new SimulatedSwitch();
  const control = await controlSocket(join(folder, 'control'), button);
  const simulator = await IpmiSimulator.start({ folder, control: join(folder, 'control'), user: 'admin', password: 'letme-in-2026', ...options });
  const access: IpmiAccess = { host: '127.0.0.1', port: simulator.port, user: 'admin', password: new Secret('letme-in-2026') };
  return {
    button,
    access,
    simulator,
    power: ipmiPower(access, testPatience),
    wrongPassword: ipmiPower({ ...access, password: new Secret('wrong') }, testPatience),
    die: async () => simulator.die(),
    revive: async () => simulator.revive(),
    [Symbol.asyncDispose]: async () => {
      await simulator[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

export function ipmiContract(): void {
  powerContract('IPMI, ipmitool against ipmi_sim', startIpmi);

  consoleContract('serial-over-LAN', async () => {
    const line = await SerialLine.open();
    const bmc = await startIpmi({ serialPort: line.port });
    return {
      console: new RecordedConsole(new SolLink(bmc.access)),
      print: (text) => line.print(text),
      // A break arrives as a telnet break (IAC 243) on the simulator's serial port, and a byte of 255 doubled.
      received: () => line.received.toString('latin1').replaceAll('\u00ff\u00f3', '\u2401').replaceAll('\u00ff\u00ff', '\u00ff'),
      seesBreak: true,
      // A dead controller is noticed by ipmitool's keepalive only, after 24 s here; its own end at once.
      cut: async () => {
        for (const child of await childrenOf(process.pid)) {
          for (const grandchild of await childrenOf(child)) process.kill(grandchild, 'SIGKILL');
        }
      },
      [Symbol.asyncDispose]: async () => {
        await bmc[Symbol.asyncDispose]();
        await line[Symbol.asyncDispose]();
      },
    };
  });

  describe('IPMI beside power', function () {
    this.timeout(60_000);
    let bmc: IpmiUnderTest;
    const soon = (): Deadline => Deadline.after(30_000);
    before(async () => {
      bmc = await startIpmi();
    });
    after(async () => bmc?.[Symbol.asyncDispose]());

    it('sets the next boot and reads it back', async () => {
      const boot = new IpmiBootDevice({ ...bmc.access, bootFlags: 'not-kept' });
      for (const device of ['pxe', 'disk', 'none'] as const) {
        await boot.set(device, {}, soon());
        expect(await boot.get(soon())).to.equal(device);
      }
    });

    it('believes no yes about the next boot', async () => {
      const boot = new IpmiBootDevice({ ...bmc.access, bootFlags: 'not-kept' });
      bmc.button.fault = 'disobeys';
      const error = await boot.set('pxe', {}, soon()).catch((thrown: unknown) => thrown);
      bmc.button.fault = 'none';
      expect(error).to.include({ code: 'boot-device-does-not-obey', blame: 'lab' });
    });

    it('shows its password to nobody: not in the process list, not in an error', async () => {
      const seen: string[] = [];
      const refused = ipmitool({ ...bmc.access, user: 'nobody' }, ['chassis', 'power', 'status'], soon()).catch((thrown: unknown) => thrown);
      let running = true;
      const work = ipmitool(bmc.access, ['chassis', 'status'], soon()).finally(() => (running = false));
      while (running) {
        seen.push(...(await commandLines()));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await work;
      expect(seen.some((line) => line.includes('ipmitool'))).to.equal(true);
      expect(seen.filter((line) => line.includes('letme-in-2026'))).to.deep.equal([]);
      const error = await refused;
      expect(error).to.include({ code: 'power-refused' });
      expect(inspect(error, { depth: 8 })).not.to.contain('letme-in-2026');
    });
  });
}

/** The command lines of all processes below this one. */
async function commandLines(): Promise<string[]> {
  return Promise.all((await childrenOf(process.pid)).map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

/** All processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const texts = await Promise.all((await readdir(`/proc/${pid}/task`).catch(() => [])).map(async (task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')));
  return texts.join(' ').split(' ').filter(Boolean).map(Number);
}
