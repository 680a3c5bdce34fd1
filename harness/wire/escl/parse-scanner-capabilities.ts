import { HwlabError } from '../../base/hwlab-error.ts';
import { colorModes, documentFormats, isOneOf } from './escl-vocabulary.ts';
import { child, childInteger, childrenOf, childText, readXml, type XmlElement } from './read-xml.ts';
import type { AdjustmentRange, InputCapabilities, ScannerCapabilities, SettingProfile } from './scanner-capabilities.ts';

/**
 * Reads the ScannerCapabilities of a real device into the data of a model. Colour modes and formats that no emulated scanner
 * sends (48 bits, TIFF) are left out, and so are elements that hwlab has no use for.
 * @throws HwlabError product `bad-xml` or `bad-capabilities`
 */
export function parseScannerCapabilities(bytes: Uint8Array): ScannerCapabilities {
  const root = readXml(bytes);
  if (root.name !== 'ScannerCapabilities') throw bad(`the document is <${root.name.slice(0, 60)}>, not <ScannerCapabilities>`);
  const platen = child(child(root, 'Platen'), 'PlatenInputCaps');
  const adf = child(root, 'Adf');
  const simplex = child(adf, 'AdfSimplexInputCaps');
  const duplex = child(adf, 'AdfDuplexInputCaps');
  const capacity = childInteger(adf, 'FeederCapacity');
  const options = childrenOf(child(adf, 'AdfOptions'), 'AdfOption').map((option) => option.text);
  const adjustments = root.children.flatMap((element) => adjustment(element));
  return {
    version: childText(root, 'Version') ?? '2.0',
    makeAndModel: childText(root, 'MakeAndModel') ?? '',
    ...optional('serialNumber', childText(root, 'SerialNumber')),
    ...optional('uuid', childText(root, 'UUID')),
    ...optional('adminUri', childText(root, 'AdminURI')),
    ...optional('iconUri', childText(root, 'IconURI')),
    ...(platen ? { platen: input(platen) } : {}),
    ...(simplex
      ? { feeder: { simplex: input(simplex), ...(duplex ? { duplex: input(duplex) } : {}), ...optional('capacity', capacity), ...(options.length > 0 ? { options } : {}) } }
      : {}),
    ...(adjustments.length > 0 ? { adjustments: Object.fromEntries(adjustments) } : {}),
  };
}

function input(caps: XmlElement): InputCapabilities {
  const intents = texts(child(caps, 'SupportedIntents'), 'SupportedIntent');
  const feedDirections = texts(child(caps, 'FeedDirections'), 'FeedDirection');
  const opticalX = childInteger(caps, 'MaxOpticalXResolution');
  const opticalY = childInteger(caps, 'MaxOpticalYResolution') ?? opticalX;
  return {
    minWidth: childInteger(caps, 'MinWidth') ?? 0,
    maxWidth: length(caps, 'MaxWidth'),
    minHeight: childInteger(caps, 'MinHeight') ?? 0,
    maxHeight: length(caps, 'MaxHeight'),
    ...optional('maxScanRegions', childInteger(caps, 'MaxScanRegions')),
    ...(opticalX !== undefined && opticalY !== undefined ? { maxOpticalResolution: [opticalX, opticalY] as const } : {}),
    profiles: childrenOf(child(caps, 'SettingProfiles'), 'SettingProfile').map(profile),
    ...(intents.length > 0 ? { intents } : {}),
    ...(feedDirections.length > 0 ? { feedDirections } : {}),
  };
}

function profile(element: XmlElement): SettingProfile {
  const formats = child(element, 'DocumentFormats');
  const extended = texts(formats, 'DocumentFormatExt');
  const colorSpaces = texts(child(element, 'ColorSpaces'), 'ColorSpace');
  const resolutions = new Map<string, readonly [number, number]>();
  for (const group of childrenOf(element, 'SupportedResolutions')) {
    for (const each of childrenOf(child(group, 'DiscreteResolutions'), 'DiscreteResolution')) {
      const pair = [childInteger(each, 'XResolution') ?? 0, childInteger(each, 'YResolution') ?? 0] as const;
      resolutions.set(pair.join('x'), pair);
    }
  }
  return {
    colorModes: texts(child(element, 'ColorModes'), 'ColorMode').filter((name) => isOneOf(colorModes, name)),
    formats: [...new Set([...texts(formats, 'DocumentFormat'), ...extended])].filter((name) => isOneOf(documentFormats, name)),
    ...(extended.length > 0 ? { formatsExt: true } : {}),
    ...(colorSpaces.length > 0 ? { colorSpaces } : {}),
    resolutions: [...resolutions.values()],
  };
}

/** The name and range of `<BrightnessSupport>` and its like; nothing for any other element. */
function adjustment(element: XmlElement): [string, AdjustmentRange][] {
  const name = /^([A-Z][A-Za-z]{2,30})Support$/.exec(element.name)?.[1];
  const [min, max, normal, step] = ['Min', 'Max', 'Normal', 'Step'].map((field) => childInteger(element, field));
  if (name === undefined || min === undefined || max === undefined || normal === undefined) return [];
  return [[name, { min, max, normal, step: step ?? 1 }]];
}

function texts(parent: XmlElement | undefined, name: string): string[] {
  return childrenOf(parent, name).flatMap((element) => (element.text ? [element.text] : []));
}

function length(caps: XmlElement, name: string): number {
  const value = childInteger(caps, name);
  if (value === undefined || value < 1) throw bad(`<${caps.name}> has no usable <${name}>`);
  return value;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function bad(what: string): HwlabError {
  return new HwlabError({ code: 'bad-capabilities', blame: 'product', message: `these scanner capabilities cannot be used: ${what}` });
}
