/** The "emulator" of a model that is the machine itself: nothing is plugged in. */
const builtIn = 'built-in';

/** True for a model that is the machine itself. */
export function isBuiltIn(emulator: string): boolean {
  return emulator === builtIn;
}

/** Parts that a computer can have. */
export const computerParts = ['graphics', 'sound', 'ethernet', 'wifi', 'camera', 'battery', 'thermal'] as const;
export type ComputerPart = (typeof computerParts)[number];

/** `behaviour` and controls of such a model. */
export interface BuiltInParts {
  /** What it has by its data sheet: if the system finds none, that is a failure. What is not here is skipped where it is not found. */
  readonly parts: readonly ComputerPart[];
}
