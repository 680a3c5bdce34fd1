import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeInLongRun } from './long-run.ts';
import { inNamespace } from './metal/in-namespace.ts';
import { drills, type DrillOutcome } from './metal/drills.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describeInLongRun('a machine of the lab, simulated', function () {
  this.timeout(8 * 60_000);
  let folder: string;
  // Short: there are sockets below it.
  before(async () => {
    folder = await mkdtemp('/tmp/hwlab-mt-');
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  it('is switched on by IPMI, boots the image from the network, meets a device over USB/IP, and is off afterwards', async () => {
    const { ran, bench } = await inNamespace<{ readonly ran: Ran; readonly bench: string }>('suiteOverUsbip', { folder: join(folder, 'suite') });
    expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
    expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
    expect(bench).to.match(/^power=off /);
  });

  it('is in a known state at the next start, at whatever moment its holder was killed', async () => {
    const seen = await inNamespace<readonly { readonly before: string; readonly now: string; readonly done: readonly string[] }[]>('killed', { folder: join(folder, 'killed'), points: 20, step: 250 });
    expect(seen).to.have.length(20);
    for (const { now } of seen) expect(now).to.match(/^power=off /);
    // Some of the moments lie behind the power-on, or the test shows nothing.
    expect(seen.filter(({ before }) => before.startsWith('power=on ')).length).to.be.greaterThan(3);
  });

  for (const { fault, code, blame } of drills) {
    it(`calls a ${fault} ${code}, and blames the ${blame}`, async () => {
      const [outcome] = await inNamespace<readonly DrillOutcome[]>('drill', { folder: join(folder, code), only: [fault] });
      expect(outcome).to.include({ code, blame });
    });
  }
});
