import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { examSheets, expectEven, expectRead, expectSaid, filledSheets, prepareStation, printedSheets, printExam, printHalf, scanFeeder, sheetsCounted, waitForJob, type ExamCell } from './exam-cell.ts';
import type { SheetCode } from './sheet-code.ts';

suite('exam', () => {
  feature<MfpControls>(
    'exam.feeder-jam',
    'a sheet that gets stuck in the feeder is told; with the rest laid in again, no sheet is missing and none comes twice',
    async (cell) => {
      const station = await prepareStation(cell);
      const sheets = examSheets('M26J');
      await waitForJob(cell, await printExam(cell, station, sheets));
      const { scanner } = station.unit.controls;
      const filled = await filledSheets(cell, station);
      scanner.loadFeeder(filled);
      scanner.jamAfter(2);
      const before = await scanFeeder(cell, station);
      expect(before.said, 'what scanimage says when a sheet is stuck').to.match(/jam/i);
      expect(before.exitCode, 'how scanimage ends when a sheet is stuck').to.equal(6);
      scanner.setJam(false);
      scanner.loadFeeder(filled.slice(before.sheets.length));
      const after = await scanFeeder(cell, station);
      const scanned = [...before.sheets, ...after.sheets];
      await expectEven(cell, sheets, { scanned: scanned.map(({ code }) => code) });
      expectRead(scanned);
    },
    { within: 75 },
  );

  feature<MfpControls>(
    'exam.paper-out',
    'paper that runs out in the middle of the exam is told; with new paper the rest comes out, and no sheet twice',
    async (cell) => {
      const station = await prepareStation(cell);
      const { printer } = station.unit.controls;
      const sheets = examSheets('M26P');
      printer.loadPaper(2);
      const job = await printExam(cell, station, sheets);
      await cell.waitFor('the queue says that paper is needed', async () => {
        const { stdout } = await cell.guest.run(`lpstat -l -p ${station.queue}`);
        return /media-(empty|needed)/.test(stdout) ? { value: true } : { saw: stdout.trim().slice(0, 400) };
      }, 40);
      expect(printer.tray(), 'sheets in the tray while paper is out').to.have.length(2);
      printer.loadPaper(50);
      await waitForJob(cell, job);
      await expectEven(cell, sheets, { printed: await printedSheets(cell, station) });
    },
    { within: 75 },
  );

  feature<MfpControls>(
    'exam.printer-jam',
    'a sheet that gets stuck in the printer is told; when it is taken out the rest comes out, no sheet is missing and none comes twice',
    async (cell) => {
      const station = await prepareStation(cell);
      const { printer } = station.unit.controls;
      const sheets = examSheets('M26K');
      printer.jamAfter(2);
      const job = await printExam(cell, station, sheets);
      await cell.waitFor('the queue says that paper is stuck', async () => {
        const { stdout } = await cell.guest.run(`lpstat -l -p ${station.queue}`);
        return stdout.includes('media-jam') ? { value: true } : { saw: stdout.trim().slice(0, 400) };
      }, 40);
      expect(printer.tray(), 'sheets in the tray while one is stuck').to.have.length(2);
      printer.clearJam();
      await waitForJob(cell, job);
      await expectEven(cell, sheets, { printed: await printedSheets(cell, station) });
    },
    { within: 75 },
  );

  feature<MfpControls>(
    'exam.cable',
    'when the cable is pulled in the middle of the exam and plugged in again, every sheet comes out, and what comes out twice is told',
    async (cell) => {
      const { sheets, printed, said } = await pulledCable(cell);
      await expectSaid(cell, sheets, printed, said);
    },
    { within: 150 },
  );

  feature<MfpControls>(
    'exam.cable-count',
    'after a pulled cable CUPS counts as many sheets as came out of the printer',
    async (cell) => {
      const { printed, said } = await pulledCable(cell);
      await cell.attach('what CUPS says of the job', said, 'text/plain');
      expect(sheetsCounted(said), 'sheets that CUPS counts').to.equal(printed.length);
    },
    { within: 150 },
  );

  feature<MfpControls>(
    'exam.two-printers',
    'two devices of one model print and scan two exams at once, and no sheet goes to the other one',
    async (cell) => {
      const first = await prepareStation(cell);
      const second = await prepareStation(cell, await cell.plugAnother(), 60001);
      const exams = [examSheets('M26X'), examSheets('M26Y')] as const;
      const jobs = [await printExam(cell, first, exams[0]), await printExam(cell, second, exams[1])];
      for (const job of jobs) await waitForJob(cell, job, 60);
      const stations = [first, second] as const;
      for (const [index, station] of stations.entries()) {
        const printed = await printedSheets(cell, station);
        station.unit.controls.scanner.loadFeeder(await filledSheets(cell, station));
        await expectEven(cell, exams[index]!, { [`printed by device ${index + 1}`]: printed });
      }
      const scans = await Promise.all(stations.map(async (station) => await scanFeeder(cell, station)));
      for (const [index, scan] of scans.entries()) {
        await expectEven(cell, exams[index]!, { [`scanned by device ${index + 1}`]: scan.sheets.map(({ code }) => code) });
        expectRead(scan.sheets);
      }
    },
    { within: 150 },
  );

  feature<MfpControls>(
    'exam.reboot',
    'when the machine is booted anew in the middle of the exam, the job goes on by itself, every sheet comes out, and what comes out twice is told',
    async (cell) => {
      const station = await prepareStation(cell);
      const sheets = examSheets('M26R');
      const job = await printHalf(cell, station, sheets);
      const began = performance.now();
      await cell.guest.reboot();
      cell.measure('exam.reboot.ms', Math.round(performance.now() - began));
      station.unit.controls.printer.hold(false);
      await cell.waitFor('every sheet is in the tray', () => {
        const sheetsOut = station.unit.controls.printer.tray().length;
        return sheetsOut >= sheets.length ? { value: sheetsOut } : { saw: `${sheetsOut} of ${sheets.length} sheets` };
      }, 30);
      const { stdout } = await cell.guest.run('cat /var/cache/cups/job.cache; lpstat -W all -o');
      await cell.attach('jobs of CUPS after the reboot', stdout, 'text/plain');
      const said = await waitForJob(cell, job, 30);
      const printed = await printedSheets(cell, station);
      await expectSaid(cell, sheets, printed, said);
    },
    { within: 300 },
  );
});

interface Interrupted {
  readonly sheets: readonly SheetCode[];
  readonly printed: readonly SheetCode[];
  readonly said: string;
}

const interrupted = new WeakMap<object, Promise<Interrupted>>();

/** An exam whose cable was pulled when the printer had two pages; printed once and looked at by two tests. */
async function pulledCable(cell: ExamCell): Promise<Interrupted> {
  const print = async (): Promise<Interrupted> => {
    const station = await prepareStation(cell);
    const sheets = examSheets('M26C');
    const job = await printHalf(cell, station, sheets);
    await station.unit.unplug();
    await station.unit.plug();
    const said = await waitForJob(cell, job, 90);
    return { sheets, said, printed: await printedSheets(cell, station) };
  };
  const done = interrupted.get(cell.unit.controls) ?? print();
  interrupted.set(cell.unit.controls, done);
  return await done;
}
