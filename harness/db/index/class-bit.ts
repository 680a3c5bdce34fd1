import type { DeviceClass } from '../generated/device.ts';

/** Bit of a class in `device.classes` of the index. */
export const classBit: Readonly<Record<DeviceClass, number>> = { printer: 1, scanner: 2, panel: 4, robotics: 8, storage: 16, camera: 32, computer: 64 };
