import { expect } from 'chai';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { createUnit } from '../../emulation/create-unit.ts';
import type { FaultRule } from '../../emulation/usb-device.ts';
import { findHold, holdFolder, holdLines, holdSocket, holdsRoot, listHolds, writeHold, type HoldRecord } from '../../lab/hold-record.ts';
import { reapWith } from '../../lab/reap.ts';
import { ownerLives } from '../../machines/machine-owner.ts';
import { loadCatalogue, type Catalogue } from '../catalogue.ts';
import { askHold } from './ask-hold.ts';
import { runDevicePrompt, type PromptedUnit } from './device-prompt.ts';
import { HoldServer } from './hold-server.ts';

const quickly = (): Deadline => Deadline.after(10_000);

describe('a machine that is kept', () => {
  let folder: string;
  let before: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-h-'));
    before = process.env['HWLAB_RUNTIME'];
    process.env['HWLAB_RUNTIME'] = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['HWLAB_RUNTIME'];
    else process.env['HWLAB_RUNTIME'] = before;
    rmSync(folder, { recursive: true });
  });

  function record(seconds: number, id = 'abcd'): HoldRecord {
    const now = Date.now();
    return { id, runId: '20261122-000000-test', cell: 'a/b/c/d', test: 'd/e.f/g', said: 'no page', since: new Date(now).toISOString(), until: new Date(now + seconds * 1000).toISOString(), ssh: { host: '127.0.0.1', port: 2222, username: 'root', privateKeyFile: '/k', hostKey: 'ssh-ed25519 AAAA' }, console: '/c', evidence: '/e' };
  }

  async function start(seconds: number, signal = new AbortController().signal, most = 3600): Promise<HoldServer> {
    return await HoldServer.start({ record: record(seconds), most, device: async (line) => Promise.resolve(`did ${line}`), signal, now: Date.now });
  }

  it('answers its prompt, is extended, and goes when it is let go, with nothing left behind', async () => {
    const hold = await start(600);
    expect(statSync(holdFolder('abcd')).mode & 0o777).to.equal(0o700);
    expect(holdLines(await findHold(undefined)).join('\n')).to.contain('no page').and.to.contain('-p 2222 root@127.0.0.1').and.to.contain('hold device abcd');
    expect(await askHold('abcd', { do: 'device', line: 'unplug' }, quickly())).to.equal('did unplug');
    const until = Date.parse((await findHold('abcd')).until);
    await askHold('abcd', { do: 'extend', minutes: 50 }, quickly());
    expect(Date.parse((await findHold('abcd')).until)).to.be.above(until);
    expect(await askHold('abcd', { do: 'extend', minutes: 100_000 }, quickly())).to.contain('the longest that there is');
    await askHold('abcd', { do: 'release' }, quickly());
    expect(await hold.ended).to.equal('it was let go');
    expect(existsSync(holdFolder('abcd'))).to.equal(false);
  });

  it('ends by itself when its time is up, and when the run is interrupted', async () => {
    expect(await (await start(0.05)).ended).to.equal('its time was up');
    const stop = new AbortController();
    const hold = await start(600, stop.signal);
    stop.abort();
    expect(await hold.ended).to.equal('the run was interrupted');
    expect(await listHolds()).to.deep.equal([]);
  });

  it('refuses what makes no sense, and cuts off who never ends a line', async () => {
    const hold = await start(600);
    for (const request of [{ do: 'extend', minutes: -1 }, { do: 'nothing' }] as never[]) {
      const thrown = await askHold('abcd', request, quickly()).catch((error: unknown) => error);
      expect(thrown).to.include({ code: 'hold-refused', blame: 'usage' });
    }
    const long = await askHold('abcd', { do: 'device', line: 'x'.repeat(100_000) }, quickly()).catch((error: unknown) => error);
    expect(long).to.include({ code: 'hold-gone' });
    expect(await askHold('abcd', { do: 'device', line: 'still there' }, quickly())).to.equal('did still there');
    await askHold('abcd', { do: 'release' }, quickly());
    await hold.ended;
  });

  it('of a process that was killed is not listed, and goes with the reaper', async () => {
    await writeHold(record(600));
    writeFileSync(join(holdFolder('abcd'), 'owner.json'), JSON.stringify({ runId: 'r', pid: 1, started: '0', boot: 'another' }));
    expect(await listHolds()).to.deep.equal([]);
    expect(await findHold('abcd').catch((error: unknown) => error)).to.include({ code: 'no-such-hold', blame: 'usage' });
    expect(await askHold('abcd', { do: 'release' }, quickly()).catch((error: unknown) => error)).to.include({ code: 'hold-gone' });
    const none = { list: async () => Promise.resolve([]), owner: async () => Promise.resolve(undefined), destroy: async () => Promise.resolve() };
    const reaped = await reapWith({ domains: none, roots: [holdsRoot()], lives: ownerLives, now: Date.now() });
    expect(reaped.folders).to.deep.equal([holdFolder('abcd')]);
    expect(existsSync(holdSocket('abcd'))).to.equal(false);
  });
});

describe('the prompt of a device', function () {
  this.timeout(20_000);
  let catalogue: Catalogue;
  before(async () => (catalogue = await loadCatalogue([])));

  async function unitOf(model: string): Promise<PromptedUnit & { readonly faults: FaultRule[] }> {
    const unit = await createUnit(catalogue.model(model).model);
    const faults: FaultRule[] = [];
    let plugged = true;
    return {
      name: unit.model.name,
      controls: unit.controls,
      faults,
      get plugged() {
        return plugged;
      },
      plug: async () => Promise.resolve(void (plugged = true)),
      unplug: async () => Promise.resolve(void (plugged = false)),
      fault: (rule) => void faults.push(rule),
      clearFaults: () => void faults.splice(0),
      wire: () => [],
    };
  }

  it('takes the paper out of a printer and says that it is out', async () => {
    const unit = await unitOf('hp-laserjet-p1102');
    expect(await runDevicePrompt(unit, 'paper out')).to.equal('paper out');
    expect(await runDevicePrompt(unit, 'status')).to.contain('plugged in');
    await runDevicePrompt(unit, 'unplug');
    expect(await runDevicePrompt(unit, 'status')).to.contain('not plugged in');
  });

  it('jams, opens and fills the scanner of a multi-function device', async () => {
    const unit = await unitOf('kyocera-ecosys-m2040dn');
    for (const line of ['jam', 'jam clear', 'jam 2', 'door open', 'door closed', 'feeder 3', 'stop', 'paper out', 'paper 5', 'pause on', 'reset']) expect(await runDevicePrompt(unit, line), line).to.be.a('string');
    await runDevicePrompt(unit, 'feeder 3');
    expect((unit.controls as { scanner: { sheetsInFeeder(): number } }).scanner.sheetsInFeeder()).to.equal(3);
  });

  it('touches a panel', async () => {
    expect(await runDevicePrompt(await unitOf('hwlab-panel-65'), 'touch 0.1 0.1 0.2 0.2')).to.contain('does not listen');
  });

  it('arms faults as they are written', async () => {
    const unit = await unitOf('arduino-uno-r3');
    await runDevicePrompt(unit, 'fault stall 0x83 after=3 times=ever');
    await runDevicePrompt(unit, 'fault slow 0 delay=500');
    expect(unit.faults).to.deep.equal([
      { kind: 'stall', endpoint: 0x83, afterTransfers: 3, times: Infinity },
      { kind: 'slow', endpoint: 0, delay: 500 },
    ]);
    await runDevicePrompt(unit, 'faults clear');
    expect(unit.faults).to.deep.equal([]);
  });

  for (const line of ['jam', 'unplugg', 'fault', 'fault burn 0x81', 'fault stall 0xfff', 'fault stall 1 often', 'fault stall 1 times=0', 'press constructor', 'press toString', 'press __proto__', 'press a.b.c', 'wire -1']) {
    it(`refuses "${line}" for a board, and goes on`, async () => {
      const unit = await unitOf('arduino-uno-r3');
      const thrown = await runDevicePrompt(unit, line).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(HwlabError);
      expect(thrown).to.include({ blame: 'usage' });
      expect(await runDevicePrompt(unit, 'help')).to.contain('unplug');
    });
  }
});
