/** The public surface for suites: the only module of the harness that files in suites/ import. */
export { expect } from 'chai';
export type { CellContext, FeatureOptions, Guest, PluggedUnit } from './run/cell-context.ts';
export type { FaultRule, WireEvent, EmulatedModel } from './emulation/usb-device.ts';
export { suite, feature } from './run/suite-api.ts';
export { HwlabError } from './base/hwlab-error.ts';
export type { HidTouchControls } from './emulation/hid-touch/hid-touch.ts';
export type { PanelFacts } from './emulation/hid-touch/panel.ts';
export type { Sent } from './emulation/hid-touch/paced-sender.ts';
export type { PanelPoint, TouchFrame } from './emulation/hid-touch/touch-reports.ts';
export type { PenState } from './emulation/hid-touch/pen-report.ts';
export { fingersDown, fingersMove, fingersUp, pointAtMillimetres, shifted, spreadPoints } from './emulation/hid-touch/gestures.ts';
export { logicalAt } from './wire/hid/axis.ts';
