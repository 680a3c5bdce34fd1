import { expect, feature, suite, type NetworkMfpControls } from '../../harness/index.ts';
import { browse, makeNetworkQueue, networkQueue, offeredQueues, printOn, queueName } from './network-queue.ts';
import { samplePdf } from './sample-documents.ts';

const pages = 2;

suite('printers-network', () => {
  feature<NetworkMfpControls>('printing.network-discovery', 'the printer is found on the network once, with its name, address and what it can do', async (cell) => {
    const { hostName, serviceName, services, uuid } = cell.unit.controls.network;
    const began = performance.now();
    const records = await browse(cell, '_ipp._tcp', (all) => all.length > 0);
    cell.measure('printing.network-discovery.ms', Math.round(performance.now() - began));
    expect(records.map(({ name, host, port }) => [name, host, port])).to.deep.equal([[serviceName, `${hostName}.local`, 631]]);
    expect(records[0]?.address).to.match(/^192\.0\.2\./);
    expect(records[0]?.txt.get('UUID')).to.equal(uuid);
    expect(records[0]?.txt.get('rp')).to.equal('ipp/print');
    for (const entry of services.find(({ type }) => type === '_ipp._tcp')?.txt ?? []) expect(records[0]?.txt.get(entry.slice(0, entry.indexOf('=')))).to.equal(entry.slice(entry.indexOf('=') + 1));
  });

  feature<NetworkMfpControls>('printing.network-queue', 'applications are offered the network printer once, with nothing to set up', async (cell) => {
    const name = queueName(cell.unit.controls.network.serviceName);
    expect(await offeredQueues(cell, name, (queues) => queues.length > 0)).to.deep.equal([name]);
  });

  feature<NetworkMfpControls>('printing.network-document', 'a PDF of two pages prints as two pages over the network', async (cell) => {
    const name = queueName(cell.unit.controls.network.serviceName);
    const [queue = name] = await offeredQueues(cell, name, (queues) => queues.length > 0);
    const began = performance.now();
    const job = await printOn(cell, queue, samplePdf(pages), '-o media=iso_a6_105x148mm');
    cell.measure('printing.network-document.ms', Math.round(performance.now() - began));
    expect(job.documents).to.have.lengthOf(1);
    expect(job.documents[0]?.pages?.problem).to.equal(undefined);
    expect(job.documents[0]?.pages?.pages).to.equal(pages);
  }, { within: 60 });

  feature<NetworkMfpControls>('printing.network-power-cycle', 'a job sent while the network printer is off prints when it is on again', async (cell) => {
    await makeNetworkQueue(cell);
    await cell.unit.unplug();
    const printed = printOn(cell, networkQueue, samplePdf(1), '-o media=iso_a6_105x148mm');
    await cell.waitFor('CUPS says that the printer does not answer', async () => {
      const { stdout } = await cell.guest.run(`lpstat -l -p ${networkQueue}`);
      return /connecting-to-device|not respond|unreachable|offline|unavailable|Unable to|looking for|locate/i.test(stdout) ? { value: true } : { saw: stdout.trim() };
    }, 30);
    await cell.unit.plug();
    const job = await printed;
    expect(job.documents[0]?.pages?.pages).to.equal(1);
  }, { within: 90 });

  feature<NetworkMfpControls>('printing.network-two-units', 'two network printers of one model have an address, a UUID and a queue each', async (cell) => {
    const other = await cell.plugAnother();
    const records = await browse(cell, '_ipp._tcp', (all) => all.length >= 2);
    expect(new Set(records.map(({ address }) => address)), 'addresses').to.have.lengthOf(2);
    expect(new Set(records.map(({ txt }) => txt.get('UUID')))).to.deep.equal(new Set([cell.unit.controls.network.uuid, other.controls.network.uuid]));
    const name = queueName(cell.unit.controls.network.serviceName);
    const queues = await offeredQueues(cell, name, (all) => all.length >= 2);
    expect(queues, queues.join(', ')).to.have.lengthOf(2);
  }, { within: 45 });
});
