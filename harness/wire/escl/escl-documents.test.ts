import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { parseScannerCapabilities } from './parse-scanner-capabilities.ts';
import { parseScanSettings } from './scan-settings.ts';
import { buildScannerCapabilities, type ScannerCapabilities } from './scanner-capabilities.ts';
import { buildScannerStatus } from './scanner-status.ts';
import { child, childText, readXml } from './read-xml.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const glass = {
  minWidth: 10,
  maxWidth: 2550,
  minHeight: 10,
  maxHeight: 3508,
  maxOpticalResolution: [600, 600] as const,
  profiles: [{ colorModes: ['Grayscale8' as const], formats: ['image/jpeg' as const], formatsExt: true, resolutions: [[75, 75] as const, [200, 100] as const] }],
  intents: ['Document'],
};
const capabilities: ScannerCapabilities = {
  version: '2.63',
  makeAndModel: 'A & B <scanner> «д»',
  uuid: '00000000-0000-4000-8000-000000000001',
  platen: glass,
  feeder: { simplex: { ...glass, maxScanRegions: 1, feedDirections: ['ShortEdgeFeed'] }, duplex: glass, capacity: 50, options: ['DetectPaperLoaded', 'Duplex'] },
  adjustments: { Brightness: { min: -100, max: 100, normal: 0, step: 5 } },
};

const settings = (body: string): Uint8Array =>
  utf8(`<?xml version="1.0" encoding="UTF-8"?><s:ScanSettings xmlns:s="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:p="http://www.pwg.org/schemas/2010/12/sm">${body}</s:ScanSettings>`);
const region = '<p:ScanRegions><p:ScanRegion><p:ContentRegionUnits>escl:ThreeHundredthsOfInches</p:ContentRegionUnits><p:XOffset>1</p:XOffset><p:YOffset>2</p:YOffset><p:Width>300</p:Width><p:Height>400</p:Height></p:ScanRegion></p:ScanRegions>';

describe('eSCL documents', () => {
  it('capabilities survive a round trip', () => {
    expect(parseScannerCapabilities(utf8(buildScannerCapabilities(capabilities)))).to.deep.equal(capabilities);
  });

  it('capabilities of a scanner with only a feeder have no platen', () => {
    const { platen: _platen, ...rest } = capabilities;
    const text = buildScannerCapabilities(rest);
    expect(text).not.to.contain('Platen');
    expect(parseScannerCapabilities(utf8(text))).to.deep.equal(rest);
  });

  it('leaves out modes and formats that are not emulated, and merges resolutions of several modes', () => {
    const text = buildScannerCapabilities(capabilities)
      .replaceAll('<scan:ColorMode>Grayscale8</scan:ColorMode>', '<scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB48</scan:ColorMode>')
      .replaceAll('</scan:SupportedResolutions>', '</scan:SupportedResolutions><scan:SupportedResolutions><scan:DiscreteResolutions><scan:DiscreteResolution><scan:XResolution>75</scan:XResolution><scan:YResolution>75</scan:YResolution></scan:DiscreteResolution></scan:DiscreteResolutions></scan:SupportedResolutions>');
    expect(parseScannerCapabilities(utf8(text))).to.deep.equal(capabilities);
  });

  it('status says state, feeder and jobs', () => {
    const text = buildScannerStatus({
      version: '2.62',
      state: 'Processing',
      adfState: 'ScannerAdfLoaded',
      jobs: [{ uri: '/eSCL/ScanJobs/1', uuid: 'urn:uuid:1', age: 3, imagesCompleted: 1, imagesToTransfer: 1, state: 'Processing', reason: 'JobScanning' }],
    });
    const root = readXml(utf8(text));
    expect(root.name).to.equal('ScannerStatus');
    expect(childText(root, 'State')).to.equal('Processing');
    expect(childText(root, 'AdfState')).to.equal('ScannerAdfLoaded');
    expect(childText(child(child(root, 'Jobs'), 'JobInfo'), 'ImagesCompleted')).to.equal('1');
    expect(buildScannerStatus({ version: '2.0', state: 'Idle', jobs: [] })).not.to.match(/Jobs|AdfState/);
  });

  it('reads scan settings whatever the prefixes, and DocumentFormatExt wins', () => {
    const bytes = settings(
      `<p:Version>2.0</p:Version>${region}<p:InputSource>Feeder</p:InputSource><s:ColorMode>RGB24</s:ColorMode><p:DocumentFormat>application/pdf</p:DocumentFormat><s:DocumentFormatExt>image/jpeg</s:DocumentFormatExt><s:XResolution>300</s:XResolution><s:YResolution>300</s:YResolution><s:Duplex>true</s:Duplex><s:Unknown><s:Deep/></s:Unknown>`,
    );
    expect(parseScanSettings(bytes)).to.deep.equal({
      version: '2.0',
      region: { units: 'escl:ThreeHundredthsOfInches', x: 1, y: 2, width: 300, height: 400 },
      inputSource: 'Feeder',
      colorMode: 'RGB24',
      documentFormat: 'image/jpeg',
      xResolution: 300,
      yResolution: 300,
      duplex: true,
    });
    expect(parseScanSettings(settings(''))).to.deep.equal({});
  });

  const wrong: Record<string, Uint8Array> = {
    nothing: utf8(''),
    'no XML': utf8('hello'),
    'an unclosed element': utf8('<a><b></a>'),
    'an unknown entity': utf8('<s:ScanSettings xmlns:s="x">&boom;</s:ScanSettings>'),
    'a document type': utf8('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ScanSettings>&a;</ScanSettings>'),
    'bytes that are not UTF-8': Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e),
    'another document': utf8('<ScannerStatus/>'),
    'a number that is none': settings('<s:XResolution>many</s:XResolution>'),
    'a region without width': settings('<p:ScanRegions><p:ScanRegion><p:Height>4</p:Height></p:ScanRegion></p:ScanRegions>'),
    'two regions': settings(region.replace('</p:ScanRegions>', '<p:ScanRegion><p:Width>1</p:Width><p:Height>1</p:Height></p:ScanRegion></p:ScanRegions>')),
    'too many bytes': settings(' '.repeat(300_000)),
    'too deep nesting': settings('<a>'.repeat(200) + '</a>'.repeat(200)),
    'too many elements': settings('<a/>'.repeat(30_000)),
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => expect(() => parseScanSettings(bytes)).to.throw(HwlabError));
  }

  it('refuses every shortened document', () => {
    const whole = settings(region);
    for (let length = 0; length < whole.length; length += 1) expect(() => parseScanSettings(whole.subarray(0, length)), String(length)).to.throw(HwlabError);
  });

  it('names of elements cannot reach into objects', () => {
    expect(parseScanSettings(settings('<__proto__><polluted>1</polluted></__proto__><constructor>2</constructor>'))).to.deep.equal({});
    expect(({} as { polluted?: string }).polluted).to.equal(undefined);
  });
});
