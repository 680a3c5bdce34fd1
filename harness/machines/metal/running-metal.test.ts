import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { Scope } from '../../base/scope.ts';
import { fakePower, SimulatedSwitch } from '../../capabilities/testing/simulated-switch.ts';
import { BootWatch } from './boot-watch.ts';
import { metalPatience } from './metal-parts.ts';
import { RunningMetal, type RunningMetalParts } from './running-metal.ts';

describe('a machine of metal that runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-running-'));
  after(() => rmSync(folder, { recursive: true }));
  const power = fakePower(new SimulatedSwitch());
  const run = { requests: [], transfers: () => [], onRequest: () => undefined, disarm: () => undefined };
  const watch = new BootWatch({ id: 'sim-1', mac: 'aa', goal: 'live', power, run, dhcp: { events: [] }, patience: metalPatience });
  const shell: RunningMetalParts['shell'] = { run: async () => Promise.reject(new Error('not asked')), putFile: async () => undefined, getFile: async () => Promise.resolve(new Uint8Array()), forward: async () => Promise.reject(new Error('not asked')), close: async () => undefined };
  const parts: RunningMetalParts = { id: 'sim-1', runId: 'r', login: { host: '10.77.0.2', port: 22, username: 'root', hostKey: '' }, consoleFile: '', watch, power, scope: new Scope(), shell, timings: {}, metal: { vendor: 'hwlab', product: 'hwlab simulator', simulator: 'it says so' }, firmware: 'bios' };

  it('has a picture of its screen where a grabber is plugged into it, and none where not', async () => {
    const file = join(folder, 'screen.png');
    expect(await new RunningMetal(parts).screenshot(file, Deadline.after(5000))).to.equal(undefined);
    const filmed = new RunningMetal({ ...parts, display: { capture: async () => Promise.resolve(Buffer.from('a picture')) } });
    expect(await filmed.screenshot(file, Deadline.after(5000))).to.equal(file);
    expect(readFileSync(file, 'utf8')).to.equal('a picture');
  });
});
