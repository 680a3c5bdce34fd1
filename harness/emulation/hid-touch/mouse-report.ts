import { axisOf, logicalAt } from '../../wire/hid/axis.ts';
import type { MouseLayout } from '../../wire/hid/mouse-layout.ts';
import { buildReport } from '../../wire/hid/report-bytes.ts';
import type { TouchFrame } from './touch-reports.ts';

/** The report of the mouse that a panel pretends to be: button 1 while a finger is down, at its place where the mouse is an absolute one. */
export function mouseReport(layout: MouseLayout, frame: TouchFrame): Uint8Array {
  const [finger] = frame;
  const place = (field: MouseLayout['x'], fraction: number): number => (field.relative ? 0 : logicalAt(axisOf(field), fraction));
  return buildReport(
    layout.report,
    new Map([
      [layout.button, finger && (finger.tip ?? true) ? 1 : 0],
      [layout.x, place(layout.x, finger?.x ?? 0)],
      [layout.y, place(layout.y, finger?.y ?? 0)],
    ]),
  );
}
