import type { PanelFacts } from './panel.ts';
import type { PanelPoint, TouchFrame } from './touch-reports.ts';

/** `count` places on the panel, far from one another and from the edges, in rows of five. */
export function spreadPoints(count: number): readonly PanelPoint[] {
  const perRow = Math.min(5, count);
  const rows = Math.ceil(count / perRow);
  return Array.from({ length: count }, (_, index) => ({
    x: 0.12 + (0.6 * (index % perRow)) / Math.max(1, perRow - 1),
    y: 0.15 + (0.5 * Math.floor(index / perRow)) / Math.max(1, rows - 1),
  }));
}

/** The place that is `x`, `y` millimetres from the upper left corner, where the panel tells its size. */
export function pointAtMillimetres(panel: PanelFacts, x: number, y: number): PanelPoint {
  return { x: x / (panel.x.millimetres ?? 1), y: y / (panel.y.millimetres ?? 1) };
}

/** A place moved by fractions of the panel. */
export function shifted(point: PanelPoint, dx: number, dy: number): PanelPoint {
  return { x: point.x + dx, y: point.y + dy };
}

/** Frame in which a finger is down at each place; ids count from 0. */
export function fingersDown(points: readonly PanelPoint[]): TouchFrame {
  return points.map((point, id) => ({ id, x: point.x, y: point.y }));
}

/** Frame that lifts the finger at each place. */
export function fingersUp(points: readonly PanelPoint[]): TouchFrame {
  return points.map((point, id) => ({ id, x: point.x, y: point.y, tip: false }));
}

/** `steps` frames that move each finger on a straight line by `dx`, `dy` in all; the last frame is at the end. */
export function fingersMove(points: readonly PanelPoint[], dx: number, dy: number, steps: number): readonly TouchFrame[] {
  return Array.from({ length: steps }, (_, step) => fingersDown(points.map((point) => shifted(point, (dx * (step + 1)) / steps, (dy * (step + 1)) / steps))));
}

/**
 * Two places of a writing hand's side on the glass, left of and below the tip: 60 and 90 mm away, so within the rectangle in which libinput
 * looks for it (evdev-tablet.c, touch arbitration). Of a panel that tells no size a metre is assumed.
 */
export function handBeside(panel: PanelFacts, tip: PanelPoint): readonly PanelPoint[] {
  return [60, 90].map((left) => shifted(tip, -left / (panel.x.millimetres ?? 1000), 40 / (panel.y.millimetres ?? 600)));
}
