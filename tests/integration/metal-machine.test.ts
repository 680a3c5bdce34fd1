import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../harness/db/generated/result.ts';
import { describeInLongRun } from './long-run.ts';
import { inNamespace } from './metal/in-namespace.ts';
import { drills, type DrillOutcome } from './metal/drills.ts';
import type { TinyInstall } from './metal/install-tiny.ts';
import type { Said } from './metal/rig.ts';
import { tinyPrompt } from './metal/tiny-disk.ts';

interface Ran {
  readonly ran: Said;
  readonly bench: string;
}

/** Milliseconds after which its holder is killed: while it takes the machine, switches it, and at every step of the start. */
const moments = [0, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7000, 9000, 12_000, 15_000, 18_000, 22_000, 28_000, 36_000, 50_000] as const;

/**
 * Machines of their own, each in a namespace of its own: as many at a time as there are processors, begun in this order whatever is asked for first.
 */
describeInLongRun('a machine of the lab, simulated', function () {
  this.timeout(40 * 60_000);
  let folder: string;
  const scenarios: Readonly<Record<string, readonly [string, object]>> = {
    tiny: ['short', {}],
    night: ['mixedNight', {}],
    uefi: ['install', { firmware: 'uefi' }],
    bios: ['install', { firmware: 'bios' }],
    killed: ['killed', { at: moments }],
    beside: ['besideSchool', { firmware: 'uefi' }],
    ...Object.fromEntries(drills.map(({ fault, code }) => [code, ['drill', { only: [fault] }]])),
  };
  const outcomes = new Map<string, PromiseWithResolvers<unknown>>(Object.keys(scenarios).map((name) => [name, Promise.withResolvers<unknown>()]));
  for (const { promise } of outcomes.values()) promise.catch(() => undefined);
  const outcome = async <T>(name: string): Promise<T> => outcomes.get(name)?.promise as Promise<T>;

  before(async () => {
    // Short: there are sockets below it.
    folder = await mkdtemp('/tmp/hwlab-mt-');
    const waiting = Object.entries(scenarios);
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [name, [scenario, options]] = next;
        await inNamespace<unknown>(scenario, { folder: join(folder, name), ...options }).then(outcomes.get(name)?.resolve, outcomes.get(name)?.reject);
      }
    };
    for (let lanes = Math.min(4, availableParallelism()); lanes > 0; lanes -= 1) void lane();
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  it('is a machine of a night beside a virtual one, checked and leased, and never evidence of the laboratory', async () => {
    const { ran, results, bench, history, lint, seenInProcessList, seenInFiles } = await outcome<Ran & { readonly results: readonly Result[]; readonly history: Said; readonly lint: Said; readonly seenInProcessList: readonly string[]; readonly seenInFiles: readonly string[] }>('night');
    expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.be.oneOf([0, 1]);
    const of = (id: string): Result | undefined => results.find(({ cell }) => cell.id === id);
    expect(of('debian-12/vm-basic/arduino-uno-r3/robotics')).to.deep.include({ outcome: 'PASS', evidence: 'E2' });
    const plugged = of('debian-12/sim-1/arduino-uno-r3/robotics@usbip');
    expect(plugged?.outcome, JSON.stringify(plugged?.reason)).to.equal('PASS');
    const itself = of('debian-12/sim-1/qemu-q35/machine');
    expect(itself?.cell.attachment).to.equal('wired');
    for (const result of [plugged, itself]) {
      expect(result?.evidence).to.equal('E2');
      expect(result?.environment.metal).to.include({ vendor: 'hwlab', product: 'hwlab simulator' });
      expect(result?.environment.metal?.simulator).to.match(/hwlab simulator/);
    }
    expect(lint.code, lint.stdout).to.equal(0);
    // The controller's password: in results, reports, state, logs, and the arguments of whatever ran.
    expect([...seenInProcessList, ...seenInFiles]).to.deep.equal([]);
    expect(bench).to.match(/^power=off /);
    const events = (JSON.parse(history.stdout) as readonly { readonly what: string; readonly detail: string }[]).map(({ what, detail }) => `${what} ${detail}`);
    expect(events.filter((line) => line.startsWith('check ok nightly'))).to.have.length(1);
    expect(events.filter((line) => line.startsWith('check ok before')).length).to.be.at.least(2);
    expect(events.filter((line) => line.startsWith('check ok after')).length).to.be.at.least(2);
    expect(events.filter((line) => line.startsWith('taken')).length).to.be.at.least(2);
  });

  it('gets a small disk by the network, byte for byte, starts from it, and is recognised as up and unreachable', async () => {
    const installed = await outcome<TinyInstall>('tiny');
    expect(installed.console).to.match(/LAB-NETBOOT install begin[^]*LAB-NETBOOT install verify[^]*LAB-NETBOOT install done/);
    expect(installed.same).to.equal(true);
    expect(installed.console.slice(installed.console.lastIndexOf('install done'))).to.include(tinyPrompt.trim());
    expect(installed).to.include({ code: 'system-not-reachable', blame: 'product' });
    expect(installed.verdictAfter).to.be.lessThan(30_000);
    expect(installed.power).to.match(/^power=off /);
  });

  for (const firmware of ['bios', 'uefi'] as const) {
    it(`gets an image written to its disk, read back, boots it by ${firmware}, lets us in and meets a device`, async () => {
      const { ran, bench } = await outcome<Ran>(firmware);
      expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
      expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
      expect(bench).to.match(/^power=off /);
    });
  }

  it("boots by UEFI beside a school's own DHCP server, which gives the address", async () => {
    const { ran, bench, school, boots } = await outcome<Ran & { readonly school: string; readonly boots: string }>('beside');
    expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
    expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
    expect(school).to.match(/DHCPACK\(lab0\) 10\.77\.0\.1\d\d 52:54:00:77:00:02/);
    expect(boots).to.match(/ 10\.77\.0\.1\d\d .* root\.squashfs 200 .* complete/);
    expect(bench).to.match(/^power=off /);
  });

  it('is in a known state at the next start, at whatever moment its holder was killed, and then boots', async () => {
    const { seen, last, bench } = await outcome<{ readonly seen: readonly { readonly before: string; readonly now: string; readonly reached: string }[]; readonly last: number | null; readonly bench: string }>('killed');
    expect(seen).to.have.length(moments.length);
    for (const { now } of seen) expect(now).to.match(/^power=off /);
    // The moments lie all over the start, or the test shows nothing.
    expect(seen.filter(({ before }) => before.startsWith('power=on ')).length).to.be.greaterThan(5);
    expect(new Set(seen.map(({ reached }) => reached)).size, JSON.stringify(seen)).to.be.greaterThan(2);
    expect(last).to.equal(0);
    expect(bench).to.match(/^power=off /);
  });

  for (const { fault, code, blame } of drills) {
    it(`calls a ${fault} ${code}, and blames the ${blame}`, async () => {
      const [seen] = await outcome<readonly DrillOutcome[]>(code);
      expect(seen).to.include({ code, blame });
    });
  }
});
