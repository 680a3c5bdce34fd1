import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { expectSame, expectSize, lowestResolution, millimetres, onlyJob, ready, sanesOwn, scanPage, squareResolutions } from './scanner-cell.ts';

const noGlass = 'a scanner with a glass';

suite('scanners', () => {
  feature<MfpControls>('scanning.glass-gray', 'a whole page from the glass in grey is the page that lies there, in the right size', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip(noGlass);
    const resolution = lowestResolution(caps);
    const started = performance.now();
    const page = await scanPage(cell, { mode: 'Gray', resolution });
    cell.measure('scan.page.ms', performance.now() - started);
    const job = onlyJob(scanner);
    expect(job).to.deep.include({ source: 'Platen', colorMode: 'Grayscale8', state: 'Completed' });
    expectSize(page, [millimetres(caps.maxWidth), millimetres(caps.maxHeight)], resolution);
    expectSame(cell, job, 1, page);
  });

  feature<MfpControls>('scanning.glass-color', 'a part of the glass in colour at 300 dpi is the part that was asked for', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip(noGlass);
    const resolution = squareResolutions(caps).find((each) => each >= 300) ?? lowestResolution(caps);
    const page = await scanPage(cell, { mode: 'Color', resolution, area: [20, 15, 60, 40] });
    const job = onlyJob(scanner);
    expect(job).to.deep.include({ source: 'Platen', colorMode: 'RGB24' });
    expect(millimetres(job.area.x), 'left edge in mm').to.be.closeTo(20, 0.2);
    expect(millimetres(job.area.y), 'top edge in mm').to.be.closeTo(15, 0.2);
    expectSize(page, [60, 40], resolution);
    expectSame(cell, job, 1, page);
  });

  feature<MfpControls>('scanning.finest', 'a small part of the glass at the finest resolution up to 600 dpi has the size and the picture that was asked for', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip(noGlass);
    const resolution = Math.max(...squareResolutions(caps).filter((each) => each <= 600));
    // Whole 1/300 inches, so that no side has to round.
    const page = await scanPage(cell, { mode: 'Gray', resolution, area: [12.7, 12.7, 25.4, 20.32] });
    expectSize(page, [25.4, 20.32], resolution);
    expectSame(cell, onlyJob(scanner), 1, page);
  });

  feature<MfpControls>('scanning.other-driver', "a page in grey through SANE's own eSCL backend (the second name in the list) is the page, in grey", async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip(noGlass);
    const page = await scanPage(cell, { device: sanesOwn, mode: 'Gray', resolution: lowestResolution(caps), area: [20, 15, 60, 40] });
    expectSame(cell, onlyJob(scanner), 1, page);
  });

  feature<MfpControls>('scanning.busy', 'a scanner that answers "busy" at first, as after waking up, is asked again and scans', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip(noGlass);
    scanner.answerBusy('job', 1);
    scanner.answerBusy('document', 1);
    const page = await scanPage(cell, { mode: 'Gray', resolution: lowestResolution(caps), area: [0, 0, 60, 40] });
    expect(scanner.requests().filter((request) => request.status === 503).length, 'answers "busy"').to.be.at.least(2);
    expectSame(cell, onlyJob(scanner), 1, page);
  });
});
