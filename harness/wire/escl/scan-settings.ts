import { HwlabError } from '../../base/hwlab-error.ts';
import { child, childInteger, childrenOf, childText, readXml } from './read-xml.ts';

/** What a client asks for with POST /eSCL/ScanJobs, as it says it: nothing is checked against a scanner yet. */
export interface ScanSettings {
  readonly version?: string;
  readonly intent?: string;
  /** Lengths in `units`; only `escl:ThreeHundredthsOfInches` is in use. */
  readonly region?: { readonly units: string; readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly inputSource?: string;
  readonly colorMode?: string;
  readonly documentFormat?: string;
  readonly xResolution?: number;
  readonly yResolution?: number;
  readonly duplex?: boolean;
  readonly numberOfPages?: number;
  readonly brightness?: number;
  readonly contrast?: number;
  readonly compressionFactor?: number;
}

/**
 * Reads a ScanSettings document. DocumentFormatExt wins over DocumentFormat (eSCL 2.1). Unknown elements are passed over.
 * @throws HwlabError product `bad-xml` or `bad-scan-settings`
 */
export function parseScanSettings(bytes: Uint8Array): ScanSettings {
  const root = readXml(bytes);
  if (root.name !== 'ScanSettings') throw bad(`the document is <${root.name.slice(0, 60)}>, not <ScanSettings>`);
  const regions = childrenOf(child(root, 'ScanRegions'), 'ScanRegion');
  if (regions.length > 1) throw bad(`it asks for ${regions.length} regions, one is scanned`);
  const region = regions[0];
  const duplex = childText(root, 'Duplex');
  const found = {
    version: childText(root, 'Version'),
    intent: childText(root, 'Intent'),
    region: region && {
      units: childText(region, 'ContentRegionUnits') ?? 'escl:ThreeHundredthsOfInches',
      x: childInteger(region, 'XOffset') ?? 0,
      y: childInteger(region, 'YOffset') ?? 0,
      width: needed(childInteger(region, 'Width'), 'Width'),
      height: needed(childInteger(region, 'Height'), 'Height'),
    },
    inputSource: childText(root, 'InputSource'),
    colorMode: childText(root, 'ColorMode'),
    documentFormat: childText(root, 'DocumentFormatExt') ?? childText(root, 'DocumentFormat'),
    xResolution: childInteger(root, 'XResolution'),
    yResolution: childInteger(root, 'YResolution'),
    duplex: duplex === undefined ? undefined : duplex === 'true' || duplex === '1',
    numberOfPages: childInteger(root, 'NumberOfPages'),
    brightness: childInteger(root, 'Brightness'),
    contrast: childInteger(root, 'Contrast'),
    compressionFactor: childInteger(root, 'CompressionFactor'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as ScanSettings;
}

function needed(value: number | undefined, name: string): number {
  if (value === undefined) throw bad(`its region has no <${name}>`);
  return value;
}

function bad(what: string): HwlabError {
  return new HwlabError({ code: 'bad-scan-settings', blame: 'product', message: `these scan settings cannot be used: ${what}` });
}
