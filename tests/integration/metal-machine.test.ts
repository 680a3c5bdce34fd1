import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../harness/db/generated/result.ts';
import { describeInLongRun } from './long-run.ts';
import { inNamespace } from './metal/in-namespace.ts';
import { drills, type DrillOutcome } from './metal/drills.ts';
import type { TinyInstall } from './metal/install-tiny.ts';
import type { LiveRun } from './metal/live-run.ts';
import type { Said } from './metal/rig.ts';
import { tinyPrompt } from './metal/tiny-disk.ts';

interface Ran {
  readonly ran: Said;
  readonly bench: string;
}

interface MixedNight extends Ran {
  readonly results: readonly Result[];
  readonly history: Said;
  readonly lint: Said;
  readonly seenInProcessList: readonly string[];
  readonly seenInFiles: readonly string[];
}

interface Killed {
  readonly seen: readonly { readonly before: string; readonly now: string; readonly reached: string }[];
  readonly last: number | null;
  readonly bench: string;
}

/** Milliseconds after which its holder is killed: while it takes the machine, switches it, and at every step of the start. */
const moments = [0, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7000, 9000, 12_000, 15_000, 18_000, 22_000, 28_000, 36_000, 50_000] as const;

/** What mocha was given as --grep: it tells no hook which tests that leaves, and what they need takes minutes. */
const grepped = /(?:^|\0)(?:--grep|-g)[=\0]([^\0]*)/.exec(process.argv.join('\0'))?.[1] ?? '';
const suite = 'a machine of the lab, simulated';

/**
 * Machines of their own, each in a namespace of its own: as many at a time as there are processors, begun in the order of the tests. How long each took is
 * printed at the end: a test's own time is only what it still had to wait.
 */
describeInLongRun(suite, function () {
  this.timeout(40 * 60_000);
  let folder: string;
  let number = 0;
  const waiting: (() => Promise<unknown>)[] = [];
  const times: string[] = [];

  /** A test on what a scenario found. */
  const on = <T>(scenario: string, options: object, title: string, check: (seen: T) => void): void => {
    number += 1;
    const name = String(number);
    let begun: Promise<T> | undefined;
    const run = async (): Promise<T> => {
      const started = performance.now();
      return inNamespace<T>(scenario, { folder: join(folder, name), ...options }).finally(() => times.push(`${Math.round((performance.now() - started) / 1000)} s ${title}`));
    };
    const begin = async (): Promise<T> => (begun ??= run());
    if (new RegExp(grepped).test(`${suite} ${title}`)) waiting.push(begin);
    it(title, async () => check(await begin()));
  };

  before(async () => {
    // Short: there are sockets below it.
    folder = await mkdtemp('/tmp/hwlab-mt-');
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next().catch(() => undefined);
    };
    for (let lanes = Math.min(4, availableParallelism()); lanes > 0; lanes -= 1) void lane();
  });
  after(async () => {
    process.stderr.write(`${times.join('\n')}\n`);
    await rm(folder, { recursive: true, force: true });
  });

  on<LiveRun>('live', {}, 'is switched on over IPMI, boots from the network, lets us in, has a board over USB/IP that a suite drives, and is switched off', ({ ran, results, bench, boots, console }) => {
    expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
    expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
    expect(results[0]?.cell).to.include({ machine: 'sim-1', attachment: 'emulated', transport: 'usbip' });
    for (const file of ['machine.ipxe', 'kernel', 'initrd', 'root.squashfs', 'seed.tar']) expect(boots).to.match(new RegExp(`10\\.77\\.0\\.2 52:54:00:77:00:02 ${file.replace('.', '\\.')} 200 (\\d+)/\\1 complete`));
    expect(console).to.match(/iPXE[^]*LAB-NETBOOT start run=[^]*LAB-NETBOOT boot[^]*LAB-NETBOOT linux mode=live[^]*LAB-NETBOOT switch/);
    expect(bench).to.match(/^power=off /);
  });

  on<MixedNight>('mixedNight', {}, 'is a machine of a night beside a virtual one, checked and leased, and never evidence of the laboratory', ({ ran, results, bench, history, lint, seenInProcessList, seenInFiles }) => {
    expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.be.oneOf([0, 1]);
    const of = (id: string): Result | undefined => results.find(({ cell }) => cell.id === id);
    expect(of('debian-12/vm-basic/kingston-datatraveler/storage')).to.deep.include({ outcome: 'PASS', evidence: 'E2' });
    const plugged = of('debian-12/sim-1/kingston-datatraveler/storage@usbip');
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

  on<TinyInstall>('short', { mebibytes: 64 }, 'gets a small disk by the network, byte for byte, starts from it, and is recognised as up and unreachable', (installed) => {
    expect(installed.console).to.match(/LAB-NETBOOT install begin[^]*LAB-NETBOOT install verify[^]*LAB-NETBOOT install done/);
    expect(installed.same).to.equal(true);
    expect(installed.console.slice(installed.console.lastIndexOf('install done'))).to.include(tinyPrompt.trim());
    expect(installed).to.include({ code: 'system-not-reachable', blame: 'product' });
    expect(installed.verdictAfter).to.be.lessThan(30_000);
    expect(installed.power).to.match(/^power=off /);
  });

  on<TinyInstall>('short', { mebibytes: 64, pxeOrder: true }, 'starts from the disk that was written where its firmware always tries the network first', ({ code, same, console, power }) => {
    expect({ code, same }).to.deep.equal({ code: 'system-not-reachable', same: true });
    expect(console.slice(console.lastIndexOf('install done'))).to.match(/LAB-NETBOOT ipxe[^]*LAB-NETBOOT none[^]*tiny login:/);
    expect(power).to.match(/^power=off /);
  });

  on<TinyInstall>('short', { mebibytes: 8 }, 'refuses an image that is larger than its disk, and writes nothing', ({ code, blame, untouched, power }) => {
    expect({ code, blame, untouched }).to.deep.equal({ code: 'install-disk-too-small', blame: 'lab', untouched: true });
    expect(power).to.match(/^power=off /);
  });

  for (const firmware of ['bios', 'uefi'] as const) {
    on<Ran>('install', { firmware }, `gets an image written to its disk, read back, boots it by ${firmware}, lets us in and meets a device`, ({ ran, bench }) => {
      expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
      expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
      expect(bench).to.match(/^power=off /);
    });
  }

  on<LiveRun & { readonly school: string }>('besideSchool', { firmware: 'uefi' }, "boots by UEFI beside a school's own DHCP server, which gives the address", ({ ran, bench, school, boots }) => {
    expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
    expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
    expect(school).to.match(/DHCPACK\(lab0\) 10\.77\.0\.1\d\d 52:54:00:77:00:02/);
    expect(boots).to.match(/ 10\.77\.0\.1\d\d .* root\.squashfs 200 .* complete/);
    expect(bench).to.match(/^power=off /);
  });

  on<Killed>('killed', { at: moments }, 'is in a known state at the next start, at whatever moment its holder was killed, and then boots', ({ seen, last, bench }) => {
    expect(seen).to.have.length(moments.length);
    for (const { now } of seen) expect(now).to.match(/^power=off /);
    // The moments lie all over the start, or the test shows nothing.
    expect(seen.filter(({ before }) => before.startsWith('power=on ')).length).to.be.greaterThan(5);
    expect(new Set(seen.map(({ reached }) => reached)).size, JSON.stringify(seen)).to.be.greaterThan(2);
    expect(last).to.equal(0);
    expect(bench).to.match(/^power=off /);
  });

  for (const { fault, code, blame } of drills) {
    on<readonly DrillOutcome[]>('drill', { only: [fault] }, `calls a ${fault} ${code}, and blames the ${blame}, at most 30 s after it showed`, ([seen]) => {
      expect(seen).to.include({ code, blame });
      times.push(`${seen?.secondsAfterEvidence} s after its evidence: ${code}`);
      expect(seen?.secondsAfterEvidence, JSON.stringify(seen)).to.be.lessThan(30);
    });
  }
});
