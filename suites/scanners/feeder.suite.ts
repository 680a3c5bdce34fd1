import { expect, feature, readNetpbm, suite, type MfpControls } from '../../harness/index.ts';
import { expectSame, lowestResolution, onlyJob, ready, sanesOwn, scanimage, type ScannerCell, type ScanRequest } from './scanner-cell.ts';

const area = [0, 0, 70, 60] as const;

suite('scanners', () => {
  feature<MfpControls>('scanning.feeder-pages', 'three sheets in the feeder give exactly three pages, in order, and then the end', async (cell) => {
    const { request, scanner } = await feeder(cell);
    scanner.loadFeeder(3);
    const files = await scanBatch(cell, request);
    expect(files).to.deep.equal(['p1.pnm', 'p2.pnm', 'p3.pnm']);
    const job = onlyJob(scanner);
    expect(job.pages.map((page) => page.complete)).to.deep.equal([true, true, true]);
    for (const number of [1, 2, 3]) expectSame(cell, job, number, readNetpbm(await cell.guest.getFile(`/tmp/hwlab-batch/p${number}.pnm`)));
    expect(scanner.sheetsInFeeder(), 'sheets left in the feeder').to.equal(0);
  });

  feature<MfpControls>('scanning.feeder-duplex', 'a sheet that is scanned on both sides gives two pages', async (cell) => {
    const { request, scanner } = await feeder(cell);
    if (!scanner.capabilities.feeder?.duplex) cell.skip('a feeder that scans both sides');
    scanner.loadFeeder(1);
    expect(await scanBatch(cell, { ...request, source: 'ADF Duplex' })).to.deep.equal(['p1.pnm', 'p2.pnm']);
    expect(onlyJob(scanner).duplex).to.equal(true);
  });

  feature<MfpControls>('scanning.feeder-other-driver', "three sheets through SANE's own eSCL backend give three pages, and it says that the feeder is empty", async (cell) => {
    const { request, scanner } = await feeder(cell);
    scanner.loadFeeder(3);
    expect(await scanBatch(cell, { ...request, device: sanesOwn })).to.deep.equal(['p1.pnm', 'p2.pnm', 'p3.pnm']);
  });

  feature<MfpControls>('scanning.feeder-empty', 'an empty feeder is told at once: out of documents', async (cell) => {
    const { request } = await feeder(cell);
    const started = performance.now();
    await refused(cell, request, 7);
    cell.measure('scan.feeder-empty.ms', performance.now() - started);
  });

  feature<MfpControls>('scanning.feeder-jam', 'jammed paper is told as such', async (cell) => {
    const { request, scanner } = await feeder(cell);
    scanner.loadFeeder(2);
    scanner.setJam(true);
    await refused(cell, request, 6);
  });

  feature<MfpControls>('scanning.cover-open', 'an open cover is told as such', async (cell) => {
    const { request, scanner } = await feeder(cell);
    scanner.loadFeeder(2);
    scanner.setDoor('open');
    await refused(cell, request, 8);
  });
});

async function feeder(cell: ScannerCell): Promise<{ request: ScanRequest; scanner: Awaited<ReturnType<typeof ready>> }> {
  const scanner = await ready(cell);
  const caps = scanner.capabilities.feeder?.simplex ?? cell.skip('a scanner with a feeder');
  return { scanner, request: { source: 'ADF', mode: 'Gray', resolution: lowestResolution(caps), area } };
}

/** Scans until the feeder is empty. scanimage ends with 0 then, and older ones with 7, SANE_STATUS_NO_DOCS. */
async function scanBatch(cell: ScannerCell, request: ScanRequest): Promise<string[]> {
  await cell.guest.run(`rm -rf /tmp/hwlab-batch; mkdir /tmp/hwlab-batch; ${scanimage(request)} --batch=/tmp/hwlab-batch/p%d.pnm`, { accept: [0, 7] });
  const { stdout } = await cell.guest.run('ls /tmp/hwlab-batch');
  return stdout.split('\n').filter((line) => line !== '');
}

/** The scan ends with this SANE_Status (sane.h) within two seconds. */
async function refused(cell: ScannerCell, request: ScanRequest, status: number): Promise<void> {
  const { exitCode, stderr } = await cell.guest.run(`${scanimage(request)} -o /dev/null`, { accept: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], within: 2 });
  expect(exitCode, `how scanimage ended; it said: ${stderr.trim().split('\n').at(-1)}`).to.equal(status);
}
