import { createHash, randomBytes } from 'node:crypto';
import type { CellContext, RawPrinterControls } from '../../harness/index.ts';

export type RawCell = CellContext<RawPrinterControls>;

/** One line that the CUPS backend for USB printers prints: `direct URI "make and model" "info" "device id" "location"`. */
export interface BackendLine {
  readonly uri: string;
  readonly makeAndModel: string;
  readonly deviceId: string;
}

/** What CUPS finds on USB. The backend is asked itself: `lpinfo -v` asks every other backend as well and takes ten times as long. */
async function listUsbPrinters(cell: RawCell): Promise<readonly BackendLine[]> {
  const { stdout } = await cell.guest.run('/usr/lib/cups/backend/usb 2>/dev/null');
  return stdout.split('\n').flatMap((line) => {
    const [, uri, makeAndModel, , deviceId] = /^direct (usb:\/\/\S+) "([^"]*)" "([^"]*)" "([^"]*)"/.exec(line) ?? [];
    return uri === undefined ? [] : [{ uri, makeAndModel: makeAndModel ?? '', deviceId: deviceId ?? '' }];
  });
}

/** All that CUPS lists, once the unit is among it. */
export async function waitForListing(cell: RawCell, serial: string | undefined = cell.unit.model.usb.strings.serial): Promise<{ readonly unit: BackendLine; readonly all: readonly BackendLine[] }> {
  return await cell.waitFor(`CUPS lists the printer with serial number ${serial}`, async () => {
    const all = await listUsbPrinters(cell);
    const unit = all.find(({ uri }) => uri.endsWith(`serial=${serial}`));
    return unit ? { value: { unit, all } } : { saw: all.map(({ uri }) => uri).join(', ') || 'no USB printer' };
  }, 15);
}

/** Makes the raw queue `hwlab` for the unit; does nothing if it is there. */
export async function makeRawQueue(cell: RawCell): Promise<void> {
  const { exitCode } = await cell.guest.run('lpstat -v hwlab >/dev/null 2>&1', { accept: [0, 1] });
  if (exitCode === 0) return;
  const { unit } = await waitForListing(cell);
  await cell.guest.run(`lpadmin -p hwlab -E -v '${unit.uri}' -o printer-error-policy=retry-job`);
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
  readonly sha256: string;
  readonly length: number;
  /** `hwlab-12` */
  readonly id: string;
}

/** Sends `length` random bytes to the raw queue, as the ordinary user where the image has one. The same bytes never come twice. */
export async function printRandom(cell: RawCell, length: number): Promise<SentJob> {
  const content = randomBytes(length);
  const { stdout } = await cell.guest.run(
    'cat > /tmp/hwlab-job && chmod 644 /tmp/hwlab-job; user=$(getent passwd 1000 | cut -d: -f1); if [ -n "$user" ]; then runuser -u "$user" -- lp -d hwlab -o raw /tmp/hwlab-job; else lp -d hwlab -o raw /tmp/hwlab-job; fi',
    { input: content },
  );
  const id = /request id is (\S+)/.exec(stdout)?.[1] ?? '';
  return { sha256: createHash('sha256').update(content).digest('hex'), length, id };
}

/** Waits until a job with exactly these bytes has arrived at the printer. */
export async function waitForArrival(cell: RawCell, job: SentJob): Promise<void> {
  await cell.waitFor(`${job.length} bytes of ${job.id} arrive unchanged`, () => {
    const { jobs } = cell.unit.controls;
    return jobs.some(({ document }) => document.sha256 === job.sha256)
      ? { value: true }
      : { saw: jobs.map(({ document, endedBy }) => `${document.length} bytes, ${document.sha256.slice(0, 12)}${endedBy ? `, ended by ${endedBy}` : ''}`).join('; ') || 'no data' };
  }, 20);
}
