import type { CellTraceLine } from '../../wire/cell-trace/cell-trace.ts';
import { suspicious } from '../page/evidence-view.ts';
import type { TraceItem } from './trace-item.ts';

const longestLine = 2000;

/** Lines of the serial console, one by one, for a guest may write millions; each has the time at which the file had grown over its end, what was there at the beginning has the time of that. */
export function* consoleItems(bytes: Uint8Array, grown: readonly CellTraceLine[], begin: number): Generator<TraceItem> {
  const steps = grown.filter((line) => line.kind === 'console');
  let step = 0;
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    while (step < steps.length - 1 && (steps[step]?.bytes ?? 0) < end) step += 1;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(end - from, longestLine)).toString('utf8').replace(/[\r\n]+$/, '');
    if (text.trim() !== '') yield lineItem('console', steps[step]?.t ?? begin, text);
    from = end;
  }
}

/**
 * Lines of a kernel log. They count seconds from the boot; `anchor` is a moment at which it is known how long that was ago.
 * A line without a time has that of the line before. All of these numbers are the guest's: whatever they say, a line is of this attempt, not before `begin` and not behind the reading of the log.
 */
export function* kernelItems(text: string, anchor: { readonly t: number; readonly seconds: number }, begin: number): Generator<TraceItem> {
  let last = anchor.t;
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(from, Math.min(end, from + longestLine));
    from = end + 1;
    if (line.trim() === '') continue;
    const seconds = /^\[\s*(\d{1,10}\.\d+)\]/.exec(line)?.[1];
    if (seconds !== undefined) last = Math.max(begin, Math.min(anchor.t, anchor.t - (anchor.seconds - Number(seconds)) * 1000));
    yield lineItem('kernel', last, line);
  }
}

function lineItem(lane: 'console' | 'kernel', t: number, text: string): TraceItem {
  return { lane, t, text, ...(suspicious.test(text) ? { state: 'warn' } : {}) };
}
