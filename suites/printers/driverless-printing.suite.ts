import { expect, feature, suite, type MfpControls, type PrintedJob } from '../../harness/index.ts';
import { lastJobId, makeDriverlessQueue, printDocument, printerUri, sha256, supported, waitForCompleted, waitForIppUsb, type IppCell } from './driverless-queue.ts';
import { sampleJpeg, samplePdf } from './sample-documents.ts';

const pages = 2;
const printed = new WeakMap<object, Promise<PrintedJob>>();

/** A PDF of two pages, on both sides where the printer can; printed once and looked at by two tests. */
async function printPdf(cell: IppCell): Promise<PrintedJob> {
  const print = async (): Promise<PrintedJob> => {
    await makeDriverlessQueue(cell);
    const before = lastJobId(cell);
    const began = performance.now();
    const duplex = supported(cell, 'sides').includes('two-sided-long-edge');
    await printDocument(cell, samplePdf(pages), `-o media=iso_a6_105x148mm${duplex ? ' -o sides=two-sided-long-edge' : ''}`);
    const job = await waitForCompleted(cell, before);
    cell.measure('printing.document.ms', Math.round(performance.now() - began));
    return job;
  };
  const job = printed.get(cell.unit.controls) ?? print();
  printed.set(cell.unit.controls, job);
  return await job;
}

suite('printers-ipp', () => {
  feature<MfpControls>('printing.ipp-usb', 'ipp-usb starts by itself and serves the device', async (cell) => {
    const began = performance.now();
    await waitForIppUsb(cell);
    cell.measure('printing.ipp-usb.ms', Math.round(performance.now() - began));
    const { stdout } = await cell.guest.run('systemctl is-active ipp-usb');
    expect(stdout.trim()).to.equal('active');
  });

  feature<MfpControls>('printing.attributes', 'the printer answers over USB with its name and what it can do', async (cell) => {
    const uri = await printerUri(cell);
    const { stdout } = await cell.guest.run(`ipptool -tv ${uri} get-printer-attributes.test`);
    const { printer } = cell.unit.model.behaviour as { printer: { attributes: Record<string, Record<string, readonly string[]>> } };
    const name = printer.attributes['printer-make-and-model']?.['textWithoutLanguage']?.[0];
    expect(stdout).to.contain(`printer-make-and-model (textWithoutLanguage) = ${name}`);
    const formats = /document-format-supported \(1setOf mimeMediaType\) = (.*)/.exec(stdout)?.[1]?.split(',');
    expect(formats).to.deep.equal(supported(cell, 'document-format'));
  });

  feature<MfpControls>('printing.discovery', 'the printer is announced once, on this machine only by its own name', async (cell) => {
    const uri = await printerUri(cell);
    const port = /:(\d+)\//.exec(uri)?.[1];
    const { stdout } = await cell.guest.run("ippfind -T 3 -x echo '{service_port}' '{service_name}' ';'", { accept: [0, 1] });
    const found = stdout.split('\n').filter((line) => line.startsWith(`${port} `));
    expect(found, stdout).to.have.lengthOf(1);
    const words = cell.unit.model.usb.strings.product?.split(' ') ?? [];
    for (const word of words) expect(found[0]).to.contain(word);
  });

  feature<MfpControls>('printing.automatic-queue', 'applications are offered the printer once, with nothing to set up', async (cell) => {
    await waitForIppUsb(cell);
    const product = cell.unit.model.usb.strings.product?.replace(/[^A-Za-z0-9]+/g, '_') ?? '';
    const queues = await cell.waitFor('lpstat -e offers a queue for the printer', async () => {
      const { stdout } = await cell.guest.run('lpstat -e', { accept: [0, 1] });
      const own = stdout.split('\n').filter((name) => name.includes(product));
      return own.length > 0 ? { value: own } : { saw: stdout.trim() || 'no queue' };
    }, 15);
    expect(queues, 'queues').to.have.lengthOf(1);
  });

  feature<MfpControls>('printing.transport', 'a job of 1 MiB crosses ipp-usb byte for byte', async (cell) => {
    const uri = await printerUri(cell);
    const content = cell.randomBytes(1024 * 1024);
    const before = lastJobId(cell);
    const { stdout } = await cell.guest.run(`cat > /tmp/hwlab-octets && s=$(date +%s%N); ipptool -tf /tmp/hwlab-octets -d filetype=application/octet-stream ${uri} print-job.test; echo ms $((($(date +%s%N) - s) / 1000000))`, { input: content });
    const job = await waitForCompleted(cell, before);
    expect(job.documents.map((document) => document.sha256), stdout).to.deep.equal([sha256(content)]);
    cell.measure('printing.transport.bytes-per-second', Math.round((content.length * 1000) / Math.max(1, Number(/ms (\d+)/.exec(stdout)?.[1]))));
  });

  feature<MfpControls>('printing.document', 'a PDF of two pages prints as two pages in a format of the printer', async (cell) => {
    const job = await printPdf(cell);
    const [document] = job.documents;
    expect(job.documents).to.have.lengthOf(1);
    expect(document?.format).to.be.oneOf(['application/pdf', 'image/urf', 'image/pwg-raster'].filter((format) => supported(cell, 'document-format').includes(format)));
    expect(document?.pages?.problem).to.equal(undefined);
    expect(document?.pages?.pages).to.equal(pages);
  }, { within: 40 });

  feature<MfpControls>('printing.duplex', 'both sides of the sheet are asked for', async (cell) => {
    if (!supported(cell, 'sides').includes('two-sided-long-edge')) cell.skip('a printer that prints on both sides');
    const job = await printPdf(cell);
    expect(job.options['sides']).to.equal('two-sided-long-edge');
  }, { within: 40 });

  feature<MfpControls>('printing.image', 'a photograph arrives as the JPEG it is', async (cell) => {
    if (!supported(cell, 'document-format').includes('image/jpeg')) cell.skip('a printer that takes JPEG');
    await makeDriverlessQueue(cell);
    const before = lastJobId(cell);
    await printDocument(cell, sampleJpeg);
    const job = await waitForCompleted(cell, before);
    expect(job.documents.map((document) => [document.format, document.sha256])).to.deep.equal([['image/jpeg', sha256(sampleJpeg)]]);
  });

  feature<MfpControls>('printing.paper-out', 'paper out is shown at the queue, and the job ends when paper is back', async (cell) => {
    await makeDriverlessQueue(cell);
    const { printer } = cell.unit.controls;
    const before = lastJobId(cell);
    printer.setPaper(false);
    await printDocument(cell, sampleJpeg);
    await cell.waitFor('the queue says that paper is needed', async () => {
      const { stdout } = await cell.guest.run('lpstat -l -p hwlab-ipp');
      return /media-(empty|needed)/.test(stdout) ? { value: true } : { saw: stdout.trim().slice(0, 400) };
    }, 20);
    expect(printer.jobs.filter(({ id, state }) => id > before && state === 'completed')).to.have.lengthOf(0);
    printer.setPaper(true);
    await waitForCompleted(cell, before);
  }, { within: 45 });

  feature<MfpControls>('printing.replug', 'after pulling the cable and plugging in again the same queue prints', async (cell) => {
    await makeDriverlessQueue(cell);
    // A job of which CUPS does not know yet that it is printed would keep the queue from the one that this is about.
    await cell.waitFor('the queue to be idle', async () => {
      const { stdout } = await cell.guest.run('lpstat -p hwlab-ipp');
      return stdout.includes('is idle') ? { value: true } : { saw: stdout.trim().slice(0, 400) };
    }, 20);
    await cell.unit.unplug();
    await cell.waitFor('nothing listens for the printer that is gone', async () => {
      const { stdout } = await cell.guest.run("ss -Hltn | grep -E ':6[0-9]{4} '", { accept: [0, 1] });
      return stdout.trim() === '' ? { value: true } : { saw: stdout.trim() };
    }, 10);
    await cell.unit.plug();
    await waitForIppUsb(cell);
    const before = lastJobId(cell);
    await printDocument(cell, sampleJpeg);
    await waitForCompleted(cell, before);
    expect(await cell.guest.kernelLog()).to.not.match(/\b(BUG|Oops|WARNING):/);
  }, { within: 45 });

  feature<MfpControls>('printing.cancel', 'a job that is cancelled half way leaves nothing behind for the next one', async (cell) => {
    await makeDriverlessQueue(cell);
    const { printer } = cell.unit.controls;
    const before = lastJobId(cell);
    printer.hold(true);
    const name = await printDocument(cell, sampleJpeg);
    await cell.waitFor('the printer has the job', () => (lastJobId(cell) > before ? { value: true } : { saw: 'no job' }), 15);
    await cell.guest.run(`cancel ${name}`);
    printer.hold(false);
    const cancelled = lastJobId(cell);
    await printDocument(cell, sampleJpeg);
    const job = await waitForCompleted(cell, cancelled);
    expect(job.documents.map((document) => document.sha256)).to.deep.equal([sha256(sampleJpeg)]);
  }, { within: 45 });
});
