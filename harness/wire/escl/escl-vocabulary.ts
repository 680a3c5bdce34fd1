/** Names of the eSCL protocol (Mopria eSCL Technical Specification 2.97) that an emulated scanner and its readers share. */

export const scanNamespace = 'http://schemas.hp.com/imaging/escl/2011/05/03';
export const pwgNamespace = 'http://www.pwg.org/schemas/2010/12/sm';

export const colorModes = ['BlackAndWhite1', 'Grayscale8', 'RGB24'] as const;
export type ColorMode = (typeof colorModes)[number];

export const documentFormats = ['image/jpeg', 'image/png', 'application/pdf'] as const;
export type DocumentFormat = (typeof documentFormats)[number];

export type InputSource = 'Platen' | 'Feeder';

export type ScannerState = 'Idle' | 'Processing' | 'Stopped';

export type AdfState = 'ScannerAdfProcessing' | 'ScannerAdfEmpty' | 'ScannerAdfLoaded' | 'ScannerAdfJam' | 'ScannerAdfHatchOpen';

export type JobState = 'Processing' | 'Completed' | 'Canceled' | 'Aborted';

/** Is `value` one of `names`? */
export function isOneOf<T extends string>(names: readonly T[], value: string | undefined): value is T {
  return (names as readonly (string | undefined)[]).includes(value);
}
