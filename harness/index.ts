/** The public surface for suites: the only module of the harness that files in suites/ import. */
export { expect } from 'chai';
export type { CellContext, FeatureOptions, Guest, PluggedUnit } from './run/cell-context.ts';
export type { FaultRule, WireEvent, EmulatedModel } from './emulation/usb-device.ts';
export { suite, feature } from './run/suite-api.ts';
