import type { HidField } from './report-descriptor.ts';

/** One direction of a digitizer's surface. */
export interface HidAxis {
  readonly min: number;
  readonly max: number;
  /** Millimetres from `min` to `max`; undefined where the descriptor gives no usable length. */
  readonly millimetres: number | undefined;
  /** Whole units per millimetre as Linux reports it to userland; 0 where it has none (hidinput_calc_abs_res). */
  readonly resolution: number;
}

/** Millimetres per unit at exponent 0: centimetre (SI linear) and inch (English linear). A cubic inch, as some screens declare, is no length. */
const lengthUnits: Readonly<Record<number, number>> = { 0x11: 10, 0x13: 25.4 };

/** The axis that a field measures. */
export function axisOf(field: HidField): HidAxis {
  const unit = lengthUnits[field.unit];
  const logical = field.logicalMax - field.logicalMin;
  const physical = field.physicalMax - field.physicalMin;
  if (unit === undefined || logical <= 0 || physical <= 0) return { min: field.logicalMin, max: field.logicalMax, millimetres: undefined, resolution: 0 };
  const millimetres = physical * unit * 10 ** field.unitExponent;
  return { min: field.logicalMin, max: field.logicalMax, millimetres, resolution: Math.round(logical / millimetres) };
}

/** The logical value at `fraction` (0..1) of the axis. */
export function logicalAt(axis: HidAxis, fraction: number): number {
  return Math.round(axis.min + fraction * (axis.max - axis.min));
}
