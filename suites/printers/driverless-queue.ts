import { createHash } from 'node:crypto';
import { expect, type CellContext, type MfpControls, type PrintedJob } from '../../harness/index.ts';

export type IppCell = CellContext<MfpControls>;

/** `vvvv:pppp` as ipp-usb prints it. */
const idsOf = (cell: IppCell): string => [cell.unit.model.usb.vendorId, cell.unit.model.usb.productId].map((id) => Number(id).toString(16).padStart(4, '0')).join(':');

/** Waits until ipp-usb serves the device. */
export async function waitForIppUsb(cell: IppCell): Promise<void> {
  await cell.waitFor(`ipp-usb serves ${idsOf(cell)}`, async () => {
    const { stdout, stderr, exitCode } = await cell.guest.run('ipp-usb status', { accept: [0, 1] });
    const entry = stdout.slice(Math.max(0, stdout.indexOf(idsOf(cell))));
    // That is its last word: it looks at a device again only when it is plugged in anew.
    expect(entry, 'ipp-usb status').to.not.contain("doesn't implement");
    return exitCode === 0 && stdout.includes(idsOf(cell)) && /status:\s*OK/.test(entry) ? { value: true } : { saw: (stdout + stderr).trim().slice(-400) };
  }, 15);
}

/** The URI of the printer behind ipp-usb, which listens on the first free port from 60000. */
export async function printerUri(cell: IppCell): Promise<string> {
  await waitForIppUsb(cell);
  const { stdout } = await cell.guest.run("ss -Hltn | grep -oE ':6[0-9]{4} ' | tr -d ': ' | sort -nu | head -n 1");
  const port = stdout.trim();
  expect(port, 'the port of ipp-usb').to.match(/^6\d{4}$/);
  return `ipp://localhost:${port}/ipp/print`;
}

const queues = new WeakMap<object, Promise<void>>();

/** Makes the driverless queue `hwlab-ipp`, once a cell. */
export async function makeDriverlessQueue(cell: IppCell): Promise<void> {
  const made = queues.get(cell.unit.controls) ?? addQueue(cell);
  queues.set(cell.unit.controls, made);
  await made;
}

/** lpadmin comes back before CUPS has made the PPD, and with 0 when it cannot, so that the PPD is waited for. */
async function addQueue(cell: IppCell): Promise<void> {
  const ppd = '/etc/cups/ppd/hwlab-ipp.ppd';
  const uri = await printerUri(cell);
  const { stderr } = await cell.guest.run(`lpadmin -p hwlab-ipp -E -v ${uri} -m everywhere -o printer-error-policy=retry-job`, { accept: [0, 1] });
  await cell.waitFor('CUPS makes a queue from what the printer says of itself', async () => {
    const { exitCode } = await cell.guest.run(`test -s ${ppd}`, { accept: [0, 1] });
    return exitCode === 0 ? { value: true } : { saw: `no ${ppd}${stderr ? `; lpadmin: ${stderr.trim()}` : ''}` };
  }, 10);
}

/** Sends a document to the driverless queue, as the ordinary user where the image has one; gives CUPS's name of the job. */
export async function printDocument(cell: IppCell, content: Uint8Array, options = ''): Promise<string> {
  const print = `lp -d hwlab-ipp ${options} /tmp/hwlab-document`;
  const { stdout } = await cell.guest.run(
    `cat > /tmp/hwlab-document && chmod 644 /tmp/hwlab-document; user=$(getent passwd 1000 | cut -d: -f1); if [ -n "$user" ]; then runuser -u "$user" -- ${print}; else ${print}; fi`,
    { input: content },
  );
  return /request id is (\S+)/.exec(stdout)?.[1] ?? '';
}

/** The number of the printer's newest job; jobs after it are those of the test. */
export function lastJobId(cell: IppCell): number {
  return cell.unit.controls.printer.jobs.at(-1)?.id ?? 0;
}

/** Waits until a job newer than `after` is completed. `within` is seconds. */
export async function waitForCompleted(cell: IppCell, after: number, within = 25): Promise<PrintedJob> {
  return await cell.waitFor('the printer completes the job', () => {
    const jobs = cell.unit.controls.printer.jobs.filter(({ id }) => id > after);
    const done = jobs.find(({ state }) => state === 'completed');
    return done ? { value: done } : { saw: jobs.map((job) => `job ${job.id} ${job.state}, ${job.documents.map(({ length }) => `${length} bytes`).join(' + ') || 'no document'}`).join('; ') || 'no job' };
  }, within);
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The keywords that the model says it supports. */
export function supported(cell: IppCell, attribute: string): readonly string[] {
  const { printer } = cell.unit.model.behaviour as { printer: { attributes: Record<string, Record<string, readonly string[]>> } };
  return Object.values(printer.attributes[`${attribute}-supported`] ?? {}).flat();
}
