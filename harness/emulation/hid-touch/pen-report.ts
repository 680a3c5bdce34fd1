import { axisOf, logicalAt } from '../../wire/hid/axis.ts';
import type { PenLayout } from '../../wire/hid/pen-layout.ts';
import { buildReport } from '../../wire/hid/report-bytes.ts';
import type { HidField } from '../../wire/hid/report-descriptor.ts';
import type { TouchDefects } from './behaviour.ts';
import type { TouchQuirks } from './quirks.ts';
import type { PanelPoint } from './touch-reports.ts';

/** The pen at one moment. */
export interface PenState extends PanelPoint {
  /** Near enough to be sensed; default true. */
  readonly inRange?: boolean;
  readonly tip?: boolean;
  readonly barrel?: boolean;
  /** Turned round, so that its end is near. */
  readonly invert?: boolean;
  /** The end touches. */
  readonly eraser?: boolean;
  /** 0..1. */
  readonly pressure?: number;
  /** Degrees from upright. */
  readonly tiltX?: number;
  readonly tiltY?: number;
}

export function penReport(layout: PenLayout, state: PenState, defects: TouchDefects = {}, quirks: TouchQuirks = {}): Uint8Array {
  const values = new Map<HidField, number>([
    [layout.tip, bit(state.tip)],
    [layout.x, logicalAt(axisOf(layout.x), state.x)],
    [layout.y, logicalAt(axisOf(layout.y), state.y)],
  ]);
  if (layout.inRange) values.set(layout.inRange, bit(state.inRange ?? true));
  if (layout.barrel) values.set(layout.barrel, bit(state.barrel));
  const leaves = state.inRange === false && quirks.pen === 'leaves-as-eraser';
  if (layout.invert) values.set(layout.invert, bit(leaves || state.invert));
  if (layout.eraser) values.set(layout.eraser, bit(state.eraser));
  if (layout.pressure) values.set(layout.pressure, logicalAt(axisOf(layout.pressure), defects.pressure ?? state.pressure ?? 0));
  if (layout.xTilt) values.set(layout.xTilt, tilt(layout.xTilt, state.tiltX ?? 0));
  if (layout.yTilt) values.set(layout.yTilt, tilt(layout.yTilt, state.tiltY ?? 0));
  return buildReport(layout.report, values);
}

function bit(value: boolean | undefined): number {
  return value ? 1 : 0;
}

/** Degrees to logical units; the physical range is in degrees times the exponent. */
function tilt(field: HidField, degrees: number): number {
  const perDegree = (field.logicalMax - field.logicalMin) / ((field.physicalMax - field.physicalMin) * 10 ** field.unitExponent);
  return Math.max(field.logicalMin, Math.min(field.logicalMax, Math.round(degrees * perDegree)));
}
