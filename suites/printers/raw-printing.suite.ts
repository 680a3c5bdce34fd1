import { setTimeout as delay } from 'node:timers/promises';
import { expect, feature, suite, type RawPrinterControls } from '../../harness/index.ts';
import { makeRawQueue, needRawDevice, printRandom, serialOf, waitForArrival, waitForListing, type RawCell } from './raw-queue.ts';

const paperEmpty = 0x20;

/** The id that a device of the model has; a broken device answers otherwise. */
const deviceIdOf = (cell: RawCell): string => `${String(cell.unit.model.behaviour['deviceId'])}${String(cell.unit.model.behaviour['deviceIdExtra'] ?? '')}`;

suite('printers', () => {
  feature<RawPrinterControls>('printing.device-id', 'the kernel reads the device id byte for byte', async (cell) => {
    const sysfs = await cell.unit.sysfs();
    const id = await cell.waitFor('usblp gives the IEEE 1284 device id', async () => {
      const { stdout, exitCode } = await cell.guest.run(`cat ${sysfs}/*/ieee1284_id`, { accept: [0, 1] });
      return exitCode === 0 ? { value: stdout } : { saw: 'no file ieee1284_id' };
    }, 10);
    expect(id).to.equal(deviceIdOf(cell));
    const { stdout: driver } = await cell.guest.run(`basename $(readlink ${sysfs}/*:1.0/driver); test -c /dev/usb/lp0 && echo node`);
    expect(driver.trim().split('\n')).to.deep.equal(['usblp', 'node']);
  });

  feature<RawPrinterControls>('printing.direct', 'what is written to /dev/usb/lp0 arrives byte for byte', async (cell) => {
    await needRawDevice(cell);
    const length = 2 * 1024 * 1024;
    const began = performance.now();
    const content = cell.randomBytes(length);
    const { stdout } = await cell.guest.run('cat > /tmp/hwlab-direct; dd if=/tmp/hwlab-direct of=/dev/usb/lp0 bs=64k 2>&1', { input: content });
    // usblp's write comes back when the printer has taken everything.
    await waitForArrival(cell, { content, id: 'a file copied to /dev/usb/lp0' }, 3);
    const seconds = Number(/, ([\d.]+) s,/.exec(stdout)?.[1] ?? (performance.now() - began) / 1000);
    cell.measure('printing.direct.bytes-per-second', Math.round(length / seconds));
  });

  feature<RawPrinterControls>('printing.paper-out', 'paper out is reported through the kernel, and clears', async (cell) => {
    const { controls } = cell.unit;
    const status = async (): Promise<number> => {
      // LPGETSTATUS of the kernel's lp interface, 0x060b; Debian's essential perl is the smallest thing that can do an ioctl.
      const { stdout } = await cell.guest.run(`perl -e 'open(my $f, "+<", "/dev/usb/lp0") or die "lp0: $!"; my $b = pack("i", 0); ioctl($f, 0x060b, $b) or die "ioctl: $!"; print unpack("i", $b)'`);
      return Number(stdout);
    };
    await needRawDevice(cell);
    expect((await status()) & paperEmpty, 'with paper').to.equal(0);
    controls.setPaper(false);
    expect((await status()) & paperEmpty, 'without paper').to.equal(paperEmpty);
    controls.setPaper(true);
    expect((await status()) & paperEmpty, 'with paper again').to.equal(0);
  });

  feature<RawPrinterControls>('printing.discovery', 'CUPS lists the printer once, with make, model and serial number', async (cell) => {
    const all = await waitForListing(cell, serialOf(cell));
    expect(all, all.map(({ uri }) => uri).join(', ')).to.have.lengthOf(1);
    const [line] = all;
    const field = (...keys: readonly string[]): string => new RegExp(`(?:^|;)(?:${keys.join('|')}):([^;]*)`).exec(deviceIdOf(cell))?.[1] ?? '';
    expect(line?.deviceId).to.equal(deviceIdOf(cell));
    expect(line?.makeAndModel.toLowerCase()).to.contain(field('MDL', 'MODEL').replace(/^hp /i, '').toLowerCase());
    // CUPS writes Hewlett-Packard as HP.
    const maker = field('MFG', 'MANUFACTURER');
    expect(line?.makeAndModel).to.match(new RegExp(`^${maker === 'Hewlett-Packard' ? 'HP' : maker} `));
  });

  feature<RawPrinterControls>('printing.raw', 'a job of 300 kB arrives byte for byte', async (cell) => {
    await makeRawQueue(cell);
    const began = performance.now();
    await waitForArrival(cell, await printRandom(cell, 300_000));
    cell.measure('printing.raw.ms', Math.round(performance.now() - began));
  });

  feature<RawPrinterControls>('printing.several-jobs', 'two jobs back to back both arrive, in order and apart', async (cell) => {
    await makeRawQueue(cell);
    const before = Math.max(0, ...cell.unit.controls.jobs.map(({ number }) => number));
    const first = await printRandom(cell, 40_000);
    const second = await printRandom(cell, 50_000);
    await waitForArrival(cell, first);
    await waitForArrival(cell, second);
    const arrived = cell.unit.controls.jobs.filter(({ number }) => number > before);
    expect(arrived.map(({ document }) => document.length)).to.deep.equal([first.content.length, second.content.length]);
  });

  feature<RawPrinterControls>('printing.slow-device', 'a printer that accepts slowly, and stops for a while, loses nothing', async (cell) => {
    await makeRawQueue(cell);
    const { controls } = cell.unit;
    controls.setSpeed(100_000);
    const before = controls.received;
    const job = await printRandom(cell, 200_000);
    await cell.waitFor('the first 50 kB arrive', () => (controls.received - before >= 50_000 ? { value: true } : { saw: `${controls.received - before} bytes` }), 15);
    controls.hold(true);
    const held = controls.received;
    await delay(1500);
    expect(controls.received - held, 'bytes taken while held').to.be.at.most(16_384);
    controls.hold(false);
    await waitForArrival(cell, job);
    expect(controls.received - before).to.equal(job.content.length);
  });

  feature<RawPrinterControls>('printing.paper-out', 'a job waits while paper is out, and prints whole when it is back', async (cell) => {
    await makeRawQueue(cell);
    const { controls } = cell.unit;
    controls.setPaper(false);
    const before = controls.received;
    const job = await printRandom(cell, 20_000);
    await cell.waitFor('CUPS works on the job', async () => {
      const { stdout } = await cell.guest.run('lpstat -p hwlab');
      return stdout.includes(`now printing ${job.id}`) ? { value: true } : { saw: stdout };
    }, 15);
    expect(controls.received, 'bytes taken without paper').to.equal(before);
    controls.setPaper(true);
    await waitForArrival(cell, job);
  });

  feature<RawPrinterControls>('printing.two-units', 'two printers of one model can be told apart', async (cell) => {
    const serial = `${serialOf(cell)}B`;
    await cell.plugAnother((model) => ({ ...model, usb: { ...model.usb, strings: { ...model.usb.strings, serial } } }));
    const all = await waitForListing(cell, serialOf(cell), serial);
    expect(all, all.map(({ uri }) => uri).join(', ')).to.have.lengthOf(2);
  });

  feature<RawPrinterControls>('printing.replug', 'a job cut off by pulling the cable is kept, and prints whole afterwards', async (cell) => {
    await makeRawQueue(cell);
    const { controls } = cell.unit;
    controls.setSpeed(60_000);
    const before = controls.received;
    const job = await printRandom(cell, 120_000);
    await cell.waitFor('the job is under way', () => (controls.received - before >= 20_000 ? { value: true } : { saw: `${controls.received - before} bytes` }), 15);
    await cell.unit.unplug();
    const queue = await cell.waitFor('the backend gives up', async () => {
      const { stdout } = await cell.guest.run('lpstat -p hwlab; lpstat -o hwlab');
      return stdout.includes('now printing') ? { saw: stdout } : { value: stdout };
    }, 15);
    expect(queue, 'the queue after the unplug').to.contain(job.id);
    controls.setSpeed(undefined);
    await cell.unit.plug();
    // CUPS tries again by itself 30 s later; whoever stands before the printer resumes the job.
    await cell.guest.run(`cupsenable hwlab; lp -i ${job.id} -H resume`);
    await waitForArrival(cell, job);
    expect(await cell.guest.kernelLog()).to.not.match(/\b(BUG|Oops|WARNING):/);
  }, { within: 45 });
});
