import { comparePictures, cropPicture, expect, readNetpbm, type CellContext, type InputCapabilities, type MfpControls, type Picture, type ScanJobRecord, type ScannerControls } from '../../harness/index.ts';

export type ScannerCell = CellContext<MfpControls>;

/** What a picture is compared with: a cell's scanner, wherever it is connected. */
export interface MeasuredScanner extends Pick<CellContext, 'measure'> {
  readonly unit: { readonly controls: { readonly scanner: ScannerControls } };
}

/** ipp-usb serves the first device here; sane-airscan and SANE's own backend are pointed at it by name, which is quick and sure. */
const service = 'http://localhost:60000';
export const airscan = `airscan:escl:hwlab:${service}/eSCL`;
export const sanesOwn = `escl:${service}`;

/** The scanner as after power-on, and ipp-usb serving it. That it listens is not enough: it ends the connections of a device that does not answer at once, and begins anew. */
export async function ready(cell: ScannerCell): Promise<ScannerControls> {
  const { scanner } = cell.unit.controls;
  const { vendorId, productId } = cell.unit.model.usb;
  const ids = [vendorId, productId].map((id) => Number(id).toString(16).padStart(4, '0')).join(':');
  scanner.reset();
  await cell.guest.run(
    `for i in $(seq 400); do ipp-usb status 2>/dev/null | sed -n '/${ids}/,/status:/p' | grep -q 'status: *OK' && ss -Hltn 'sport = :60000' | grep -q . && exit 0; sleep 0.1; done; echo 'ipp-usb does not serve ${ids}' >&2; ipp-usb status >&2; exit 1`,
  );
  return scanner;
}

/** The lowest resolution that is the same both ways, the only kind that SANE can ask for. */
export function lowestResolution(caps: InputCapabilities): number {
  return Math.min(...squareResolutions(caps));
}

export function squareResolutions(caps: InputCapabilities): number[] {
  const all = caps.profiles.flatMap((profile) => profile.resolutions.flatMap(([x, y]) => (x === y ? [x] : [])));
  return [...new Set(all)].sort((a, b) => a - b);
}

export interface ScanRequest {
  /** SANE's name of the device. */
  readonly device?: string;
  readonly source?: 'Flatbed' | 'ADF' | 'ADF Duplex';
  readonly mode: 'Gray' | 'Color';
  readonly resolution: number;
  /** Millimetres: left, top, width, height; everything when absent. */
  readonly area?: readonly [number, number, number, number];
}

/** The command line of a scan, without where the picture goes. */
export function scanimage({ device = airscan, source = 'Flatbed', mode, resolution, area }: ScanRequest): string {
  const window = area ? `-l ${area[0]} -t ${area[1]} -x ${area[2]} -y ${area[3]} ` : '';
  return `scanimage -d '${device}' --source '${source}' --mode ${mode} --resolution ${resolution} ${window}--format=pnm`;
}

/** Scans one page in the guest and brings it here. */
export async function scanPage(cell: Pick<CellContext, 'guest'>, request: ScanRequest): Promise<Picture> {
  await cell.guest.run(`rm -f /tmp/hwlab-page.pnm; ${scanimage(request)} -o /tmp/hwlab-page.pnm`);
  return readNetpbm(await cell.guest.getFile('/tmp/hwlab-page.pnm'));
}

/** What the scanner was asked last, for the message of a wait. */
export function lastRequest(scanner: ScannerControls): string {
  const last = scanner.requests().at(-1);
  return last ? `${last.method} ${last.path}, answered with ${last.status}` : 'no request at the scanner';
}

/** The only job that the scanner was given in this test. */
export function onlyJob(scanner: ScannerControls): ScanJobRecord {
  const jobs = scanner.jobs();
  expect(jobs, 'scan jobs that the scanner was given').to.have.length(1);
  return jobs[0]!;
}

/**
 * The page that arrived is the page that the scanner saw: exactly if it was sent as PNG, else with a PSNR above 35 dB, which neither
 * a shift by one pixel, nor another page, nor swapped colours reach. The driver may cut off the pixels that the area only touches,
 * one on the right and one below.
 */
export function expectSame(cell: MeasuredScanner, job: ScanJobRecord, page: number, arrived: Picture): void {
  const seen = cell.unit.controls.scanner.pixels(job, page);
  const likeness = comparePictures(cropPicture(seen, Math.max(arrived.width, seen.width - 1), Math.max(arrived.height, seen.height - 1)), arrived);
  const exact = job.pages[page - 1]?.mediaType === 'image/png';
  if (Number.isFinite(likeness.psnr)) cell.measure(`scan.page${page}.psnr.db`, likeness.psnr);
  if (!likeness.sameSize) expect.fail(`page ${page}: ${likeness.summary}`);
  expect(likeness.psnr, `page ${page} against the pattern: ${likeness.summary}`).to.be.above(exact ? 1e9 : 35);
}

/** The picture has the size of the area at that resolution, to the pixel on either side. */
export function expectSize(arrived: Picture, millimetres: readonly [number, number], resolution: number): void {
  expect(arrived.width, 'width in pixels').to.be.closeTo((millimetres[0] * resolution) / 25.4, 1);
  expect(arrived.height, 'height in pixels').to.be.closeTo((millimetres[1] * resolution) / 25.4, 1);
}

export const millimetres = (length: number): number => (length * 25.4) / 300;
