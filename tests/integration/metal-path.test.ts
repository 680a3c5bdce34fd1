import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DhcpMet } from './metal/dhcp.ts';
import { inNamespace } from './metal/in-namespace.ts';
import type { CommandLog } from './metal/lab-commands.ts';

interface Seen {
  readonly log: CommandLog;
  readonly consoleLines: string;
  readonly seenInProcessList: readonly string[];
  readonly seenInFiles: readonly string[];
}

/** Every command of a person at the bench, to a real BMC program whose machine prints and boots nothing; metal-machine.test.ts has those that boot. */
describe('a bench with one simulated machine, and nineteen that are dead', function () {
  this.timeout(5 * 60_000);
  let folder: string;
  let seen: Seen;
  before(async () => {
    folder = await mkdtemp('/tmp/hwlab-mp-');
    seen = await inNamespace<Seen>('commands', { folder: join(folder, 'c') });
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  const said = (name: string): { readonly code: number; readonly value: unknown; readonly stderr: string } => {
    const { code, stdout, stderr } = seen.log[name] ?? { code: NaN, stdout: '', stderr: '' };
    return { code, stderr, value: stdout.startsWith('{') || stdout.startsWith('[') ? (JSON.parse(stdout) as unknown) : stdout };
  };

  it('is switched by the person who reserved it, and by nobody else', () => {
    expect(said('reserve').value).to.include({ class: 'person', holder: 'anna' });
    expect(said('refused').code).to.equal(3);
    expect(said('refused').stderr).to.include('held by anna (person: looks at the sound)');
    expect(said('on').value).to.deep.equal({ machine: 'sim-1', power: 'on' });
    expect(said('cycle').value).to.deep.equal({ machine: 'sim-1', power: 'on' });
    expect(said('boot').value).to.deep.equal({ machine: 'sim-1', boot: 'pxe' });
    expect(said('release').value).to.deep.include({ clean: ['machine/sim-1'] });
    expect(said('off').value).to.deep.equal({ machine: 'sim-1', power: 'off' });
  });

  it('has a lab file without an error', () => {
    expect(said('lint').code, JSON.stringify(said('lint').value)).to.equal(0);
  });

  it('puts what fails its check twice in quarantine, and nothing else', () => {
    expect(said('check again').code).to.equal(3);
    expect(said('status after').code).to.equal(1);
    const health = (said('status after').value as { readonly subjects: readonly { readonly resource: string; readonly health: string }[] }).subjects.filter((one) => one.health !== 'unknown');
    expect(health.map(({ resource, health: state }) => `${resource} ${state}`)).to.deep.equal(['machine/sim-1 checked', 'machine/dead-1 quarantined']);
  });

  it('warns who has it before it ends, until it is extended', () => {
    expect(said('on').stderr).to.match(/your reservation of sim-1 ends in \d+ min; longer: .*extend sim-1/);
    expect(said('extend').code).to.equal(0);
    expect(said('release').stderr).to.not.include('ends in');
  });

  it('shows all within the time that dead controllers have, who has what, and who waits in whose turn', () => {
    const { value } = said('status');
    const subjects = (value as { readonly subjects: readonly { readonly resource: string; readonly power?: string; readonly powerProblem?: string; readonly lease?: { readonly holder: string }; readonly waiting: readonly { readonly class: string }[] }[] }).subjects;
    const [machine, ...dead] = subjects.filter(({ power }) => power !== undefined);
    expect(machine?.resource).to.equal('machine/sim-1');
    // On a busy host its controller may be late, too; then it is unknown, and never off.
    expect(machine?.power).to.be.oneOf(['on', 'unknown']);
    expect(machine?.lease?.holder).to.equal('anna');
    expect(machine?.waiting.map((one) => one.class)).to.deep.equal(['person', 'night']);
    expect(dead).to.have.length(19);
    for (const one of dead) expect(one.power).to.equal('unknown');
  });

  it('prints its console as often as it is asked, and opens a shell', () => {
    const lines = seen.consoleLines.trim().split('\n').map((line) => JSON.parse(line) as { readonly from: string });
    expect(lines.filter(({ from }) => from === 'console').length).to.be.greaterThan(1);
    expect(said('shell')).to.include({ code: 7, value: 'ran: uname -a\n' });
  });

  it('writes down who had it, and says which unit hangs elsewhere than the file says', () => {
    expect((said('history').value as readonly { readonly what: string }[]).map(({ what }) => what)).to.include.members(['taken', 'extended', 'released']);
    expect(said('wiring').code).to.equal(1);
    expect(said('wiring').value).to.have.nested.property('findings[0].message', 'uno-1 should hang at 1-1.2 and hangs at 1-1.3');
    expect(said('wiring').value).to.have.nested.property('proposals[0].path', '1-1.4');
    expect(said('wiring again').code, JSON.stringify(said('wiring again').value)).to.equal(0);
  });

  it('tells its password to nobody', () => {
    expect(seen.seenInProcessList).to.deep.equal([]);
    expect(seen.seenInFiles).to.deep.equal([]);
    expect(JSON.stringify(seen)).to.not.include('open-sesame');
  });
});

describe('who asks on the network of the bench', function () {
  this.timeout(2 * 60_000);
  let folder: string;
  const met: Record<string, { readonly machine: DhcpMet; readonly stranger: DhcpMet }> = {};
  before(async () => {
    folder = await mkdtemp('/tmp/hwlab-md-');
    const ask = async (name: string, beside: boolean): Promise<void> => void (met[name] = await inNamespace('dhcp', { folder: join(folder, name), beside }));
    await Promise.all([ask('own', false), ask('beside', true)]);
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  it("is given an address and the way to boot where the network is the lab's own, if it is a machine that is started", () => {
    const { machine, stranger } = met['own'] ?? {};
    expect(machine?.told.firmware).to.deep.equal({ addresses: ['10.77.0.2'], file: 'snponly.efi' });
    expect(machine?.told.ipxe.file).to.match(/^http:\/\/10\.77\.0\.1:\d+\/boot\.ipxe$/);
    expect(stranger?.told).to.deep.equal({ firmware: { addresses: [], file: '' }, ipxe: { addresses: [], file: '' } });
    expect(new Set(stranger?.ours)).to.deep.equal(new Set(['ignored']));
  });

  it("has its address from the school's server beside ours, and from us the way to boot, if it is a machine that is started, and nothing else", () => {
    const { machine, stranger } = met['beside'] ?? {};
    expect(machine?.told.firmware.file).to.equal('snponly.efi');
    expect(machine?.told.ipxe.file).to.match(/^http:\/\/10\.77\.0\.1:\d+\/boot\.ipxe$/);
    expect(stranger?.told.firmware.file).to.equal('');
    expect(stranger?.told.ipxe.file).to.equal('');
    for (const one of [machine, stranger]) expect(one?.told.firmware.addresses[0]).to.match(/^10\.77\.0\.1[0-4]\d$/);
    expect(new Set(machine?.ours)).to.deep.equal(new Set(['proxy']));
    expect(new Set(stranger?.ours)).to.deep.equal(new Set(['ignored']));
  });
});
