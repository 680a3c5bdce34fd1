import type { CellTraceLine } from '../../wire/cell-trace/cell-trace.ts';
import { suspicious } from '../page/evidence-view.ts';
import type { TraceItem } from './trace-item.ts';

const longestLine = 2000;

/** Lines of the serial console, each with the time at which the file had grown over its end; what was there at the beginning has the time of that. */
export function consoleItems(bytes: Uint8Array, grown: readonly CellTraceLine[], begin: number): TraceItem[] {
  const steps = grown.filter((line) => line.kind === 'console');
  const items: TraceItem[] = [];
  let step = 0;
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    while (step < steps.length - 1 && (steps[step]?.bytes ?? 0) < end) step += 1;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(end - from, longestLine)).toString('utf8').replace(/[\r\n]+$/, '');
    if (text.trim() !== '') items.push(lineItem('console', steps[step]?.t ?? begin, text));
    from = end;
  }
  return items;
}

/**
 * Lines of a kernel log. They count seconds from the boot; `anchor` is a moment at which it is known how long that was ago.
 * A line without a time has that of the line before.
 */
export function kernelItems(text: string, anchor: { readonly t: number; readonly seconds: number }): TraceItem[] {
  let last: number | undefined;
  return text.split('\n').flatMap((line): TraceItem[] => {
    if (line.trim() === '') return [];
    const seconds = /^\[\s*(\d{1,10}\.\d+)\]/.exec(line)?.[1];
    if (seconds !== undefined) last = anchor.t - (anchor.seconds - Number(seconds)) * 1000;
    return [lineItem('kernel', last ?? anchor.t, line.slice(0, longestLine))];
  });
}

function lineItem(lane: 'console' | 'kernel', t: number, text: string): TraceItem {
  return { lane, t, text, ...(suspicious.test(text) ? { state: 'warn' } : {}) };
}
