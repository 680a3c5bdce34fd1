import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { examSheets, expectEven, expectRead, filledSheets, prepareStation, printedSheets, printExam, scanFeeder, waitForJob } from './exam-cell.ts';

suite('exam', () => {
  feature<MfpControls>(
    'exam.morning',
    'answer sheets are printed, filled in and scanned: every sheet comes back once, in order, upright, in its true size, with its answers',
    async (cell) => {
      const station = await prepareStation(cell);
      const sheets = examSheets('M26A');
      const began = performance.now();
      const job = await printExam(cell, station, sheets);
      await waitForJob(cell, job);
      cell.measure('exam.print.ms', Math.round(performance.now() - began));
      const printed = await printedSheets(cell, station);
      const { scanner } = station.unit.controls;
      scanner.loadFeeder(await filledSheets(cell, station));
      const scanBegan = performance.now();
      const scan = await scanFeeder(cell, station);
      cell.measure('exam.scan.ms', Math.round(performance.now() - scanBegan));
      await expectEven(cell, sheets, { printed, scanned: scan.sheets.map(({ code }) => code) });
      expectRead(scan.sheets);
      expect(scanner.sheetsInFeeder(), 'sheets left in the feeder').to.equal(0);
    },
    { within: 60 },
  );
});
