import { buildScannerCapabilities, type ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';

/** How a scanner writes its capabilities otherwise than the specification has it. */
export interface CapabilitiesQuirks {
  /** As in eSCL 1.0: colour modes, formats and resolutions in `ColorProfiles`, no `SettingProfiles`. */
  readonly oldProfiles?: boolean;
  /** Further names of colour modes, in every profile. */
  readonly moreColorModes?: readonly string[];
  /** A comment of so many bytes before the end. */
  readonly padding?: number;
  /** A fault: this resolution, which it has, is not said. */
  readonly leavesOutResolution?: number;
  /** Only so many bytes are sent, as if that were all. */
  readonly cutAt?: number;
}

/** The capabilities as such a scanner writes them. */
export function writeCapabilities(capabilities: ScannerCapabilities, { oldProfiles, moreColorModes = [], padding, leavesOutResolution, cutAt }: CapabilitiesQuirks): string {
  let text = buildScannerCapabilities(capabilities);
  if (oldProfiles) text = text.replaceAll('scan:SettingProfile', 'scan:ColorProfile').replaceAll('scan:SupportedResolutions', 'scan:ColorResolutions');
  const more = moreColorModes.map((name) => `<scan:ColorMode>${name}</scan:ColorMode>`).join('');
  text = text.replaceAll('</scan:ColorModes>', `${more}</scan:ColorModes>`);
  if (padding !== undefined) text = text.replace('</scan:ScannerCapabilities>', `<!--${' '.repeat(padding)}--></scan:ScannerCapabilities>`);
  if (leavesOutResolution !== undefined) text = text.replaceAll(/<scan:DiscreteResolution>.*?<\/scan:DiscreteResolution>/gs, (entry) => (entry.includes(`>${leavesOutResolution}<`) ? '' : entry));
  return cutAt === undefined ? text : text.slice(0, cutAt);
}
