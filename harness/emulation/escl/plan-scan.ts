import { colorModes, documentFormats, isOneOf, type ColorMode, type DocumentFormat, type InputSource } from '../../wire/escl/escl-vocabulary.ts';
import type { ScanSettings } from '../../wire/escl/scan-settings.ts';
import type { InputCapabilities, ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';
import type { ScanArea } from './test-page.ts';

/** A scan that this scanner can do. */
export interface ScanPlan {
  readonly source: InputSource;
  readonly duplex: boolean;
  readonly colorMode: ColorMode;
  readonly format: DocumentFormat;
  readonly area: ScanArea;
}

/** Checks what a client asks for against the capabilities; what it leaves open gets the scanner's default. The refusal says why. */
export function planScan(settings: ScanSettings, capabilities: ScannerCapabilities): ScanPlan | { readonly refusal: string } {
  const source = settings.inputSource ?? (capabilities.platen ? 'Platen' : 'Feeder');
  const duplex = settings.duplex ?? false;
  const caps = inputFor(source, duplex, capabilities);
  if (!caps) return { refusal: `there is no input source ${source}${duplex ? ' with duplex' : ''}` };
  const all = caps.profiles;
  const colorMode = settings.colorMode ?? preferred(colorModes.toReversed(), all.flatMap((profile) => profile.colorModes));
  const format = settings.documentFormat ?? preferred(documentFormats, all.flatMap((profile) => profile.formats));
  if (!isOneOf(colorModes, colorMode)) return { refusal: `there is no colour mode ${colorMode}` };
  if (!isOneOf(documentFormats, format)) return { refusal: `there is no document format ${format}` };
  const profile = all.find((each) => each.colorModes.includes(colorMode) && each.formats.includes(format));
  if (!profile) return { refusal: `colour mode ${colorMode} and format ${format} do not go together here` };
  const asked = [settings.xResolution, settings.yResolution ?? settings.xResolution] as const;
  const resolution = asked[0] === undefined ? profile.resolutions.find(([x, y]) => x === y) : profile.resolutions.find(([x, y]) => x === asked[0] && y === asked[1]);
  if (!resolution) return { refusal: `there is no resolution ${asked.join(' x ')}` };
  const { region } = settings;
  if (region && region.units !== 'escl:ThreeHundredthsOfInches') return { refusal: `regions are in escl:ThreeHundredthsOfInches, not ${region.units}` };
  const area = { x: region?.x ?? 0, y: region?.y ?? 0, width: region?.width ?? caps.maxWidth, height: region?.height ?? caps.maxHeight };
  const fits = area.x >= 0 && area.y >= 0 && area.width >= caps.minWidth && area.height >= caps.minHeight && area.x + area.width <= caps.maxWidth && area.y + area.height <= caps.maxHeight;
  if (!fits) return { refusal: `the region ${area.width} x ${area.height} at ${area.x}, ${area.y} is outside of ${caps.minWidth} x ${caps.minHeight} to ${caps.maxWidth} x ${caps.maxHeight}` };
  return { source: source as InputSource, duplex, colorMode, format, area: { ...area, xResolution: resolution[0], yResolution: resolution[1] } };
}

function inputFor(source: string, duplex: boolean, capabilities: ScannerCapabilities): InputCapabilities | undefined {
  if (source === 'Platen') return duplex ? undefined : capabilities.platen;
  if (source !== 'Feeder') return undefined;
  return duplex ? capabilities.feeder?.duplex : capabilities.feeder?.simplex;
}

const preferred = (order: readonly string[], offered: readonly string[]): string => order.find((name) => offered.includes(name)) ?? offered[0] ?? 'none';
