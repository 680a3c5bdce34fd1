import { axisOf, logicalAt } from '../../wire/hid/axis.ts';
import { buildReport } from '../../wire/hid/report-bytes.ts';
import type { HidField } from '../../wire/hid/report-descriptor.ts';
import type { FingerFields, TouchLayout } from '../../wire/hid/touch-layout.ts';
import type { TouchDefects } from './behaviour.ts';
import type { TouchQuirks } from './quirks.ts';

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

/** How the firmware writes frames into reports. */
export interface TouchWriting {
  readonly defects?: TouchDefects;
  readonly quirks?: TouchQuirks;
  /** Stands in Contact Count instead of the number of contacts. */
  readonly contactCount?: number;
  /** What each finger field held last; written, too. */
  readonly held?: Map<number, TouchContact>;
}

/**
 * The reports of one frame: one where the report has room for all contacts (parallel mode), else as many as needed, with the number of
 * contacts in the first and 0 in the others (hybrid mode, with one finger a report serial mode; Microsoft, "Windows touchscreen required
 * HID top-level collections"). `scanTime` is in units of 100 microseconds and wraps.
 */
export function touchReports(layout: TouchLayout, frame: TouchFrame, scanTime: number, writing: TouchWriting = {}): readonly Uint8Array[] {
  const { quirks = {}, held } = writing;
  const room = layout.fingers.length;
  const reports: Uint8Array[] = [];
  for (let start = 0; start === 0 || start < frame.length; start += room) {
    const values = new Map<HidField, number>();
    layout.fingers.forEach((finger, index) => {
      const contact = frame[start + index];
      const kept = contact ?? (quirks.emptySlots === 'stale' ? held?.get(index) : undefined);
      if (kept) putContact(values, finger, writing.defects?.idsBySlot ? { ...kept, id: start + index } : kept, writing);
      if (contact) held?.set(index, { ...contact, tip: true });
    });
    if (layout.contactCount) values.set(layout.contactCount, fitted(layout.contactCount, contactCount(start, frame.length, room, writing)));
    if (layout.scanTime) values.set(layout.scanTime, quirks.scanTime === 'constant' ? 0 : Math.floor(scanTime) % (layout.scanTime.logicalMax + 1));
    reports.push(buildReport(layout.report, values));
  }
  return reports;
}

function contactCount(start: number, contacts: number, room: number, { quirks = {}, contactCount: asked }: TouchWriting): number {
  if (start > 0 && quirks.contactCount !== 'each-report') return 0;
  switch (quirks.contactCount) {
    case 'one-less':
      return Math.max(0, contacts - 1);
    case 'one':
      return 1;
    case 'room':
      return room;
    case 'zero':
      return 0;
    default:
      return asked ?? contacts;
  }
}

/** A value as the firmware's field can hold it. */
function fitted(field: HidField, value: number): number {
  return Math.max(0, Math.min(2 ** field.bits - 1, value));
}

function putContact(values: Map<HidField, number>, finger: FingerFields, contact: TouchContact, { defects = {}, quirks = {} }: TouchWriting): void {
  const scale = (field: HidField, fraction: number): number => Math.min(2 ** field.bits - 1, Math.round(logicalAt(axisOf(field), fraction) * (quirks.sensorScale ?? 1)));
  const tip = (contact.tip ?? true) || defects.neverLifts === true || (defects.touchesWhenNear === true && contact.inRange === true);
  const seen = asSensed(contact, defects);
  values.set(finger.tip, tip ? 1 : 0);
  if (finger.contactId) values.set(finger.contactId, contact.id);
  values.set(finger.x, scale(finger.x, seen.x));
  values.set(finger.y, scale(finger.y, seen.y));
  if (finger.inRange) values.set(finger.inRange, (contact.inRange ?? tip) ? 1 : 0);
  if (finger.confidence) values.set(finger.confidence, (contact.confidence ?? true) || defects.alwaysConfident === true ? 1 : 0);
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
