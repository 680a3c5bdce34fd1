import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import { encodeJpeg } from '../../wire/picture/jpeg-encoder.ts';
import { encodePdf } from '../../wire/picture/pdf-encoder.ts';
import { encodePng } from '../../wire/picture/png-encoder.ts';
import type { RowSource } from '../../wire/picture/picture.ts';
import type { ScanJob } from './scan-job.ts';
import { pixelKinds, type Scanner } from './scanner.ts';
import { pixelSize, scanRows, type Original } from './test-page.ts';

/**
 * Sends one page as it is made, chunked, a few rows at a time and no faster than the client takes it. If the job is cancelled on
 * the way, the answer ends early but in good form, since the connection of IPP over USB lives on.
 */
export async function sendPage(scanner: Scanner, job: ScanJob, original: Original, wait: number, response: ServerResponse): Promise<void> {
  const rows = applyQuirks(scanner, job, original);
  const number = job.pages.length + 1;
  const hash = createHash('sha256');
  let bytes = 0;
  const note = (complete: boolean): void => {
    const sha256 = hash.copy().digest('hex');
    job.pages[number - 1] = { number, mediaType: job.plan.format, width: rows.width, height: rows.height, bytes, sha256, complete };
  };
  job.sending = true;
  note(false);
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  response.once('close', onClose);
  const stopped = AbortSignal.any([job.signal, gone.signal]);
  try {
    if (wait > 0) await delay(wait, undefined, { signal: stopped }).catch(() => undefined);
    response.writeHead(200, { 'Content-Type': job.plan.format });
    const half = Math.floor(rows.height / 2);
    let rowsRead = 0;
    const counted: RowSource = { ...rows, readRow: (y, into) => void (rows.readRow(y, into), (rowsRead = y + 1)) };
    let waited = false;
    for (const piece of encode(job, counted, scanner.behaviour.jpegQuality ?? 92)) {
      if (stopped.aborted) break;
      hash.update(piece);
      bytes += piece.length;
      if (piece.length > 0 && !response.write(piece)) await once(response, 'drain', { signal: stopped }).catch(() => undefined);
      else await breathe();
      if (!waited && rowsRead > half) {
        waited = true;
        await scanner.halfWay(stopped);
      }
    }
    // Before the last bytes go: a client that has them all may ask for the next document at once.
    note(!stopped.aborted);
    job.sending = false;
    if (!stopped.aborted) scanner.documentSent(job);
    response.end();
  } finally {
    response.off('close', onClose);
    job.sending = false;
    if (gone.signal.aborted) scanner.endJob(job, 'Aborted');
  }
}

function encode(job: ScanJob, rows: RowSource, quality: number): Generator<Uint8Array> {
  const { format, area, colorMode } = job.plan;
  const dotsPerInch = [area.xResolution, area.yResolution] as const;
  if (format === 'image/png') return encodePng(rows, colorMode === 'BlackAndWhite1' ? 1 : 8, dotsPerInch);
  return format === 'application/pdf' ? encodePdf(rows, quality, dotsPerInch) : encodeJpeg(rows, quality, dotsPerInch);
}

/** The rows that are sent: those of a good scanner, but for the faults of the model. */
function applyQuirks(scanner: Scanner, job: ScanJob, original: Original): RowSource {
  const { shift, extraColumns = 0, mostResolution = Infinity } = scanner.behaviour.quirks ?? {};
  const { colorMode } = job.plan;
  const area = { ...job.plan.area, xResolution: Math.min(job.plan.area.xResolution, mostResolution), yResolution: Math.min(job.plan.area.yResolution, mostResolution) };
  const moved = { ...area, x: area.x + (shift?.x ?? 0), y: area.y + (shift?.y ?? 0) };
  const rows = scanRows(original, moved, pixelKinds[colorMode]);
  if (extraColumns === 0) return rows;
  const width = pixelSize(area).width + extraColumns;
  const wider = { ...moved, width: Math.floor((width * 300) / area.xResolution) };
  return scanRows(original, wider, pixelKinds[colorMode]);
}
