import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BootEvidence, BootPatience } from './boot-evidence.ts';
import { classifyBoot } from './classify-boot.ts';

const patience: BootPatience = { firmware: 180_000, quiet: 60_000, stall: 15_000, shell: 30_000 };
const recordings = join(import.meta.dirname, '../../../fixtures/boots');

/** What a boot left that was really driven into a fault, and what it is to be called. */
interface Recording {
  readonly origin: string;
  readonly fault: string;
  readonly code: string;
  readonly blame: string;
  /** What it was waited for in the drill. */
  readonly patience: BootPatience;
  readonly evidence: BootEvidence;
}

const quiet: BootEvidence = { now: 1000, goal: 'live', poweredAt: 0, power: [{ at: 500, state: 'on' }], console: 'connected', lines: [], dhcp: [], requests: [], transfers: [], ssh: [] };
const request = (name: string, more: object = {}) => ({ at: 5000, endedAt: 5100, name, mac: 'aa', remote: '10.77.0.2', status: 200, bytes: 10, total: 10, complete: true, ...more });
const booting = [request('boot.ipxe'), request('machine.ipxe'), request('kernel'), request('initrd')];
const codeOf = (change: Partial<BootEvidence>) => classifyBoot({ ...quiet, ...change }, patience)?.code;

describe('what a start shows', () => {
  it('is nothing wrong while it goes on', () => {
    expect(codeOf({})).to.equal(undefined);
    expect(codeOf({ now: 170_000 })).to.equal(undefined);
    expect(codeOf({ now: 20_000, requests: booting, lines: [{ at: 4900, text: 'LAB-NETBOOT boot' }] })).to.equal(undefined);
  });

  it('names hangs by the last sign of life, and not before their time', () => {
    expect(codeOf({ now: 181_000 })).to.equal('firmware-hang');
    expect(codeOf({ now: 200_000, lines: [{ at: 30_000, text: 'SeaBIOS' }] })).to.equal(undefined);
    expect(codeOf({ now: 64_000, requests: booting, lines: [{ at: 5200, text: 'LAB-NETBOOT boot' }] })).to.equal(undefined);
    expect(codeOf({ now: 66_000, requests: booting, lines: [{ at: 5200, text: 'LAB-NETBOOT boot' }] })).to.equal('guest-hang');
  });

  it('tells a machine that lost its power from a controller that cannot be read', () => {
    expect(codeOf({ power: [{ at: 5000, state: 'off' }, { at: 10_000, state: 'off' }] })).to.equal('machine-lost-power');
    expect(codeOf({ power: [{ at: 5000, state: 'unknown' }, { at: 10_000, state: 'unknown' }] })).to.equal(undefined);
    expect(codeOf({ power: [{ at: 500, state: 'off' }, { at: 10_000, state: 'on' }] })).to.equal(undefined);
    expect(codeOf({ power: [{ at: 5000, state: 'on' }, { at: 10_000, state: 'off' }] })).to.equal(undefined);
  });

  it('makes no code and no words of what a machine only claims', () => {
    const claims = (reason: string): ReturnType<typeof classifyBoot> => classifyBoot({ ...quiet, requests: [request('report', { report: { state: 'failed', reason } })] }, patience);
    for (const reason of ['install-\u001b[31mx', `install-${'x'.repeat(180)}`, 'a b']) expect(claims(reason), reason).to.include({ code: 'netboot-failed', message: 'the machine says something unknown' });
    expect(claims('install-no-disk')).to.include({ code: 'install-no-disk', retryable: false });
    expect(claims('install-write')).to.include({ code: 'install-write', retryable: true });
  });

  it('tells a console that is silent from a machine that is', () => {
    expect(codeOf({ now: 20_000, requests: [request('boot.ipxe'), request('machine.ipxe')] })).to.equal('no-console');
    expect(codeOf({ console: 'lost' })).to.equal('no-console');
    expect(codeOf({ now: 20_000, console: 'none', requests: booting })).to.equal(undefined);
  });

  it('sees at once that a disk holds nothing to start, and only where it is to be started from', () => {
    const lines = [{ at: 900, text: 'No bootable device.' }];
    expect(codeOf({ goal: 'disk', lines })).to.equal('disk-does-not-boot');
    expect(codeOf({ goal: 'live', lines })).to.equal(undefined);
  });

  it('sees a transfer that stands still at the server, and one that was cut or refused without a console', () => {
    const transfer = { at: 5000, name: 'root.squashfs', bytes: 10, total: 100, progressAt: 6000 };
    expect(codeOf({ now: 20_000, console: 'none', requests: booting, transfers: [transfer] })).to.equal(undefined);
    expect(codeOf({ now: 21_500, console: 'none', requests: booting, transfers: [transfer] })).to.equal('boot-transfer-stalled');
    expect(codeOf({ now: 16_000, console: 'none', requests: [request('kernel', { complete: false, bytes: 3 })] })).to.equal('boot-transfer-cut');
    expect(codeOf({ now: 16_000, console: 'none', requests: [request('kernel', { status: 404, bytes: 0, total: 0 })] })).to.equal('boot-file-missing');
  });

  it('tells a system whose SSH refuses from one that is not on the network, once it says that it is up', () => {
    const lines = [{ at: 6000, text: 'LAB-NETBOOT switch' }, { at: 40_000, text: 'school login: ' }];
    const up = { now: 71_000, requests: booting, lines };
    expect(codeOf({ ...up, ssh: [{ at: 70_000, outcome: 'refused' }] })).to.equal('ssh-refused');
    expect(codeOf({ ...up, ssh: [{ at: 70_000, outcome: 'silent' }] })).to.equal('system-not-reachable');
    expect(codeOf({ ...up, ssh: [{ at: 70_000, outcome: 'greeted' }] })).to.equal(undefined);
    expect(codeOf({ ...up, now: 69_000, ssh: [{ at: 68_000, outcome: 'refused' }] })).to.equal(undefined);
  });

  for (const name of readdirSync(recordings).filter((file) => file.endsWith('.json')).sort()) {
    const recording = JSON.parse(readFileSync(join(recordings, name), 'utf8')) as Recording;
    it(`calls a recorded ${recording.fault} ${recording.code}, within 30 s of its evidence`, () => {
      const verdict = classifyBoot(recording.evidence, recording.patience);
      expect(verdict).to.include({ code: recording.code, blame: recording.blame });
      expect(recording.evidence.now - (verdict?.at ?? 0)).to.be.lessThan(30_000);
      expect(verdict?.evidence.join('')).to.not.equal('');
    });
  }
});
