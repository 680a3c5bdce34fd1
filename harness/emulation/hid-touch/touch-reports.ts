import { axisOf, logicalAt } from '../../wire/hid/axis.ts';
import { buildReport } from '../../wire/hid/report-bytes.ts';
import type { HidField } from '../../wire/hid/report-descriptor.ts';
import type { FingerFields, TouchLayout } from '../../wire/hid/touch-layout.ts';
import type { TouchDefects } from './behaviour.ts';

/** A place on the panel as fractions: 0,0 is the upper left corner, 1,1 the lower right one. */
export interface PanelPoint {
  readonly x: number;
  readonly y: number;
}

/** One finger in one frame. */
export interface TouchContact extends PanelPoint {
  /** Contact identifier, stable from down to up; 0 .. contacts - 1. */
  readonly id: number;
  /** False in the frame that lifts it. Default true. */
  readonly tip?: boolean;
  /** False when the panel takes it for a palm. Default true. */
  readonly confidence?: boolean;
  /** Near the surface; default as `tip`. */
  readonly inRange?: boolean;
  /** Fractions of the panel; the smallest that is not nothing by default. */
  readonly width?: number;
  readonly height?: number;
}

/** All fingers at one moment, those that are lifted at it included. */
export type TouchFrame = readonly TouchContact[];

/**
 * The reports of one frame: one where the report has room for all contacts (parallel mode), else as many as needed, with the number of
 * contacts in the first and 0 in the others (hybrid mode; Microsoft, "Windows touchscreen required HID top-level collections").
 * `scanTime` is in units of 100 microseconds and wraps.
 */
export function touchReports(layout: TouchLayout, frame: TouchFrame, scanTime: number, defects: TouchDefects = {}): readonly Uint8Array[] {
  const room = layout.fingers.length;
  const reports: Uint8Array[] = [];
  for (let start = 0; start === 0 || start < frame.length; start += room) {
    const values = new Map<HidField, number>();
    frame.slice(start, start + room).forEach((contact, index) => {
      const finger = layout.fingers[index];
      if (finger) putContact(values, finger, contact, defects);
    });
    if (layout.contactCount) values.set(layout.contactCount, start === 0 ? frame.length : 0);
    if (layout.scanTime) values.set(layout.scanTime, Math.floor(scanTime) % (layout.scanTime.logicalMax + 1));
    reports.push(buildReport(layout.report, values));
  }
  return reports;
}

function putContact(values: Map<HidField, number>, finger: FingerFields, contact: TouchContact, defects: TouchDefects): void {
  const tip = (contact.tip ?? true) || (defects.neverLifts ?? false);
  const seen = asSensed(contact, defects);
  values.set(finger.tip, tip ? 1 : 0);
  if (finger.contactId) values.set(finger.contactId, contact.id);
  values.set(finger.x, logicalAt(axisOf(finger.x), seen.x));
  values.set(finger.y, logicalAt(axisOf(finger.y), seen.y));
  if (finger.inRange) values.set(finger.inRange, (contact.inRange ?? tip) ? 1 : 0);
  if (finger.confidence) values.set(finger.confidence, (contact.confidence ?? true) ? 1 : 0);
  if (finger.width) values.set(finger.width, size(finger.width, contact.width, tip));
  if (finger.height) values.set(finger.height, size(finger.height, contact.height, tip));
  if (finger.pressure) values.set(finger.pressure, tip ? Math.ceil(finger.pressure.logicalMax / 2) : 0);
}

function asSensed(point: PanelPoint, defects: TouchDefects): PanelPoint {
  if (defects.axes === 'y-inverted') return { x: point.x, y: 1 - point.y };
  if (defects.axes === 'swapped') return { x: point.y, y: point.x };
  return point;
}

function size(field: HidField, fraction: number | undefined, tip: boolean): number {
  if (!tip) return 0;
  return fraction === undefined ? Math.max(1, Math.ceil(field.logicalMax / 100)) : logicalAt(axisOf(field), fraction);
}
