import { encodePng, expect, readNetpbm, rowsOf, type CellContext, type MfpControls, type PaperSheet, type Picture, type PluggedUnit, type TraySheet } from '../../harness/index.ts';
import { accountOf, accountTable, sayAccount } from './account.ts';
import { examPdf } from './exam-pdf.ts';
import { answersOf, fillIn } from './fill-in.ts';
import { recogniseSheet, type RecognisedSheet } from './recognise-sheet.ts';
import type { SheetCode } from './sheet-code.ts';

export type ExamCell = CellContext<MfpControls>;

/** A multi-function device of this cell and where ipp-usb serves it. */
export interface ExamStation {
  readonly unit: PluggedUnit<MfpControls>;
  readonly port: number;
  readonly queue: string;
}

/** Two students with two pages each. */
export function examSheets(exam: string): SheetCode[] {
  return [4711, 815].flatMap((student) => [1, 2].map((page) => ({ exam, student, page, pages: 2 })));
}

/** Waits until ipp-usb serves the unit on the port, and makes a driverless queue for it if there is none yet. */
export async function prepareStation(cell: ExamCell, unit: PluggedUnit<MfpControls> = cell.unit, port = 60000): Promise<ExamStation> {
  const queue = `hwlab-exam-${port}`;
  const uri = `ipp://localhost:${port}/ipp/print`;
  await cell.waitFor(`ipp-usb serves ${unit.model.name} on port ${port}`, async () => {
    const { exitCode, stdout } = await cell.guest.run(`ipptool -q -T 5 ${uri} get-printer-attributes.test 2>&1 || { ipp-usb status; exit 1; }`, { accept: [0, 1] });
    return exitCode === 0 ? { value: true } : { saw: stdout.trim().slice(-400) };
  }, 25);
  await cell.guest.run(`test -s /etc/cups/ppd/${queue}.ppd || lpadmin -p ${queue} -E -v ${uri} -m everywhere`, { accept: [0, 1] });
  await cell.waitFor(`CUPS makes the queue ${queue}`, async () => {
    const { exitCode } = await cell.guest.run(`test -s /etc/cups/ppd/${queue}.ppd`, { accept: [0, 1] });
    return exitCode === 0 ? { value: true } : { saw: 'no PPD' };
  }, 15);
  return { unit, port, queue };
}

/** Sends the sheets to a queue as one document, as a teacher would; gives CUPS's number of the job. */
export async function printExam(cell: ExamCell, { queue }: ExamStation, sheets: readonly SheetCode[]): Promise<number> {
  const { stdout } = await cell.guest.run(`cat > /tmp/${queue}.pdf && lp -d ${queue} -o sides=one-sided /tmp/${queue}.pdf`, { input: examPdf(sheets) });
  return Number(/request id is \S+-(\d+)/.exec(stdout)?.[1]);
}

/** What CUPS says of a job: its attributes as ipptool shows them. */
export async function cupsJob(cell: ExamCell, id: number): Promise<{ readonly state: string; readonly text: string }> {
  const request = `{ OPERATION Get-Job-Attributes GROUP operation-attributes-tag ATTR charset attributes-charset utf-8 ATTR naturalLanguage attributes-natural-language en ATTR uri job-uri ipp://localhost/jobs/${id} }`;
  const { stdout } = await cell.guest.run('cat > /tmp/hwlab-job.test && ipptool -tv ipp://localhost/ /tmp/hwlab-job.test', { input: request, accept: [0, 1] });
  const said = stdout.split('\n').filter((line) => /^\s+(job-state|job-state-reasons|job-printer-state-message|job-printer-state-reasons|job-media-sheets-completed|job-impressions-completed|time-at-\w+|job-name) /.test(line));
  return { state: /job-state \(enum\) = (\S+)/.exec(stdout)?.[1] ?? 'unknown', text: said.map((line) => line.trim()).join('\n') };
}

/** Waits until CUPS calls the job completed. `within` is seconds. */
export async function waitForJob(cell: ExamCell, id: number, within = 45): Promise<string> {
  return await cell.waitFor(`CUPS completes job ${id}`, async () => {
    const { state, text } = await cupsJob(cell, id);
    return state === 'completed' ? { value: text } : { saw: text.replaceAll('\n', '; ') || 'no such job' };
  }, within);
}

/** Prints, and holds when the printer has two pages and not all; gives CUPS's number of the job. */
export async function printHalf(cell: ExamCell, station: ExamStation, sheets: readonly SheetCode[]): Promise<number> {
  const { printer } = station.unit.controls;
  const before = printer.jobs.at(-1)?.id ?? 0;
  printer.holdAfterPages(2);
  const job = await printExam(cell, station, sheets);
  await cell.waitFor('the printer has a part of the exam', () => {
    const document = printer.jobs.find(({ id }) => id > before)?.documents.at(-1);
    const pages = document?.pages?.pages ?? 0;
    return pages >= 2 ? { value: pages } : { saw: `${document?.length ?? 0} bytes, ${pages} pages` };
  }, 40);
  return job;
}

/** A sheet as its reader sees it; a picture that cannot be read is kept as evidence. @throws AssertionError */
async function read(cell: ExamCell, name: string, picture: Picture, dotsPerInch: number): Promise<RecognisedSheet> {
  const result = recogniseSheet(picture, dotsPerInch);
  if (!('problem' in result)) return result;
  await cell.attach(name, Buffer.concat([...encodePng(rowsOf(picture), 8, [dotsPerInch, dotsPerInch])]), 'image/png');
  return expect.fail(`${name}: ${result.problem}`);
}

async function readPrinted(cell: ExamCell, { job, page, printed }: TraySheet): Promise<RecognisedSheet> {
  expect(printed, `what is on page ${page} of job ${job}, as raster`).to.not.equal(undefined);
  return await read(cell, `printed page ${page} of job ${job}`, printed!.picture, printed!.dotsPerInch);
}

/** The codes of the sheets in the output tray, each of the right size and the right way up. */
export async function printedSheets(cell: ExamCell, { unit }: ExamStation): Promise<SheetCode[]> {
  const codes: SheetCode[] = [];
  for (const sheet of unit.controls.printer.tray()) {
    const { code, registration } = await readPrinted(cell, sheet);
    expectTrueSize(`printed page ${sheet.page} of job ${sheet.job}`, registration);
    codes.push(code);
  }
  return codes;
}

/** The sheets of the tray, filled in by the students and laid in a feeder: a little askew, moved and grainy, each in its own way. */
export async function filledSheets(cell: ExamCell, { unit }: ExamStation): Promise<PaperSheet[]> {
  const sheets: PaperSheet[] = [];
  for (const [index, sheet] of unit.controls.printer.tray().entries()) {
    const { code, registration } = await readPrinted(cell, sheet);
    const lie = index % 2 === 0 ? 1 : -1;
    sheets.push({
      front: fillIn(sheet.printed!.picture, registration, answersOf(code)),
      dotsPerInch: sheet.printed!.dotsPerInch,
      skew: lie * (0.4 + 0.2 * (index % 3)),
      offset: { x: 1 + (index % 2), y: lie },
      noise: 24,
      seed: index + 1,
    });
  }
  return sheets;
}

/** Scans from the feeder until it is empty or stops; gives the sheets as they were recognised, in order, and what scanimage said. */
export async function scanFeeder(cell: ExamCell, { unit, port }: ExamStation): Promise<{ readonly sheets: readonly RecognisedSheet[]; readonly said: string; readonly exitCode: number }> {
  const resolutions = unit.controls.scanner.capabilities.feeder?.simplex.profiles.flatMap((profile) => profile.resolutions.flatMap(([x, y]) => (x === y && x >= 150 ? [x] : []))) ?? [];
  const resolution = Math.min(...resolutions);
  const folder = `/tmp/hwlab-exam-${port}`;
  const { exitCode, stderr } = await cell.guest.run(
    `rm -rf ${folder}; mkdir ${folder}; scanimage -d 'airscan:escl:hwlab:http://localhost:${port}/eSCL' --source ADF --mode Gray --resolution ${resolution} -x 210 -y 297 --format=pnm --batch=${folder}/p%d.pnm`,
    { accept: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  );
  const { stdout } = await cell.guest.run(`ls ${folder} | sort -V`);
  const sheets: RecognisedSheet[] = [];
  for (const file of stdout.split('\n').filter((line) => line !== '')) {
    sheets.push(await read(cell, `scanned sheet ${file}`, readNetpbm(await cell.guest.getFile(`${folder}/${file}`)), resolution));
  }
  return { sheets, said: stderr.trim(), exitCode };
}

/** Each scanned sheet lies the right way up, has its true size, and carries the answers of its student. */
export function expectRead(sheets: readonly RecognisedSheet[]): void {
  for (const { code, answers, registration } of sheets) {
    const name = `scanned sheet of student ${code.student}, page ${code.page}`;
    expect(registration.upsideDown, `${name} is upside down`).to.equal(false);
    expectTrueSize(name, registration);
    expect(answers, `answers on the ${name}`).to.deep.equal(answersOf(code));
  }
}

function expectTrueSize(name: string, { scale, upsideDown }: RecognisedSheet['registration']): void {
  expect(upsideDown, `${name} is upside down`).to.equal(false);
  expect(scale.x, `width of the ${name} against the true one`).to.be.closeTo(1, 0.01);
  expect(scale.y, `height of the ${name} against the true one`).to.be.closeTo(1, 0.01);
}

/** The sheets that CUPS counts in what it says of a job. */
export function sheetsCounted(said: string): number {
  return Number(/job-media-sheets-completed \(integer\) = (\d+)/.exec(said)?.[1] ?? Number.NaN);
}

/**
 * After an interruption: nothing is missing or foreign, and when a sheet came out twice, CUPS says so in what it keeps of the job: more sheets than the
 * document has, or a reason. The account is kept as evidence.
 */
export async function expectSaid(cell: ExamCell, expected: readonly SheetCode[], printed: readonly SheetCode[], said: string): Promise<void> {
  await cell.attach('account of the sheets', accountTable(expected, { printed }), 'text/plain');
  await cell.attach('what CUPS says of the job', said, 'text/plain');
  const account = accountOf(expected, printed);
  cell.measure('exam.sheets-repeated', account.repeated.length);
  expect(sayAccount({ ...account, repeated: [] }), 'sheets printed').to.equal('every sheet once, in order');
  if (account.repeated.length === 0) return;
  const told = sheetsCounted(said) > expected.length || /reasons .*(restart|resubmit|incomplete|error)/i.test(said);
  expect(told, `CUPS says that sheets came out twice (${account.repeated.join('; ')}); it says: ${said.replaceAll('\n', '; ')}`).to.equal(true);
}

/** Nothing is missing, repeated, foreign, or out of order. The account is kept as evidence either way. */
export async function expectEven(cell: ExamCell, expected: readonly SheetCode[], stations: Readonly<Record<string, readonly SheetCode[]>>): Promise<void> {
  await cell.attach('account of the sheets', accountTable(expected, stations), 'text/plain');
  for (const [station, seen] of Object.entries(stations)) {
    expect(sayAccount(accountOf(expected, seen)), `sheets ${station}`).to.equal('every sheet once, in order');
  }
}
