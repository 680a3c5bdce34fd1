import { expect, feature, suite, type EmulatedModel, type RawPrinterControls } from '../../harness/index.ts';
import { hasArrived, listUsbPrinters, makeRawQueue, needRawDevice, printRandom, serialOf, waitForArrival, waitForListing, type RawCell } from './raw-queue.ts';
import { samplePdf } from './sample-documents.ts';

const escape = '\x1b';

const withUsb = (model: EmulatedModel, usb: Partial<EmulatedModel['usb']>, behaviour: object = {}): EmulatedModel => ({ ...model, usb: { ...model.usb, ...usb }, behaviour: { ...model.behaviour, ...behaviour } });
const withSerial = (model: EmulatedModel, serial: string, behaviour: object = {}): EmulatedModel => withUsb(model, { strings: { ...model.usb.strings, serial } }, behaviour);

/** A queue of another name for a printer that CUPS lists under this URI. */
async function addQueue(cell: RawCell, queue: string, uri: string): Promise<void> {
  await cell.guest.run(`lpadmin -p ${queue} -E -v '${uri}' -o printer-error-policy=retry-job`);
}

suite('printers-quirks', () => {
  feature<RawPrinterControls>('printing.descriptors', 'lsusb decodes a bidirectional printer with a bulk pipe each way', async (cell) => {
    const { vendorId, productId } = cell.unit.model.usb;
    const { stdout } = await cell.guest.run(`lsusb -v -d ${vendorId.slice(2)}:${productId.slice(2)} 2>/dev/null`);
    expect(stdout).to.match(/bInterfaceClass\s+7 Printer/).and.to.match(/bInterfaceProtocol\s+2 Bidirectional/);
    const directions = [...stdout.matchAll(/bEndpointAddress\s+0x\S+\s+EP \d+ (IN|OUT)\s+bmAttributes\s+2\s+Transfer Type\s+Bulk/g)].map(([, way]) => way);
    expect(directions).to.have.members(['IN', 'OUT']);
  });

  feature<RawPrinterControls>('printing.lpinfo', 'the scheduler, which does not run as root, is told of the printer too', async (cell) => {
    await waitForListing(cell, serialOf(cell));
    const { stdout } = await cell.guest.run('lpinfo --include-schemes usb -v');
    expect(stdout.split('\n').filter((line) => line.startsWith('direct usb://') && line.endsWith(serialOf(cell)))).to.have.lengthOf(1);
  });

  feature<RawPrinterControls>('printing.other-port', 'a printer that is moved to another USB port keeps its address in CUPS', async (cell) => {
    const [before] = await waitForListing(cell, serialOf(cell));
    await cell.unit.unplug();
    await cell.plugAnother((model) => model);
    const all = await waitForListing(cell, serialOf(cell));
    expect(all.map(({ uri }) => uri)).to.deep.equal([before?.uri]);
  });

  feature<RawPrinterControls>('printing.same-serial', 'two printers that say one SERN and have two USB serial numbers get two addresses', async (cell) => {
    await cell.unit.unplug();
    const sern = { deviceIdExtra: 'SERN:01010112345600;' };
    await cell.plugAnother((model) => withSerial(model, 'HWLABSERN1', sern));
    await cell.plugAnother((model) => withSerial(model, 'HWLABSERN2', sern));
    const all = await cell.waitFor('CUPS lists two printers', async () => {
      const lines = await listUsbPrinters(cell);
      return lines.length >= 2 ? { value: lines } : { saw: lines.map(({ uri }) => uri).join(', ') || 'no USB printer' };
    }, 15);
    expect(new Set(all.map(({ uri }) => uri)), 'different addresses').to.have.lengthOf(2);
  });

  feature<RawPrinterControls>('printing.no-serial', 'two printers without a serial number get two addresses', async (cell) => {
    await cell.unit.unplug();
    const without = (model: EmulatedModel): EmulatedModel => withUsb(model, { strings: { manufacturer: model.usb.strings.manufacturer ?? '', product: model.usb.strings.product ?? '' } });
    await cell.plugAnother(without);
    await cell.plugAnother(without);
    const all = await cell.waitFor('CUPS lists two printers', async () => {
      const lines = await listUsbPrinters(cell);
      return lines.length >= 2 ? { value: lines } : { saw: lines.map(({ uri }) => uri).join(', ') || 'no USB printer' };
    }, 15);
    expect(new Set(all.map(({ uri }) => uri)), 'different addresses').to.have.lengthOf(2);
  });

  feature<RawPrinterControls>('printing.filtered', 'a PDF of two pages comes out of a PCL driver as two pages of PCL', async (cell) => {
    const [unit] = await waitForListing(cell, serialOf(cell));
    await cell.guest.run(`lpadmin -p hwlab-pcl -E -v '${unit?.uri}' -m drv:///sample.drv/generpcl.ppd`);
    await cell.guest.run('cat > /tmp/hwlab.pdf && chmod 644 /tmp/hwlab.pdf && lp -d hwlab-pcl -o media=A6 /tmp/hwlab.pdf', { input: samplePdf(2) });
    const text = await cell.waitFor('the whole job arrives: it ends with a reset of the printer', () => {
      const document = cell.unit.controls.jobs.at(-1)?.document;
      const head = Buffer.from(document?.head ?? []).toString('latin1');
      return head.startsWith(`${escape}E`) && head.endsWith(`${escape}E`) ? { value: head } : { saw: `${document?.length ?? 0} bytes, ${document?.format ?? 'nothing'}` };
    }, 40);
    // Each page ends its raster graphics with ESC*rB or ESC*r0B.
    expect(text.split(`${escape}*r0B`).length + text.split(`${escape}*rB`).length - 2, 'pages').to.equal(2);
    await cell.guest.run('lpadmin -x hwlab-pcl');
  }, { within: 60 });

  feature<RawPrinterControls>('printing.pause', 'a job of 2 MB arrives whole at a printer that takes nothing for 10 s in its middle', async (cell) => {
    await makeRawQueue(cell);
    cell.unit.controls.behave({ pause: { afterBytes: 500_000, milliseconds: 10_000 } });
    const began = performance.now();
    await waitForArrival(cell, await printRandom(cell, 2_000_000), 45);
    expect(performance.now() - began).to.be.at.least(10_000);
  }, { within: 60 });

  feature<RawPrinterControls>('printing.late-back-channel', 'a job arrives unchanged at a printer that answers the back channel 600 ms late', async (cell) => {
    await makeRawQueue(cell);
    cell.unit.controls.behave({ backChannel: 'pjl', backChannelDelay: 600 });
    const begin = '\x1b%-12345X@PJL USTATUS DEVICE=ON\r\n@PJL INFO ID\r\n@PJL INFO STATUS\r\n';
    cell.unit.controls.setSpeed(200_000);
    await waitForArrival(cell, await printRandom(cell, 600_000, { begin }), 30);
  }, { within: 45 });

  feature<RawPrinterControls>('printing.talkative', 'a printer that talks at every read neither stops its job nor keeps the processor busy', async (cell) => {
    await makeRawQueue(cell);
    cell.unit.controls.behave({ backChannel: 'device-id', backChannelDelay: 0 });
    const { stdout: before } = await cell.guest.run('cut -d" " -f1 /proc/uptime');
    cell.unit.controls.setSpeed(40_000);
    const job = await printRandom(cell, 400_000);
    const spent = await cell.waitFor('most of the job has come', async () => {
      if (cell.unit.controls.received < 300_000 && !hasArrived(cell, job)) return { saw: `${cell.unit.controls.received} bytes` };
      const { stdout } = await cell.guest.run('ps -C usb -o etimes=,cputimes=; cut -d" " -f1 /proc/uptime', { accept: [0, 1] });
      return { value: stdout };
    }, 40);
    const [etimes = 0, cputimes = 0] = spent.trim().split(/\s+/).map(Number);
    await cell.attach('seconds of the backend, and of its processor time', `begun at ${before.trim()}\n${spent}`, 'text/plain');
    await waitForArrival(cell, job, 30);
    cell.measure('printing.talkative.cpu-percent', Math.round((100 * cputimes) / Math.max(1, etimes)));
    expect(cputimes / Math.max(1, etimes), 'share of a processor that the backend takes').to.be.below(0.75);
  }, { within: 60 });

  feature<RawPrinterControls>('printing.cancel', 'a job that is cancelled in its middle leaves no byte in the next one', async (cell) => {
    await makeRawQueue(cell);
    const { controls } = cell.unit;
    controls.setSpeed(40_000);
    const before = controls.received;
    const cancelled = await printRandom(cell, 200_000);
    await cell.waitFor('the job is under way', () => (controls.received - before >= 20_000 ? { value: true } : { saw: `${controls.received - before} bytes` }), 15);
    await cell.guest.run(`cancel ${cancelled.id}`);
    controls.setSpeed(undefined);
    const next = await printRandom(cell, 60_000);
    await waitForArrival(cell, next);
    expect(hasArrived(cell, cancelled), 'the cancelled job arrived all the same').to.equal(false);
  }, { within: 45 });

  feature<RawPrinterControls>('printing.back-to-back', 'five jobs one behind the other all arrive, in order', async (cell) => {
    await makeRawQueue(cell);
    const began = performance.now();
    const jobs = [];
    for (let count = 0; count < 5; count += 1) jobs.push(await printRandom(cell, 30_000));
    for (const job of jobs) await waitForArrival(cell, job, 40);
    cell.measure('printing.back-to-back.ms-per-job', Math.round((performance.now() - began) / 5));
    const begins = jobs.map(({ content }) => Buffer.from(content.subarray(0, 16)).toString('hex'));
    const arrived = cell.unit.controls.jobs.map(({ document }) => Buffer.from(document.head.subarray(0, 16)).toString('hex'));
    expect(arrived.filter((begin) => begins.includes(begin))).to.deep.equal(begins);
  }, { within: 60 });

  feature<RawPrinterControls>('printing.no-reattach', 'the first and the second job print on a printer that CUPS knows not to give back to the kernel', async (cell) => {
    const known = await cell.plugAnother((model) => withUsb(withSerial(model, 'HWLABLEXM1'), { vendorId: '0x043d', productId: '0x0139' }, { losesAfterSetInterface: 512 }));
    const [line] = await waitForListing(cell, 'HWLABLEXM1');
    await addQueue(cell, 'hwlab-known', line?.uri ?? '');
    const printer: RawCell = { ...cell, unit: known };
    for (const which of ['first', 'second']) await waitForArrival(printer, await printRandom(printer, 20_000, { queue: 'hwlab-known', begin: `${which} job ` }), 30);
    await cell.guest.run('lpadmin -x hwlab-known');
  }, { within: 60 });

  feature<RawPrinterControls>('printing.bad-device-id', 'no wrong answer to GET_DEVICE_ID crashes the backend or the kernel', async (cell) => {
    for (const deviceIdAnswer of ['stall', 'empty', 'zero-length', 'short', 'little-endian-length', 'trailing-garbage', 'blank'] as const) {
      await cell.unit.unplug();
      cell.unit.controls.behave({ deviceIdAnswer });
      await cell.unit.plug();
      const { exitCode, stderr } = await cell.guest.run('/usr/lib/cups/backend/usb', { accept: [0, 1, 2, 3, 4, 5, 6, 134, 135, 136, 137, 139] });
      expect(exitCode, `exit of the backend with the answer "${deviceIdAnswer}": ${stderr.slice(-300)}`).to.be.below(128);
    }
    expect(await cell.guest.kernelLog()).to.not.match(/\b(BUG|Oops|WARNING|segfault)\b/);
  }, { within: 60 });

  feature<RawPrinterControls>('printing.nameless', 'a printer whose device id cannot be read is listed by the name in its USB strings', async (cell) => {
    await cell.unit.unplug();
    cell.unit.controls.behave({ deviceIdAnswer: 'stall' });
    await cell.unit.plug();
    const all = await cell.waitFor('CUPS lists a USB printer', async () => {
      const lines = await listUsbPrinters(cell);
      return lines.length > 0 ? { value: lines } : { saw: 'no USB printer' };
    }, 10);
    const product = cell.unit.model.usb.strings.product ?? '';
    expect(all.map(({ makeAndModel }) => makeAndModel).join(', ')).to.contain(product);
  });

  feature<RawPrinterControls>('printing.unplug-clean', 'pulling the cable ends a write to /dev/usb/lp0 at once, with nothing left hanging', async (cell) => {
    await needRawDevice(cell);
    const { controls } = cell.unit;
    controls.setSpeed(40_000);
    const before = controls.received;
    const writing = cell.guest.run('cat > /tmp/hwlab-direct; dd if=/tmp/hwlab-direct of=/dev/usb/lp0 bs=8k', { input: cell.randomBytes(400_000), accept: [0, 1] });
    await cell.waitFor('the write is under way', () => (controls.received - before >= 20_000 ? { value: true } : { saw: `${controls.received - before} bytes` }), 15);
    await cell.unit.unplug();
    const { exitCode, stderr } = await writing;
    expect(exitCode, stderr).to.equal(1);
    const { stdout } = await cell.guest.run('ps -eo stat=,comm= | grep "^D" | grep -v kworker; ls /dev/usb/lp* 2>/dev/null', { accept: [0, 1, 2] });
    expect(stdout.trim(), 'processes that cannot be ended, and nodes that stayed').to.equal('');
    expect(await cell.guest.kernelLog()).to.not.match(/\b(BUG|Oops|WARNING):/);
  });
});
