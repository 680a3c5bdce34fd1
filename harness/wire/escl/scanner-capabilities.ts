import { Builder } from 'xml2js';
import { pwgNamespace, scanNamespace, type ColorMode, type DocumentFormat } from './escl-vocabulary.ts';

/** What a scanner says of itself, /eSCL/ScannerCapabilities. Lengths are 1/300 inch. The same shape is the `capabilities` of a model. */
export interface ScannerCapabilities {
  /** Version of eSCL, `2.62`. */
  readonly version: string;
  readonly makeAndModel: string;
  readonly serialNumber?: string;
  readonly uuid?: string;
  readonly adminUri?: string;
  readonly iconUri?: string;
  readonly platen?: InputCapabilities;
  readonly feeder?: FeederCapabilities;
  /** By name without `Support`: Brightness, CompressionFactor, Contrast, Sharpen, Threshold. */
  readonly adjustments?: Readonly<Record<string, AdjustmentRange>>;
}

export interface FeederCapabilities {
  readonly simplex: InputCapabilities;
  readonly duplex?: InputCapabilities;
  /** Sheets it holds. */
  readonly capacity?: number;
  /** DetectPaperLoaded, SelectSinglePage, Duplex */
  readonly options?: readonly string[];
}

export interface InputCapabilities {
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly minHeight: number;
  readonly maxHeight: number;
  readonly maxOpticalResolution?: readonly [number, number];
  readonly maxScanRegions?: number;
  readonly profiles: readonly SettingProfile[];
  readonly intents?: readonly string[];
  readonly feedDirections?: readonly string[];
}

export interface SettingProfile {
  readonly colorModes: readonly ColorMode[];
  readonly formats: readonly DocumentFormat[];
  /** True when the formats are also listed as DocumentFormatExt (eSCL 2.1). */
  readonly formatsExt?: boolean;
  readonly colorSpaces?: readonly string[];
  /** [x, y] pixels an inch. */
  readonly resolutions: readonly (readonly [number, number])[];
}

export interface AdjustmentRange {
  readonly min: number;
  readonly max: number;
  readonly normal: number;
  readonly step: number;
}

type Xml = { [name: string]: Xml | readonly Xml[] | string | number | undefined };

/** Writes the document in the order of the specification's schema. */
export function buildScannerCapabilities(capabilities: ScannerCapabilities): string {
  const { feeder } = capabilities;
  return render('scan:ScannerCapabilities', {
    'pwg:Version': capabilities.version,
    'pwg:MakeAndModel': capabilities.makeAndModel,
    'pwg:SerialNumber': capabilities.serialNumber,
    'scan:UUID': capabilities.uuid,
    'scan:AdminURI': capabilities.adminUri,
    'scan:IconURI': capabilities.iconUri,
    'scan:Platen': capabilities.platen && { 'scan:PlatenInputCaps': input(capabilities.platen) },
    'scan:Adf': feeder && {
      'scan:AdfSimplexInputCaps': input(feeder.simplex),
      'scan:AdfDuplexInputCaps': feeder.duplex && input(feeder.duplex),
      'scan:FeederCapacity': feeder.capacity,
      'scan:AdfOptions': feeder.options && { 'scan:AdfOption': feeder.options as readonly never[] },
    },
    ...Object.fromEntries(
      Object.entries(capabilities.adjustments ?? {}).map(([name, range]) => [
        `scan:${name}Support`,
        { 'scan:Min': range.min, 'scan:Max': range.max, 'scan:Normal': range.normal, 'scan:Step': range.step },
      ]),
    ),
  });
}

function input(caps: InputCapabilities): Xml {
  return {
    'scan:MinWidth': caps.minWidth,
    'scan:MaxWidth': caps.maxWidth,
    'scan:MinHeight': caps.minHeight,
    'scan:MaxHeight': caps.maxHeight,
    'scan:MaxScanRegions': caps.maxScanRegions,
    'scan:MaxOpticalXResolution': caps.maxOpticalResolution?.[0],
    'scan:MaxOpticalYResolution': caps.maxOpticalResolution?.[1],
    'scan:SettingProfiles': { 'scan:SettingProfile': caps.profiles.map(profile) },
    'scan:SupportedIntents': caps.intents && { 'scan:SupportedIntent': caps.intents as readonly never[] },
    'scan:FeedDirections': caps.feedDirections && { 'scan:FeedDirection': caps.feedDirections as readonly never[] },
  };
}

function profile(settings: SettingProfile): Xml {
  return {
    'scan:ColorModes': { 'scan:ColorMode': settings.colorModes as readonly never[] },
    'scan:DocumentFormats': {
      'pwg:DocumentFormat': settings.formats as readonly never[],
      'scan:DocumentFormatExt': settings.formatsExt ? (settings.formats as readonly never[]) : undefined,
    },
    'scan:SupportedResolutions': {
      'scan:DiscreteResolutions': { 'scan:DiscreteResolution': settings.resolutions.map(([x, y]) => ({ 'scan:XResolution': x, 'scan:YResolution': y })) },
    },
    'scan:ColorSpaces': settings.colorSpaces && { 'scan:ColorSpace': settings.colorSpaces as readonly never[] },
  };
}

/** A document with the two namespaces of eSCL; absent values leave no element. */
export function render(rootName: string, body: object): string {
  const builder = new Builder({ xmldec: { version: '1.0', encoding: 'UTF-8' }, renderOpts: { pretty: true, indent: ' ', newline: '\n' } });
  const present: unknown = JSON.parse(JSON.stringify(body));
  return builder.buildObject({ [rootName]: { $: { 'xmlns:scan': scanNamespace, 'xmlns:pwg': pwgNamespace }, ...(present as object) } });
}
