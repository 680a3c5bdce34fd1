import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { readCassetteFile, writeCassetteFile } from '../../harness/emulation/cassette/cassette-file.ts';
import { readUsbPackets } from '../../harness/wire/usbmon/read-usbmon-packets.ts';
import { longRun } from './long-run.ts';
import { spawnHwlab, type Ended } from './spawn-hwlab.ts';

/** A device is recorded with a real guest's driver, and its recording takes its place. */
describe('cassettes, with real guests', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'hwlab-cassettes-'))));
  after(async () => rm(folder, { recursive: true, force: true }));

  const hwlab = async (...args: string[]): Promise<Ended> => spawnHwlab(args);

  async function only(database: string): Promise<Result> {
    const results = await Array.fromAsync(ResultStore.open(database).results({}, (bad) => expect.fail(bad.reason)));
    expect(results).to.have.length(1);
    const [result] = results;
    return result ?? expect.fail('no result');
  }

  /** `from`: the device is served by another process, and its recording is that of the proxy. */
  async function record(device: string, suite: string, test?: string, from?: string): Promise<string> {
    const name = join(folder, `${device}-${suite}`);
    const ran = await hwlab('run', '--device', device, '--suite', suite, ...(test === undefined ? [] : ['--test', test]), ...(from === undefined ? [] : ['--from', from]), '--record', '--db', `${name}-db`, '--reports', `${name}-reports`, '--yes');
    expect(ran.code, ran.stderr).to.equal(0);
    const result = await only(from === undefined ? `${name}-db` : join(`${name}-reports`, 'repro'));
    expect(result.cell.attachment).to.equal(from === undefined ? 'emulated' : 'redirected');
    const reports = from === undefined ? `${name}-reports` : join(`${name}-reports`, 'repro');
    const path = result.artefacts.find((artefact) => artefact.name === 'cassette')?.path ?? expect.fail('no cassette among the artefacts');
    return join(reports, 'nights', result.night, path);
  }

  async function play(cassette: string, suite: string, ...more: string[]): Promise<{ readonly code: number; readonly stderr: string; readonly result: Result; readonly reports: string }> {
    const reports = await mkdtemp(join(folder, 'played-'));
    const { code, stderr } = await hwlab('run', '--cassette', cassette, '--suite', suite, '--reports', reports, '--db', join(reports, 'db'), '--yes', ...more);
    return { code, stderr, result: await only(join(reports, 'repro')), reports };
  }

  /** A device in another process, as `usbredirect` has a real one. */
  async function served(device: string, body: (at: string) => Promise<void>): Promise<void> {
    const child = spawn(join(projectRoot, 'hwlab'), ['model', 'serve', device, '--as', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    try {
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      await body(/127\.0\.0\.1:\d+/.exec(said.toString())?.[0] ?? expect.fail(said.toString()));
    } finally {
      child.kill('SIGTERM');
      await closed;
    }
  }

  it('a recorded board passes the test that it was recorded with, on its tape alone; Wireshark gets a capture of it', async () => {
    const cassette = await record('arduino-uno-r3', 'robotics', 'signature');
    const { code, stderr, result } = await play(cassette, 'robotics', '--test', 'signature');
    expect(code, stderr).to.equal(0);
    expect(result.cell.attachment).to.equal('replayed');
    expect(result.manifest?.purpose).to.equal('repro');
    expect(result.tests.map(({ outcome }) => outcome)).to.deep.equal(['PASS']);
    expect(result.tape?.divergences).to.equal(0);
    const pcap = join(folder, 'uno.pcap');
    expect((await hwlab('cassette', 'export', cassette, pcap)).code).to.equal(0);
    expect([...readUsbPackets(await readFile(pcap))].some(({ data }) => Buffer.from(data).toString('hex') === '7520')).to.equal(true);

    // The same tape with another signature: the driver asks the same, the test sees what the tape says.
    const { head, events } = await readCassetteFile(cassette);
    const other = join(folder, 'other.cassette');
    const writer = writeCassetteFile(other, head);
    for (const event of events) writer.append(event.data && Buffer.from(event.data).toString('hex').includes('1e950f') ? { ...event, data: Uint8Array.from(Buffer.from(Buffer.from(event.data).toString('hex').replace('1e950f', '1e9516'), 'hex')) } : event);
    await writer.end();
    const wrong = await play(other, 'robotics', '--test', 'signature');
    expect(wrong.code, wrong.stderr).to.equal(1);
    expect(wrong.result.tests[0]?.attempts.at(-1)?.failure?.message).to.match(/expected signature|1e9516/i);
  });

  it('refuses a cassette that was cut before anything starts', async () => {
    const path = join(folder, 'cut.cassette');
    await writeFile(path, '{"schema":"hwlab/cassette/1"}\n');
    const { code, stderr } = await hwlab('run', '--cassette', path, '--suite', 'robotics');
    expect(code).to.equal(2);
    expect(stderr).to.contain('cut.cassette: the cassette cannot be used');
  });

  if (longRun) {
    it('a board that another process has is recorded by the proxy before it, and passes on its tape alone', async () => {
      let cassette = '';
      await served('arduino-uno-r3', async (at) => {
        cassette = await record('arduino-uno-r3', 'robotics', 'signature', at);
      });
      const { head, events } = await readCassetteFile(cassette);
      expect(head).to.include({ origin: 'proxy' });
      expect(events.some(({ meaning }) => meaning === 'STK500 READ_SIGN'), 'decoded').to.equal(true);
      const { code, stderr, result } = await play(cassette, 'robotics', '--test', 'signature');
      expect(code, stderr).to.equal(0);
      expect(result.tests.map(({ outcome }) => outcome)).to.deep.equal(['PASS']);
      expect(result.tape?.divergences).to.equal(0);
    });

    for (const [kind, device, suite, test] of [
      ['printer', 'hp-laserjet-p1102', 'printers', undefined],
      ['scanner with a feeder (eSCL over ipp-usb)', 'kyocera-ecosys-m2040dn', 'scanners', undefined],
      ['panel with a pen', 'hwlab-panel-65', 'panels', undefined],
      ['robotics brick', 'lego-ev3', 'robotics-lego', undefined],
      // How far a write came when the stick is pulled is another each time (docs/cassettes.md).
      ['stick that is written to by a user', 'sandisk-cruzer-blade', 'storage', 'user'],
    ] as const) {
      it(`a ${kind} runs the suite of its class on its tape alone as the emulated original did`, async () => {
        const cassette = await record(device, suite, test);
        const original = await only(join(folder, `${device}-${suite}-db`));
        const asked = test === undefined ? [] : ['--test', test];
        let { result, stderr } = await play(cassette, suite, ...asked);
        // For which the rig was too slow: that says nothing of the tape. A tape has one attempt, so it is played once more.
        if (result.tests.some(({ outcome }) => outcome === 'MISS')) ({ result, stderr } = await play(cassette, suite, ...asked));
        expect(result.cell.attachment).to.equal('replayed');
        const outcomes = ({ tests }: Result): readonly string[] => tests.map(({ id, outcome }) => `${id} ${outcome}`);
        expect(outcomes(result), stderr.slice(-4000)).to.deep.equal(outcomes(original));
        expect(original.tests.filter(({ outcome }) => outcome === 'PASS').length).to.be.above(test === undefined ? 3 : 1);
        expect(result.tape?.divergences, stderr.slice(-4000)).to.equal(0);
      });
    }

    it('what is not on a tape comes from the emulated original, and is on the tape that the cell keeps', async () => {
      const cassette = await record('arduino-nano-v3', 'robotics', 'signature');
      const more = await play(cassette, 'robotics', '--test', 'avrdude', '--new-episodes');
      expect(more.code, more.stderr.slice(-4000)).to.equal(0);
      expect(more.result.tape?.episodes, 'tests that the tape has not').to.be.above(0);
      const path = more.result.artefacts.find(({ name }) => name === 'cassette')?.path ?? expect.fail('no cassette is kept');
      const grown = join(more.reports, 'repro', 'nights', more.result.night, path);
      const again = await play(grown, 'robotics', '--test', 'avrdude');
      expect(again.code, again.stderr.slice(-4000)).to.equal(0);
      expect([again.result.tape?.divergences, again.result.tape?.episodes]).to.deep.equal([0, undefined]);
      expect(again.result.tests.map(({ id }) => id)).to.deep.equal(more.result.tests.map(({ id }) => id));
    });

    it('tshark, where it is installed, reads an export without a complaint and names what the driver asked', async function () {
      const cassette = join(folder, 'panel.cassette');
      const capture = join(folder, 'panel.pcap');
      expect((await hwlab('cassette', 'import', join(projectRoot, 'fixtures/recordings/ilitek-222a-0015.hid'), cassette)).code).to.equal(0);
      expect((await hwlab('cassette', 'export', cassette, capture)).code).to.equal(0);
      const tshark = spawn('tshark', ['-r', capture, '-V'], { stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      tshark.stdout.on('data', (data) => (said += String(data)));
      const code = await new Promise<unknown>((resolve) => tshark.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)).once('close', resolve));
      // apt-get install tshark
      if (code === 'ENOENT') this.skip();
      expect(code).to.equal(0);
      expect(said).to.match(/URB transfer type: URB_INTERRUPT/).and.not.match(/Malformed|Expert Info \(Error/i);
    });

    it('a tape of one release says on another what its CUPS asks otherwise, operation and attributes by name', async () => {
      const cassette = await record('kyocera-ecosys-m2040dn', 'printers-ipp', 'photograph');
      const same = await play(cassette, 'printers-ipp', '--test', 'photograph');
      expect([same.code, same.result.tape?.divergences], same.stderr.slice(-4000)).to.deep.equal([0, 0]);
      const other = await play(cassette, 'printers-ipp', '--test', 'photograph', '--image', 'debian-13');
      expect(other.result.environment.kernel).to.not.equal(same.result.environment.kernel);
      expect(other.result.tape?.verdict, other.stderr.slice(-4000)).to.equal('divergence');
      const { what, expected, found, before } = other.result.tape?.first ?? expect.fail('no first divergence');
      expect([what, before.length]).to.deep.equal(['request', 10]);
      const operation = (said: string): string | undefined => /^[A-Z][A-Za-z]+(?:-[A-Z][A-Za-z]+)+/.exec(said)?.[0];
      expect(operation(expected), 'the same operation').to.equal(operation(found)).and.to.be.a('string');
      expect(`${expected}; ${found}`, 'attributes that one has and the other has not').to.match(/ with [a-z-]+(?: [a-z-]+)?: /);
    });
  }
});
