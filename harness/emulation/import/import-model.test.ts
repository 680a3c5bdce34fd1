import { expect } from 'chai';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { loadDataFile } from '../../db/load-data-file.ts';
import type { Device } from '../../db/generated/device.ts';
import { parseHidRecording } from '../../wire/hid-recording/parse-hid-recording.ts';
import type { IppUsbMfpBehaviour } from '../ipp-usb-mfp/ipp-usb-mfp-behaviour.ts';
import { reportsOfModel } from '../hid-touch/replay.ts';
import { detectKind, type CaptureKind } from './detect-kind.ts';
import { importModel, type ImportedModel, type ImportWishes } from './import-model.ts';
import { capabilities, descriptorFile, foomatic, hidRecording, httpAnswer, ippAnswer, ipptoolText, lsusbPanel, lsusbPrinter, modelFile, panel, panelReport, spaced, usbhidDump } from './testing/example-captures.ts';
import { importFiles, writeImportedModel } from './write-imported-model.ts';
import { captureFile, enumeration, usbmonText } from './testing/example-usbmon.ts';

const printer = modelFile('printers/hp-laserjet-1320.json');
const usb = { file: 'pcap', linkType: 220, littleEndian: true } as const;

function input(content: string | Uint8Array, select?: string): { file: string; bytes: Uint8Array; select?: string } {
  return { file: 'capture', bytes: typeof content === 'string' ? Buffer.from(content) : content, ...(select === undefined ? {} : { select }) };
}

async function imported(contents: readonly (string | Uint8Array)[], wishes: ImportWishes = {}): Promise<ImportedModel> {
  return await importModel(contents.map((content) => input(content)), wishes);
}

async function refused(...contents: readonly (string | Uint8Array)[]): Promise<HwlabError> {
  const error = await imported(contents).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(HwlabError);
  return error as HwlabError;
}

describe('detectKind', () => {
  const table: readonly (readonly [CaptureKind, string | Uint8Array])[] = [
    ['lsusb', lsusbPrinter],
    ['usb-descriptors', descriptorFile(panel)],
    ['pcap', captureFile(enumeration(panel), usb)],
    ['usbmon-text', usbmonText(enumeration(panel))],
    ['hid-descriptor', panelReport],
    ['hid-descriptor-text', spaced(panelReport)],
    ['usbhid-dump', usbhidDump],
    ['hid-recording', hidRecording],
    ['ipp', ippAnswer],
    ['ipp', httpAnswer],
    ['ipptool', ipptoolText],
    ['escl', capabilities],
    ['device-id', 'MFG:HP;MDL:LaserJet;CLS:PRINTER;'],
    ['foomatic', foomatic],
  ];
  for (const [kind, content] of table) it(`knows ${kind} by its content`, () => expect(detectKind(input(content).bytes)).to.equal(kind));

  it('knows nothing in other files', () => {
    for (const content of ['', 'hello', '{"a": 1}', '<html></html>', new Uint8Array(100), Buffer.from('\x7fELF\x02\x01')]) expect(detectKind(input(content).bytes)).to.equal(undefined);
  });
});

describe('importModel', () => {
  it('takes a printer out of lsusb -v of several devices, and replaces its serial number', async () => {
    const { model, folder, device, assumptions } = await imported([lsusbPrinter, 'MFG:Brother;MDL:HL-2030 series;CMD:PJL,HBP;SN:L6J123456;']);
    expect([model.id, model.emulator, folder, model.usb.speed, model.usb.vendorId]).to.deep.equal(['brother-hl-2030-series', 'usb-printer', 'printers', 'high', '0x04f9']);
    expect(model.usb.strings).to.deep.equal({ manufacturer: 'Brother', product: 'HL-2030 series', serial: 'X0X000001' });
    expect(model.behaviour).to.deep.equal({ deviceId: 'MFG:Brother;MDL:HL-2030 series;CMD:PJL,HBP;SN:X0X000001;' });
    expect(model.usb.configuration.interfaces[0]?.alternates.map(({ class: triple, extra }) => [triple, extra])).to.deep.equal([[[7, 1, 2], undefined], [[7, 1, 1], ['09 21 10 01 04 00 01 00 00']]]);
    expect(device?.classes).to.deep.equal(['printer']);
    expect(assumptions.join('\n')).to.contain('serial number of the captured unit is replaced');
  });

  it('takes what real devices and pages have: settings without 0, a reserved bit that is not set, marks of comments, a page behind it', async () => {
    const second = lsusbPrinter.slice(lsusbPrinter.indexOf('Bus 001 Device 004'));
    const odd = second.replace('bAlternateSetting       0', 'bAlternateSetting       2').replace('0xc0', '0x40').split('\n').map((line) => `# ${line}`).join('\n') + 'and then some more words\n'.repeat(20_000);
    const { model, assumptions } = await imported([odd]);
    expect(model.usb.configuration.attributes).to.equal(0xc0);
    expect(model.usb.configuration.interfaces[0]?.alternates.map(({ class: triple }) => triple[2])).to.deep.equal([1, 2]);
    expect(assumptions.join('\n')).to.contain('alternate settings 1, 2').and.to.contain('bit that must be set');
  });

  it('keeps the serial number when asked, and names the product of the database', async () => {
    const known: Device = { id: 'hl-2030', vendor: 'Brother', name: 'HL-2030', aliases: [], classes: ['printer'], usb: [{ vendorId: '0x04f9', productId: '0x0027' }] };
    const { model, device, assumptions } = await imported([lsusbPrinter], { keepSerial: true, devices: [known], id: 'mine', name: 'My printer' });
    expect([model.id, model.name, model.device, device, model.usb.strings.serial]).to.deep.equal(['mine', 'My printer', 'hl-2030', undefined, 'L6J123456']);
    expect(assumptions.join('\n')).to.contain('made of the manufacturer and product strings');
  });

  it('puts a report descriptor together from the items of lsusb', async () => {
    const { model, assumptions } = await imported([lsusbPanel()]);
    expect([model.id, model.emulator, model.usb.speed, model.usb.maxPacketSize0]).to.deep.equal(['panel-6615-0070', 'hid-touch', 'full', 8]);
    expect(model.behaviour['reportDescriptors']).to.deep.equal({ '0': linesOf(panelReport) });
    expect(assumptions.join('\n')).to.contain('could not read these strings: manufacturer, product').and.to.contain('full speed is taken');
  });

  for (const form of [usb, { ...usb, littleEndian: false }, { ...usb, linkType: 189 }, { ...usb, file: 'pcapng' }, { file: 'pcapng', linkType: 189, littleEndian: false }] as const) {
    it(`reads a panel and what it sent off usbmon: ${form.file}, link type ${form.linkType}, ${form.littleEndian ? 'little' : 'big'} endian`, async () => {
      const report = Uint8Array.from([0x30, ...new Array<number>(13).fill(0)]);
      const { model, recording } = await imported([captureFile(enumeration(panel, [report, report]), form)]);
      expect(model.usb).to.deep.equal(panel.usb);
      expect(model.behaviour['reportDescriptors']).to.deep.equal({ '0': linesOf(panelReport) });
      expect([recording?.reports, recording?.milliseconds]).to.deep.equal([2, 8]);
      expect(reportsOfModel(model, parseHidRecording(recording?.text ?? '')).map(({ time, bytes }) => [time, bytes])).to.deep.equal([[0, report], [8, report]]);
    });
  }

  it('takes the 1284 id of a printer off usbmon', async () => {
    const { model } = await imported([captureFile(enumeration(printer), usb)]);
    expect(model.behaviour['deviceId']).to.equal(printer.behaviour['deviceId']);
    expect(model.usb).to.deep.equal({ ...printer.usb, strings: { ...printer.usb.strings, serial: 'XXXX0000001' } });
  });

  it('reads a printer off the text of usbmon, whose 32 bytes are enough for it', async () => {
    const { model } = await imported([usbmonText(enumeration({ ...printer, behaviour: { deviceId: 'MFG:HP;MDL:LaserJet 1320;' } }))]);
    expect(model.usb.configuration).to.deep.equal(printer.usb.configuration);
    const error = await refused(usbmonText(enumeration(panel)));
    expect(error.message).to.match(/line \d+.*kept 32 bytes of the configuration/);
  });

  it('makes a panel of a report descriptor alone, in bytes or hex, and of usbhid-dump', async () => {
    for (const content of [panelReport, spaced(panelReport), `__u8 rdesc[] = {\n  ${[...panelReport].map((byte) => `0x${byte.toString(16)},`).join(' ')} // end\n};`, `${spaced(panelReport)}\n\n  INPUT(48)[INPUT]\n    Field(0)\n`, usbhidDump]) {
      const { model } = await imported([content]);
      expect(model.behaviour['reportDescriptors']).to.deep.equal({ '0': linesOf(panelReport) });
      expect(model.usb.vendorId).to.equal('0x1209');
    }
  });

  it('joins lsusb and a report descriptor, and refuses one of another length', async () => {
    const lsusb = lsusbPanel().replace(/Report Descriptor: \(length[^]*?(?= +Endpoint)/, 'Report Descriptors:\n   ** UNAVAILABLE **\n');
    expect((await imported([lsusb, panelReport])).model.usb.maxPacketSize0).to.equal(8);
    const error = await refused(lsusb, modelReport('panels/pqlabs-1ef1-0001.json'));
    expect([error.code, error.facts['pointer']]).to.deep.equal(['capture-other-device', '/configuration/interfaces']);
    expect((await refused(lsusb)).message).to.contain('report descriptor, which the captures do not have');
  });

  it('keeps a recording to replay, also one that went through mail', async () => {
    const quoted = hidRecording.replace(/^R: (\d+) (.{80}) /m, 'R: $1 $2\n').split('\n').map((line) => `> ${line}`).join('\n');
    for (const content of [hidRecording, quoted]) {
      const { model, recording } = await imported([content]);
      expect([model.id, model.name, recording?.reports, recording?.milliseconds]).to.deep.equal(['irtouch-6615-0070', 'IRTOUCH Touch Device', 2, 16]);
      expect(model.behaviour['recording']).to.equal('irtouch-6615-0070');
    }
  });

  it('makes a multi-function device of IPP and eSCL, without what tells of its owner', async () => {
    const { model, folder } = await imported([httpAnswer, capabilities]);
    const { printer: half, scanner, deviceId } = model.behaviour as unknown as IppUsbMfpBehaviour;
    expect([model.id, folder, model.suites]).to.deep.equal(['acme-laser-900dn', 'mfps', ['printers-ipp', 'scanners']]);
    expect(deviceId).to.equal('MFG:ACME;MDL:Laser 900dn;CMD:PWGRaster;SN:XX00XX0001;');
    expect(Object.keys(half.attributes)).to.deep.equal(['printer-make-and-model', 'printer-device-id', 'printer-dns-sd-name', 'printer-info', 'operations-supported', 'document-format-supported']);
    expect(half.attributes['printer-dns-sd-name']).to.deep.equal({ nameWithoutLanguage: ['ACME Laser 900dn'] });
    expect(scanner?.capabilities).to.not.have.any.keys('serialNumber', 'uuid');
    expect(JSON.stringify(model)).to.not.contain('AB12CD3456').and.to.not.contain('room 12');
  });

  it('reads the text of ipptool, and says what it leaves open', async () => {
    const { model, assumptions, unserved } = await imported([ipptoolText]);
    const { attributes } = (model.behaviour as unknown as IppUsbMfpBehaviour).printer;
    expect(attributes['operations-supported']).to.deep.equal({ enum: [2, 4, 11, 0x4001] });
    expect(attributes['finishings-supported']).to.deep.equal({ enum: [3, 4] });
    expect(attributes['printer-resolution-supported']).to.deep.equal({ resolution: [{ x: 300, y: 300, units: 'dpi' }, { x: 600, y: 1200, units: 'dpi' }] });
    expect(attributes['media-col-default']).to.deep.equal({ collection: [{ 'media-size': { collection: [{ 'x-dimension': { integer: [21000] }, 'y-dimension': { integer: [29700] } }] }, 'media-type': { keyword: ['stationery'] }, 'media-top-margin': { integer: [423] } }] });
    expect(attributes['media-size-supported']?.collection).to.have.length(2);
    expect(attributes['media-default']).to.deep.equal({ 'no-value': true });
    expect(assumptions.join('\n')).to.contain('"no-such-thing" is not known').and.to.contain('no types inside collections');
    expect(unserved).to.deep.equal(['scanning: the captures have no eSCL ScannerCapabilities']);
  });

  it('makes a printer of a 1284 id in any of its forms', async () => {
    const id = 'MFG:HP;MDL:LaserJet 9;CMD:PCL;';
    const binary = Buffer.concat([Buffer.from([0, id.length + 2]), Buffer.from(id)]);
    for (const content of [id, binary, `        device-id = ${id}\n`, `*1284DeviceID: "${id}"\n`]) expect((await imported([content])).model.behaviour['deviceId']).to.equal(id);
    expect((await imported([foomatic])).model.behaviour['deviceId']).to.equal('MFG:ACME;CMD:PCL,PJL;MDL:Laser 900;CLS:PRINTER;');
    expect((await refused(`${id}\n${id}`)).code).to.equal('capture-several');
  });

  it('knows boards by their ids and sticks by their class', async () => {
    for (const path of ['robotics/arduino-uno-r3.json', 'robotics/arduino-nano-ch340.json', 'robotics/arduino-nano-v3.json', 'storage/sandisk-cruzer-blade.json']) {
      const known = modelFile(path);
      const { model } = await imported([captureFile(enumeration(known), usb)], { keepSerial: true });
      expect([model.emulator, model.usb]).to.deep.equal([known.emulator, known.usb]);
    }
  });

  it('refuses files of different devices', async () => {
    expect((await refused(hidRecording, lsusbPrinter)).code).to.equal('capture-other-device');
    expect((await refused(lsusbPrinter, 'MFG:HP;MDL:LaserJet 1320;')).code).to.equal('capture-other-device');
    expect((await refused(ippAnswer, capabilities.replace('Laser 900dn', 'Laser 777'))).code).to.equal('capture-other-device');
    expect((await refused(lsusbPrinter, lsusbPrinter)).code).to.equal('capture-twice');
  });

  it('has no half model of a class without an emulator, and says which', async () => {
    const keyboard = Uint8Array.from([5, 1, 9, 6, 0xa1, 1, 5, 7, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0, 0x25, 1, 0x75, 1, 0x95, 8, 0x81, 2, 0xc0]);
    expect((await refused(keyboard)).message).to.contain('no emulator for this class of device: HID (keyboard)');
    const camera = lsusbPrinter.replaceAll('bInterfaceClass         7 Printer', 'bInterfaceClass        14 Video');
    expect((await refused(camera)).message).to.match(/04f9:0027 Brother HL-2030 series: there is no emulator.*interface 0 video 14\/1\/2/);
  });

  it('says where a bad capture is bad', async () => {
    const many = lsusbPrinter.replace('bNumInterfaces          1\n    bConfigurationValue     1\n    iConfiguration          0\n    bmAttributes         0xc0', 'bNumInterfaces      10000\n    bConfigurationValue     1\n    iConfiguration          0\n    bmAttributes         0xc0');
    expect(await refused(many)).to.have.nested.property('facts.line', many.slice(0, many.indexOf('10000')).split('\n').length);
    const cut = await refused(lsusbPrinter.slice(0, lsusbPrinter.lastIndexOf('        bInterval')));
    expect([cut.code, cut.facts['pointer']]).to.deep.equal(['capture-cut-off', '/configuration/interfaces']);
    const short = captureFile(enumeration(panel), usb);
    expect(await refused(short.subarray(0, short.length - 1))).to.have.property('code', 'capture-cut-off');
    const huge = Buffer.from(short);
    huge.writeUInt32LE(0x7fff_ffff, 24 + 8);
    expect((await refused(huge)).facts).to.include({ offset: 32, kind: 'pcap' });
    expect((await refused('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><scan:ScannerCapabilities>&a;</scan:ScannerCapabilities>')).message).to.contain('document type');
  });
});

describe('writeImportedModel', () => {
  it('writes files that the lint takes, each where it belongs, and overwrites nothing', async () => {
    const root = await mkdtemp(join(tmpdir(), 'hwlab-import-'));
    try {
      const result = await imported([hidRecording]);
      const files = importFiles(result, undefined, root);
      await writeImportedModel(result, files);
      expect((await readdir(root, { recursive: true })).filter((name) => name.includes('.')).sort()).to.deep.equal(['fixtures/devices/panels/irtouch-6615-0070.json', 'fixtures/recordings/irtouch-6615-0070.hid', 'hardware-db/devices/irtouch-6615-0070.json']);
      expect(await loadDataFile(files.model, 'emulated-model')).to.deep.equal(result.model);
      expect(await loadDataFile(files.device ?? '', 'device')).to.deep.equal(result.device);
      expect(parseHidRecording(await readFile(files.recording ?? '', 'utf8')).reports).to.have.length(2);
      const again = await writeImportedModel(result, files).catch((error: unknown) => error);
      expect(again).to.have.property('code', 'model-exists');
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

function linesOf(bytes: Uint8Array): readonly string[] {
  return (spaced(bytes).match(/.{1,96}/g) ?? []).map((line) => line.trim());
}

function modelReport(path: string): Uint8Array {
  const { reportDescriptors } = modelFile(path).behaviour as { reportDescriptors: Record<string, readonly string[]> };
  return Buffer.from((reportDescriptors['0'] ?? []).join('').replaceAll(' ', ''), 'hex');
}
