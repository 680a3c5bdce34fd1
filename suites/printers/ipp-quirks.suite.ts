import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { lastJobId, makeDriverlessQueue, printDocument, printerUri, sha256, supported, waitForCompleted, waitForIppUsb, type IppCell } from './driverless-queue.ts';
import { sampleJpeg } from './sample-documents.ts';

type Manners = Parameters<MfpControls['behave']>[0];

/** Plugs the device in anew with other manners, as a device of that kind would be; afterwards it is unplugged, and ipp-usb forgets what it knew. */
async function withManners(cell: IppCell, manners: Manners, prove: () => Promise<void>): Promise<void> {
  await cell.unit.unplug();
  await cell.guest.run('systemctl stop ipp-usb', { within: 20 });
  cell.unit.controls.behave(manners);
  await cell.unit.plug();
  try {
    await prove();
  } finally {
    await cell.attach('ipp-usb status', (await cell.guest.run('ipp-usb status 2>&1; tail -n 60 /var/log/ipp-usb/main.log', { accept: [0, 1] })).stdout, 'text/plain');
    await cell.unit.unplug();
    await cell.guest.run('systemctl kill --signal=KILL ipp-usb; systemctl stop ipp-usb; systemctl reset-failed ipp-usb', { accept: [0, 1, 5] });
  }
}

/** The printer answers Get-Printer-Attributes through ipp-usb: what every program asks it first. */
async function answersAttributes(cell: IppCell): Promise<string> {
  const uri = await printerUri(cell);
  const { stdout } = await cell.guest.run(`ipptool -tv ${uri} get-printer-attributes.test`, { within: 20 });
  return stdout;
}

/** One GET through ipp-usb, with the shell's own TCP; gives the answer with its header. */
function get(uri: string, path: string): string {
  const port = /:(\d+)\//.exec(uri)?.[1] ?? '';
  return `bash -c 'exec 3<>/dev/tcp/localhost/${port}; printf "GET ${path} HTTP/1.1\\r\\nHost: localhost:${port}\\r\\nConnection: close\\r\\n\\r\\n" >&3; timeout 60 cat <&3'`;
}

suite('printers-ipp-quirks', () => {
  feature<MfpControls>('printing.dns-sd', 'the announcement names model, resource and the unit itself', async (cell) => {
    const port = /:(\d+)\//.exec(await printerUri(cell))?.[1];
    const record = await cell.waitFor('avahi-browse resolves the printer on the loopback', async () => {
      const { stdout } = await cell.guest.run('avahi-browse --parsable --resolve --terminate _ipp._tcp', { accept: [0, 1] });
      const own = stdout.split('\n').filter((line) => line.startsWith('=;lo;') && line.split(';')[8] === port);
      return own.length > 0 ? { value: own } : { saw: stdout.trim().slice(-500) || 'no record' };
    }, 15);
    expect(new Set(record.map((line) => line.split(';')[3])), 'names').to.have.lengthOf(1);
    const [line = ''] = record;
    const txt = (key: string): string | undefined => new RegExp(`"${key}=([^"]*)"`).exec(line)?.[1];
    expect(txt('rp')).to.equal('ipp/print');
    expect(txt('UUID')).to.equal(cell.unit.controls.scanner.capabilities.uuid);
    expect(txt('ty')).to.be.a('string').and.not.equal('');
    expect(txt('usb_MDL')).to.be.a('string').and.not.equal('');
  });

  feature<MfpControls>('printing.one-way', 'while ipp-usb has the printer, CUPS does not list it as a raw USB printer as well', async (cell) => {
    await waitForIppUsb(cell);
    const { stdout } = await cell.guest.run('/usr/lib/cups/backend/usb 2>/dev/null; ls /dev/usb/lp* 2>/dev/null', { accept: [0, 1, 2] });
    await cell.attach('what the USB backend lists, and nodes of usblp', stdout, 'text/plain');
    expect(stdout.split('\n').filter((line) => line.startsWith('direct usb://'))).to.deep.equal([]);
  });

  feature<MfpControls>('printing.ipp-usb-ends', 'ipp-usb ends when its last device is unplugged', async (cell) => {
    await waitForIppUsb(cell);
    await cell.unit.unplug();
    await cell.waitFor('ipp-usb ends', async () => {
      const { stdout } = await cell.guest.run('systemctl is-active ipp-usb', { accept: [0, 3] });
      return stdout.trim() === 'inactive' ? { value: true } : { saw: stdout.trim() };
    }, 20);
  });

  feature<MfpControls>('printing.conformance-1-1', 'every check of ipptool for IPP/1.1 passes', async (cell) => {
    await conforms(cell, 'ipp-1.1');
  }, { within: 60 });

  feature<MfpControls>('printing.conformance-2-0', 'every check of ipptool for IPP/2.0 passes', async (cell) => {
    await conforms(cell, 'ipp-2.0');
  }, { within: 60 });

  feature<MfpControls>('printing.conformance-everywhere', 'every check of ipptool for IPP Everywhere passes on a device that says it is one', async (cell) => {
    await conforms(cell, 'ipp-everywhere', supported(cell, 'ipp-features').includes('ipp-everywhere'));
  }, { within: 60 });

  feature<MfpControls>('printing.slow-first-answer', 'a device that needs 12 s for its first answer is served', async (cell) => {
    await withManners(cell, { http: { firstAnswerDelay: 12_000 } }, async () => {
      expect(await answersAttributes(cell)).to.contain('printer-make-and-model');
    });
  }, { within: 60 });

  feature<MfpControls>('printing.busy-at-boot', 'a device that answers 503 for 20 s, without the last line feed, is served afterwards without being unplugged', async (cell) => {
    await withManners(cell, { http: { cutAnswers: 20_000 } }, async () => {
      await cell.waitFor('ipp-usb serves the device', async () => {
        const { stdout } = await cell.guest.run('ipp-usb status', { accept: [0, 1] });
        return /status:\s*OK/.test(stdout) ? { value: true } : { saw: stdout.trim().slice(-300) };
      }, 40);
      expect(await answersAttributes(cell)).to.contain('printer-make-and-model');
    });
  }, { within: 80 });

  feature<MfpControls>('printing.whole-503-at-boot', 'a device that answers a few requests with a good 503 is served afterwards without being unplugged', async (cell) => {
    await withManners(cell, { http: { busyAnswers: 6 } }, async () => {
      await cell.waitFor('ipp-usb serves the device', async () => {
        const { stdout } = await cell.guest.run('ipp-usb status', { accept: [0, 1] });
        return /status:\s*OK/.test(stdout) ? { value: true } : { saw: stdout.trim().slice(-300) };
      }, 15);
      expect(await answersAttributes(cell)).to.contain('printer-make-and-model');
    });
  }, { within: 45 });

  feature<MfpControls>('printing.no-ipp-inside', 'a device that answers 404 to everything is left to CUPS, and prints raw', async (cell) => {
    await withManners(cell, { http: { notFound: true } }, async () => {
      const uri = await cell.waitFor('the USB backend of CUPS lists the device', async () => {
        const { stdout } = await cell.guest.run('/usr/lib/cups/backend/usb 2>/dev/null');
        const found = /^direct (usb:\/\/\S+)/m.exec(stdout)?.[1];
        return found === undefined ? { saw: stdout.trim() || 'no USB printer' } : { value: found };
      }, 30);
      const { raw } = cell.unit.controls.printer;
      await cell.guest.run(`lpadmin -p hwlab-raw -E -v '${uri}' && cat > /tmp/hwlab-raw && chmod 644 /tmp/hwlab-raw && lp -d hwlab-raw -o raw /tmp/hwlab-raw`, { input: sampleJpeg });
      await cell.waitFor('the job arrives at the raw printer', () => (raw.jobs.some(({ document }) => document.sha256 === sha256(sampleJpeg)) ? { value: true } : { saw: `${raw.received} bytes` }), 30);
      await cell.guest.run('lpadmin -x hwlab-raw');
    });
  }, { within: 80 });

  feature<MfpControls>('printing.power-cycle', 'a job sent while the printer is off prints when it is on again', async (cell) => {
    await makeDriverlessQueue(cell);
    await cell.unit.unplug();
    const before = lastJobId(cell);
    await printDocument(cell, sampleJpeg);
    await cell.waitFor('CUPS has tried to print', async () => {
      const { stdout } = await cell.guest.run('lpstat -l -p hwlab-ipp');
      return /connecting-to-device|not respond|unable to|offline|unreachable|could not|unavailable/i.test(stdout) ? { value: true } : { saw: stdout.trim() };
    }, 20);
    await cell.unit.plug();
    await waitForIppUsb(cell);
    const job = await waitForCompleted(cell, before, 60);
    expect(job.documents.map((document) => document.sha256)).to.deep.equal([sha256(sampleJpeg)]);
  }, { within: 100 });

  feature<MfpControls>('printing.one-interface', 'a device of whose interfaces only one answers prints all the same', async (cell) => {
    await withManners(cell, { pairs: { workingInterfaces: 1 } }, async () => {
      for (let count = 0; count < 3; count += 1) expect(await answersAttributes(cell)).to.contain('printer-make-and-model');
    });
  }, { within: 80 });

  feature<MfpControls>('printing.fax-hangs', 'a device that never answers for its fax is served', async (cell) => {
    await withManners(cell, { http: { fax: 'silent' } }, async () => {
      expect(await answersAttributes(cell)).to.contain('printer-make-and-model');
    });
  }, { within: 60 });

  feature<MfpControls>('printing.named-members', 'a device that writes the names of collection members in the wrong place gets its queue', async (cell) => {
    await withManners(cell, { encoding: 'named-members' }, async () => {
      expect(await answersAttributes(cell)).to.contain('media-col-default');
    });
  }, { within: 60 });

  feature<MfpControls>('printing.long-integers', 'a device that writes integers of eight bytes gets its queue', async (cell) => {
    await withManners(cell, { encoding: 'long-integers' }, async () => {
      expect(await answersAttributes(cell)).to.contain('copies-default (integer) = 1');
    });
  }, { within: 60 });

  feature<MfpControls>('printing.two-clients', 'a print job and twenty questions to the scanner at once each get their own answers', async (cell) => {
    const uri = await printerUri(cell);
    const content = Buffer.alloc(512 * 1024, 'p');
    const before = lastJobId(cell);
    const asking = `for i in $(seq 20); do ${get(uri, '/eSCL/ScannerCapabilities')} | grep -c ScannerCapabilities; done | sort | uniq -c`;
    const { stdout } = await cell.guest.run(`cat > /tmp/hwlab-clients; ( ipptool -tf /tmp/hwlab-clients -d filetype=application/octet-stream ${uri} print-job.test > /tmp/hwlab-clients.log 2>&1 & p=$!; ${asking}; wait $p )`, { input: content });
    expect(stdout.trim().split(/\s+/), 'how many answers had how many lines with the name').to.deep.equal(['20', '2']);
    const job = await waitForCompleted(cell, before);
    expect(job.documents.map((document) => document.sha256)).to.deep.equal([sha256(content)]);
  }, { within: 60 });

  feature<MfpControls>('printing.client-gone', 'after a client that leaves in the middle of an answer the next one is served', async (cell) => {
    const uri = await printerUri(cell);
    const port = /:(\d+)\//.exec(uri)?.[1] ?? '';
    for (let count = 0; count < 6; count += 1) {
      await cell.guest.run(`bash -c 'exec 3<>/dev/tcp/localhost/${port}; printf "GET /eSCL/ScannerCapabilities HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n" >&3; exec 3>&-'`);
    }
    expect(await answersAttributes(cell)).to.contain('printer-make-and-model');
  });

  feature<MfpControls>('printing.usb-and-network', 'a printer that is on USB and on the network too is offered as one queue', async (cell) => {
    await waitForIppUsb(cell);
    const name = cell.unit.model.usb.strings.product ?? '';
    await cell.plugAnother((model) => ({ ...model, emulator: 'network-mfp', behaviour: { printer: model.behaviour['printer'], scanner: model.behaviour['scanner'], hostName: 'HWLABMFP', serial: model.usb.strings.serial, networkSideOf: model.id } }));
    const part = name.replace(/[^A-Za-z0-9]+/g, '_');
    await cell.waitFor('Avahi knows the printer on the LAN', async () => {
      const { stdout } = await cell.guest.run('avahi-browse --parsable --resolve --terminate _ipp._tcp', { accept: [0, 1] });
      return stdout.includes('=;lan0;') ? { value: true } : { saw: stdout.trim().slice(-300) };
    }, 20);
    const { stdout } = await cell.guest.run('lpstat -e', { accept: [0, 1] });
    const queues = stdout.split('\n').filter((line) => line.includes(part));
    await cell.attach('queues that are offered', stdout, 'text/plain');
    expect(queues, queues.join(', ')).to.have.lengthOf(1);
  }, { within: 60 });
});

/** Runs a conformance file that comes with CUPS against the printer. The whole report is kept; a check that fails counts where the device claims to pass. */
async function conforms(cell: IppCell, file: string, claimed = true): Promise<void> {
  // Its documents are printed, so that they are of a kind that the printer takes.
  const formats = supported(cell, 'document-format');
  const format = ['application/pdf', 'image/jpeg'].find((each) => formats.includes(each)) ?? cell.skip('a printer that takes PDF or JPEG');
  const uri = await printerUri(cell);
  const document = format === 'image/jpeg' ? '/tmp/hwlab-photograph.jpg' : '/usr/share/cups/data/default.pdf';
  if (format === 'image/jpeg') await cell.guest.run(`cat > ${document}`, { input: sampleJpeg });
  const { stdout } = await cell.guest.run(`ipptool -tI -f ${document} -d filetype=${format} ${uri} ${file}.test`, { accept: [0, 1] });
  await cell.attach(`ipptool ${file}`, stdout, 'text/plain');
  const failed = stdout.split('\n').filter((line) => line.endsWith('[FAIL]')).map((line) => line.trim().replace(/\s+/g, ' '));
  const passed = stdout.split('\n').filter((line) => line.endsWith('[PASS]')).length;
  cell.measure('printing.conformance.passed', passed);
  cell.measure('printing.conformance.failed', failed.length);
  if (!claimed) cell.skip(`a device that claims it; ${passed} checks pass and ${failed.length} fail`);
  expect(failed, 'checks that failed').to.deep.equal([]);
  expect(passed, 'checks that passed').to.be.above(0);
}
