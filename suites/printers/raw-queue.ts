import { createHash } from 'node:crypto';
import { expect, type CellContext, type RawPrinterControls } from '../../harness/index.ts';

export type RawCell = CellContext<RawPrinterControls>;

/** One line that the CUPS backend for USB printers prints: `direct URI "make and model" "info" "device id" "location"`. */
export interface BackendLine {
  readonly uri: string;
  readonly makeAndModel: string;
  readonly deviceId: string;
}

/** What CUPS finds on USB. The backend is asked itself: `lpinfo -v` asks every other backend as well and takes ten times as long. */
export async function listUsbPrinters(cell: RawCell): Promise<readonly BackendLine[]> {
  const { stdout } = await cell.guest.run('/usr/lib/cups/backend/usb 2>/dev/null');
  return stdout.split('\n').flatMap((line) => {
    const [, uri, makeAndModel, , deviceId] = /^direct (usb:\/\/\S+) "([^"]*)" "([^"]*)" "([^"]*)"/.exec(line) ?? [];
    return uri === undefined ? [] : [{ uri, makeAndModel: makeAndModel ?? '', deviceId: deviceId ?? '' }];
  });
}

/**
 * All that CUPS lists, once the units with these serial numbers are among it; they come first, in order. A printer that CUPS is busy with is
 * missing from its list until the job's backend has ended.
 */
export async function waitForListing(cell: RawCell, ...serials: readonly string[]): Promise<readonly BackendLine[]> {
  return await cell.waitFor(`CUPS lists the printer with serial number ${serials.join(' and ')}`, async () => {
    const all = await listUsbPrinters(cell);
    const units = serials.flatMap((serial) => all.find(({ uri }) => (serial === '' ? !uri.includes('serial=') : uri.endsWith(`serial=${serial}`))) ?? []);
    return units.length === serials.length ? { value: [...units, ...all.filter((line) => !units.includes(line))] } : { saw: all.map(({ uri }) => uri).join(', ') || 'no USB printer' };
  }, 15);
}

/** The serial number that the model gives its unit. */
export function serialOf(cell: RawCell): string {
  return cell.unit.model.usb.strings.serial ?? '';
}

const queues = new WeakMap<object, Promise<void>>();

/** Makes the raw queue `hwlab` for the unit, once a cell. */
export async function makeRawQueue(cell: RawCell): Promise<void> {
  const make = async (): Promise<void> => {
    const [unit] = await waitForListing(cell, serialOf(cell));
    await cell.guest.run(`lpadmin -p hwlab -E -v '${unit?.uri}' -o printer-error-policy=retry-job`);
  };
  const made = queues.get(cell.unit.controls) ?? make();
  queues.set(cell.unit.controls, made);
  await made;
}

/**
 * Waits for `/dev/usb/lp0`. CUPS takes the kernel's driver away for a job and, for printers with the quirk no-reattach, does not give it back:
 * then the printer is plugged in again, as a person would do.
 */
export async function needRawDevice(cell: RawCell): Promise<void> {
  const there = async (): Promise<boolean> => (await cell.guest.run('i=0; while [ ! -c /dev/usb/lp0 ]; do [ $i -lt 20 ] || exit 1; sleep 0.1; i=$((i+1)); done', { accept: [0, 1] })).exitCode === 0;
  if (await there()) return;
  await cell.unit.unplug();
  await cell.unit.plug();
  await cell.waitFor('/dev/usb/lp0 is there', async () => ((await there()) ? { value: true } : { saw: 'no /dev/usb/lp0' }), 10);
}

export interface SentJob {
  readonly content: Uint8Array;
  /** `hwlab-12` */
  readonly id: string;
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Sends `length` random bytes behind `begin` to a raw queue, `hwlab` by default, as the ordinary user where the image has one. The same bytes never come twice. */
export async function printRandom(cell: RawCell, length: number, options: { readonly queue?: string; readonly begin?: string } = {}): Promise<SentJob> {
  const { queue = 'hwlab', begin = '' } = options;
  const content = Buffer.concat([Buffer.from(begin, 'latin1'), cell.randomBytes(length)]);
  const { stdout } = await cell.guest.run(
    `cat > /tmp/hwlab-job && chmod 644 /tmp/hwlab-job; user=$(getent passwd 1000 | cut -d: -f1); if [ -n "$user" ]; then runuser -u "$user" -- lp -d ${queue} -o raw /tmp/hwlab-job; else lp -d ${queue} -o raw /tmp/hwlab-job; fi`,
    { input: content },
  );
  const id = /request id is (\S+)/.exec(stdout)?.[1] ?? '';
  return { content, id };
}

/** True if a job arrived with exactly these bytes. */
export function hasArrived(cell: Pick<RawCell, 'unit'>, { content }: SentJob): boolean {
  const wanted = sha256(content);
  return cell.unit.controls.jobs.some(({ document }) => document.length === content.length && document.sha256 === wanted);
}

/**
 * Waits until a job with exactly these bytes has arrived at the printer; fails at once when the driver ended it with other bytes. `within` is
 * seconds.
 */
export async function waitForArrival(cell: RawCell, job: SentJob, within = 20): Promise<void> {
  const { content } = job;
  const begin = Buffer.from(content.subarray(0, 32));
  await cell.waitFor(`${content.length} bytes of ${job.id} arrive unchanged`, () => {
    if (hasArrived(cell, job)) return { value: true };
    const { jobs } = cell.unit.controls;
    const ended = jobs.find(({ document, endedBy }) => (endedBy === 'device-id' || endedBy === 'soft-reset') && begin.equals(document.head.subarray(0, 32)));
    if (ended) {
      expect(ended.document.length, `bytes of ${job.id} that arrived before the job ended (${ended.endedBy})`).to.equal(content.length);
      expect.fail(`${job.id} arrived with its right length, but with other bytes`);
    }
    return { saw: jobs.map(({ document, endedBy }) => `${document.length} bytes${endedBy ? `, ended by ${endedBy}` : ''}`).join('; ') || 'no data' };
  }, within);
}
