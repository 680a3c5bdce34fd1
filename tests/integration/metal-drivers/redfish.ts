import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../../harness/base/deadline.ts';
import { runCommand } from '../../../harness/base/run-command.ts';
import { Secret } from '../../../harness/base/secret.ts';
import { powerContract } from '../../../harness/capabilities/testing/power-contract.ts';
import { SimulatedSwitch, testPatience } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { RedfishBootDevice } from '../../../harness/drivers/redfish/redfish-boot-device.ts';
import { redfishPower } from '../../../harness/drivers/redfish/redfish-power.ts';
import { RedfishSimulator } from '../../../harness/drivers/testing/redfish-simulator.ts';

const login = { user: 'admin', password: new Secret('letme-in-2026') };
const patience = { ...testPatience, settle: 300 };
const soon = (): Deadline => Deadline.after(30_000);

export function redfishContract(): void {
  powerContract('Redfish, our client against our simulator', async () => {
    const button = new SimulatedSwitch();
    const simulator = await RedfishSimulator.start(button, { user: 'admin', password: 'letme-in-2026' });
    return {
      button,
      late: 120,
      power: redfishPower({ ...login, url: simulator.url }, patience),
      wrongPassword: redfishPower({ ...login, url: simulator.url, password: new Secret('wrong') }, patience),
      die: async () => simulator.die(),
      revive: async () => simulator.revive(),
      [Symbol.asyncDispose]: async () => simulator[Symbol.asyncDispose](),
    };
  });

  describe('Redfish beside power', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-redfish-'));
    after(() => rmSync(folder, { recursive: true }));

    it('sets the next boot once, reads it back, and takes a 412 for a reason to read again', async () => {
      await using simulator = await RedfishSimulator.start(new SimulatedSwitch(), { user: 'admin', password: 'letme-in-2026' });
      const boot = new RedfishBootDevice({ ...login, url: simulator.url });
      await boot.set('pxe', { firmware: 'bios' }, soon());
      expect(simulator.boot).to.include({ BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe', BootSourceOverrideMode: 'Legacy' });
      simulator.conflicts = 2;
      await boot.set('disk', { firmware: 'uefi' }, soon());
      expect([await boot.get(soon()), simulator.boot['BootSourceOverrideMode']]).to.deep.equal(['disk', 'UEFI']);
      await boot.set('none', {}, soon());
      expect(await boot.get(soon())).to.equal('none');
      simulator.button.fault = 'disobeys';
      expect(await boot.set('pxe', {}, soon()).catch((error: unknown) => error)).to.include({ code: 'boot-device-does-not-obey' });
      simulator.button.fault = 'none';
      simulator.conflicts = 5;
      expect(await boot.set('pxe', {}, soon()).catch((error: unknown) => error)).to.include({ code: 'boot-device-does-not-obey' });
    });

    it('gives its session back, and makes a new one when the controller has forgotten it', async () => {
      await using simulator = await RedfishSimulator.start(new SimulatedSwitch(), { user: 'admin', password: 'letme-in-2026' });
      const power = redfishPower({ ...login, url: simulator.url }, patience);
      await power.on(soon());
      expect(simulator.sessions.size).to.equal(1);
      simulator.sessions.clear();
      expect(await power.state(soon())).to.equal('on');
      for (let i = 0; i < 400 && simulator.sessions.size > 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 25));
      expect(simulator.sessions.size).to.equal(0);
    });

    it('sends nothing, and no password, to a certificate that it does not believe', async () => {
      const key = join(folder, 'key.pem');
      const cert = join(folder, 'cert.pem');
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=bmc', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'pipe' });
      const button = new SimulatedSwitch();
      await using simulator = await RedfishSimulator.start(button, { user: 'admin', password: 'letme-in-2026', tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } });
      const state = async (trust: object): Promise<unknown> => redfishPower({ ...login, url: simulator.url, ...trust }, patience).state(soon()).catch((error: { code: string }) => error.code);
      const { fingerprint256 } = new X509Certificate(readFileSync(cert));
      expect(await state({ trust: { fingerprint: fingerprint256 } })).to.equal('off');
      expect(await state({ trust: { authority: cert } })).to.equal('off');
      expect(simulator.sessions.size).to.equal(2);
      expect(await state({})).to.equal('power-refused');
      expect(await state({ trust: { fingerprint: fingerprint256.replace(/^../, fingerprint256.startsWith('00') ? '01' : '00') } })).to.equal('power-refused');
      expect(simulator.sessions.size).to.equal(2);
      expect(() => redfishPower({ ...login, url: 'http://10.1.2.3' })).to.throw('in the clear');
    });

    it("satisfies Debian's redfishtool, and tells it that it is a simulator", async () => {
      const button = new SimulatedSwitch();
      await using simulator = await RedfishSimulator.start(button, { user: 'admin', password: 'letme-in-2026' });
      const tool = async (...args: string[]): Promise<string> => (await runCommand('redfishtool', ['-r', new URL(simulator.url).host, '-u', 'admin', '-p', 'letme-in-2026', '-S', 'Never', ...args], { deadline: soon() })).stdout;
      await tool('Systems', '-F', 'reset', 'On');
      expect(button.power).to.equal('on');
      expect(JSON.parse(await tool('Systems', '-F'))).to.include({ Model: 'hwlab simulator', PowerState: 'On' });
      await tool('Systems', '-F', 'setBootOverride', 'Once', 'Pxe');
      expect(simulator.boot).to.include({ BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' });
    });
  });
}
