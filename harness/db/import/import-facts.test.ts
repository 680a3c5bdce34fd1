import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { ImportedFact } from '../generated/imported-fact.ts';
import { violationsOf } from '../parse-data.ts';
import { importFacts, type ImportReport } from './import-facts.ts';
import { importers } from './importers.ts';

const now = new Date('2026-11-22T12:00:00Z');

/** Samples made up for these tests, in the formats of their lists. */
const samples: Readonly<Record<string, string>> = {
  'usb-ids': '# Version: 2025.01.02\n# Date:    2025-01-02 20:34:01\n1234  ACME, Inc.\n\t0001  LaserPal 10/12\n\t0002  PrintPal 840C/842C\n\t0003  GT-1 [Perfect 636]\n\t\t00  interface\n\tzzzz  broken\nC 00  (Defined at Interface level)\n\t01  Not a product\n',
  'sane-hwdb': '# by sane-desc 3.6 from sane-backends 9.9.9-test\n#\n# Canon CanoScan X1 | Canon CanoScan X2\nusb:v04A9p0001*\n libsane_matched=yes\n\n# Nobody\nusb:vXXXXp0001*\n',
  'sane-desc': ':backend "testing"\n:devicetype :scanner\n:mfg "ACME"\n:model "Scan 100"\n:interface "USB"\n:usbid "0x1234" "0x0100"\n:status :complete\n:comment "with a \\"lid\\""\n:model "Scan 200"\n:status :unsupported\n; comment\n:mfg "Other"\n:model "Thing"\n:usbid "ignore" "x"\n:status :good\n',
  foomatic: '<?xml version="1.0"?><printer id="printer/ACME-P1"><make>ACME</make><model>P1</model><autodetect><general><ieee1284>MFG:ACME;MDL:P1 series;CMD:PCL;</ieee1284></general></autodetect><functionality>B</functionality><driver>pxlmono</driver></printer>',
  libwacom: '[Device]\nName=Wacom Test 5\nModelName=CTL-5\nDeviceMatch=usb:056a:9999;bluetooth:056a:9998\n[Features]\nName=wrong\n',
  'ipp-usb': '# comment\n[HP Inc. HP Laser 1a]\n  blacklist = true\n[HP OfficeJet 2]\n  http-connection = close\n[*]\n  http-connection = ""\n[HP * wild]\n  x = y\n',
  lsusb: 'Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\nBus 001 Device 004: ID 0482:069d Kyocera Corp.\nDevice Descriptor:\n  bDeviceClass            0\n  iManufacturer           1 Kyocera\n  iProduct                2 ECOSYS M2040dn\nBus 001 Device 005: ID 03f0:002a HP, Inc LaserJet P1102\n  iProduct                2 (error)\nBus 001 Device 006: ID 05e3:0608 Genesys Logic, Inc. Hub\n  bDeviceClass            9 Hub\nBus 001 Device 007: ID 04f2:b37a Chicony Electronics Co., Ltd \n  idVendor           0x04f2 Chicony Electronics Co., Ltd\n  idProduct          0xb37a \n  iProduct                2 \nBus 001 Device 008: ID 04b8:1186 Seiko Epson Corp. ET-1 Series\n  idVendor           0x04b8 Seiko Epson Corp.\n  idProduct          0x1186 ET-1 Series\n  iManufacturer           1 \n  iProduct                2 \n',
  inventory: 'Наименование;Количество;Кабинет\nМФУ Kyocera ECOSYS M2040dn;3;101\nПринтер HP LaserJet 1320;2;102\n;5;103\n',
  kcidb: JSON.stringify({ version: { major: 4, minor: 0 }, tests: [{ id: 'a:1', path: 'boot', status: 'PASS', environment: { compatible: ['raspberrypi,4-model-b'] } }, { id: 'a:2', path: 'usb', status: 'FAIL', environment: { comment: 'ACME board' } }, { id: 'a:3', path: 'x', status: 'MISS', environment: { comment: 'ACME board' } }, { id: 'a:4', status: 'PASS' }, null, 5] }),
};

const fileNames: Readonly<Record<string, string>> = { foomatic: 'ACME-P1.xml', libwacom: 'test.tablet', 'ipp-usb': 'HP.conf', 'sane-desc': 'testing.desc', inventory: 'school.csv' };

/** `vendor/name usb mdl says evidence`, one a fact. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'usb-ids': ['ACME, Inc./LaserPal 10/12 1234:0001  named E1', 'ACME, Inc./PrintPal 840C 1234:0002  named E1', 'ACME, Inc./PrintPal 842C 1234:0002  named E1', 'ACME, Inc./GT-1 [Perfect 636] 1234:0003  named E1'],
  'sane-hwdb': ['Canon/CanoScan X1 04a9:0001  works E1', 'Canon/CanoScan X2 04a9:0001  works E1'],
  'sane-desc': ['ACME/Scan 100 1234:0100  works E1', 'ACME/Scan 200   broken E1', 'Other/Thing   works E1'],
  foomatic: ['ACME/P1  P1 series works E1'],
  libwacom: ['Wacom/Test 5 056a:9999  works E1'],
  'ipp-usb': ['HP Inc./HP Laser 1a   broken E1', 'HP/OfficeJet 2   quirk E1'],
  lsusb: ['Kyocera/ECOSYS M2040dn 0482:069d  seen E1', '/HP, Inc LaserJet P1102 03f0:002a  seen E1', 'Seiko Epson Corp./ET-1 Series 04b8:1186  seen E1'],
  inventory: ['МФУ/Kyocera ECOSYS M2040dn   owned E3', 'Принтер/HP LaserJet 1320   owned E3'],
  kcidb: ['raspberrypi/4 model b   works E1', 'ACME/board   broken E1'],
  'hw-probe': ['HP/LaserJet P1102 03f0:002a  seen E3', 'Wacom/Tablet 056a:0001  works E3', 'ACME/Broken 1234:0009  broken E3'],
};

const probe = {
  devices: 'usb:03f0-002a-x;07-01-02;detected;printer;usblp;HP;LaserJet P1102\nusb:056a-0001;03-00;works;graphics tablet;usbhid;Wacom;Tablet\nusb:1d6b-0002;09;detected;hub;hub;Linux Foundation;root hub\npci:8086-1234;02;works;network;e1000;Intel;Card\nusb:1234-0009;00;malfunc;unknown;;ACME;Broken\n',
  host: 'system:debian-12\nkernel:6.1.0\ndate:2026-10-01\nnode:secret-host-name\n',
};

describe('importFacts', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-import-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (kind: string, text: string | Uint8Array = samples[kind] ?? ''): string => {
    const path = join(folder, fileNames[kind] ?? `${kind}.txt`);
    writeFileSync(path, text);
    return path;
  };
  const run = async (kind: string, path: string, dryRun = false): Promise<ImportReport> => await importFacts({ kind, path, database: join(folder, 'db'), dryRun, now });
  const facts = (report: ImportReport): readonly ImportedFact[] => readFileSync(report.file ?? '', 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as ImportedFact);
  const line = ({ device, claim, evidence }: ImportedFact): string => `${device.vendor}/${device.name} ${(device.usb ?? []).join(',')} ${(device.ieee1284 ?? []).map(({ model }) => model).join(',')} ${claim?.says ?? 'named'} ${evidence}`;
  const thrown = async (work: Promise<unknown>): Promise<string> => await work.then(() => 'nothing', (error: unknown) => (error instanceof HwlabError ? `${error.code} ${error.blame}` : String(error)));

  for (const kind of Object.keys(samples)) {
    it(`reads ${kind}`, async () => {
      const report = await run(kind, put(kind));
      expect(facts(report).map(line)).to.deep.equal(expected[kind]);
      expect(report.facts).to.equal(expected[kind]?.length);
    });
  }

  function writeProbe(): string {
    const place = join(folder, 'hw.info');
    mkdirSync(place);
    for (const [name, text] of Object.entries(probe)) writeFileSync(join(place, name), text);
    return place;
  }

  it('reads a probe as a folder, as .tar, .tar.gz and .txz, and keeps no name of a host', async () => {
    const place = writeProbe();
    const tar = execFileSync('tar', ['-C', folder, '-cf', '-', 'hw.info']);
    writeFileSync(join(folder, 'a.tar'), tar);
    writeFileSync(join(folder, 'b.tar.gz'), gzipSync(tar));
    writeFileSync(join(folder, 'c.txz'), execFileSync('xz', ['-c'], { input: tar }));
    for (const path of [place, join(folder, 'a.tar'), join(folder, 'b.tar.gz'), join(folder, 'c.txz')]) {
      const report = await run('hw-probe', path);
      const read = facts(report);
      expect(read.map(line), path).to.deep.equal(expected['hw-probe']);
      expect(read[0]?.claim?.system).to.equal('debian-12, kernel 6.1.0');
      expect(read[0]?.review).to.equal('needed');
      expect(report.source.date).to.equal('2026-10-01');
      expect(JSON.stringify(read)).to.not.contain('secret');
    }
  });

  it('gives every fact its source, date and licence, evidence of its importer at most, and keeps the schema', async () => {
    for (const importer of importers) {
      const report = await run(importer.kind, importer.kind === 'hw-probe' ? writeProbe() : put(importer.kind));
      for (const fact of facts(report)) {
        expect(violationsOf(fact, 'imported-fact')).to.deep.equal([]);
        expect(fact.source).to.include({ kind: importer.kind, licence: importer.licence, importedAt: now.toISOString() });
        expect(fact.source.date).to.match(/^\d{4}-\d{2}-\d{2}$/);
        expect(fact.evidence).to.equal(importer.evidence);
      }
    }
  });

  it('takes name, version and date of the list from its head', async () => {
    expect((await run('usb-ids', put('usb-ids'))).source).to.deep.equal({ name: 'usb.ids 2025.01.02', date: '2025-01-02' });
  });

  it('writes nothing when it is only tried, and replaces an earlier import of the same list', async () => {
    const path = put('usb-ids');
    expect((await run('usb-ids', path, true)).file).to.equal(null);
    expect(() => readdirSync(join(folder, 'db'))).to.throw();
    await run('usb-ids', path);
    writeFileSync(path, '1234  ACME\n\t0001  New 100\n');
    expect(facts(await run('usb-ids', path))).to.have.length(1);
    expect(readdirSync(join(folder, 'db/imported'))).to.deep.equal(['usb-ids.jsonl']);
  });

  it('leaves the earlier import as it was when the new one fails', async () => {
    const path = put('usb-ids');
    await run('usb-ids', path);
    writeFileSync(path, 'nothing here\n');
    expect(await thrown(run('usb-ids', path))).to.equal('import-empty usage');
    const aborted = new AbortController();
    aborted.abort(new HwlabError({ code: 'interrupted', blame: 'lab', message: 'stop' }));
    expect(await thrown(importFacts({ kind: 'usb-ids', path: put('usb-ids'), database: join(folder, 'db'), dryRun: false, now, signal: aborted.signal }))).to.equal('interrupted lab');
    expect(readdirSync(join(folder, 'db/imported'))).to.deep.equal(['usb-ids.jsonl']);
    expect(readFileSync(join(folder, 'db/imported/usb-ids.jsonl'), 'utf8').trimEnd().split('\n')).to.have.length(4);
  });

  it('says what is wrong with what was asked', async () => {
    expect(await thrown(run('usbids', put('usb-ids')))).to.equal('import-kind-unknown usage');
    expect(await thrown(run('usb-ids', join(folder, 'none')))).to.equal('import-missing usage');
    expect(await thrown(run('kcidb', put('kcidb', '{}')))).to.equal('import-unreadable usage');
    expect(await thrown(run('kcidb', put('kcidb', 'no json')))).to.equal('import-unreadable usage');
    expect(await thrown(run('hw-probe', put('hw-probe', 'no archive')))).to.equal('bundle-unreadable usage');
    expect(await thrown(run('hw-probe', put('hw-probe', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3]))))).to.equal('bundle-unreadable usage');
    expect(await thrown(run('hw-probe', put('hw-probe', Buffer.from([0x1f, 0x8b, 8, 0, 1]))))).to.equal('bundle-unreadable usage');
  });

  it('passes over hostile parts of a list and tells them', async () => {
    const long = 'x'.repeat(100_000);
    const report = await run('usb-ids', put('usb-ids', `1234  A\u0000C\u001b[31mME\n\t0001  <script>1</script>\n\t0002  ${long}\n\t0003  \u202e\u200b\n\t0004  =cmd 1 ../../x\n`));
    expect(facts(report).map(({ device }) => `${device.vendor}: ${device.name}`)).to.deep.equal(['A C [31mME: <script>1</script>', 'A C [31mME: =cmd 1 ../../x']);
    expect(report.firstProblems.map(({ reason }) => reason)).to.deep.equal(['the line is too long']);
  });

  it('refuses entities and depth in XML, and goes on with the next file', async () => {
    const place = join(folder, 'printers');
    mkdirSync(place);
    writeFileSync(join(place, 'a.xml'), '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><printer><make>A</make><model>&b;1</model></printer>');
    writeFileSync(join(place, 'b.xml'), '<x>'.repeat(5000));
    writeFileSync(join(place, 'c.xml'), '<printer><make>A</make><model>1</mode></printer>');
    writeFileSync(join(place, 'd.xml'), samples['foomatic'] ?? '');
    const report = await run('foomatic', place);
    expect(facts(report)).to.have.length(1);
    expect(report.problems).to.equal(3);
  });

  it('takes nothing from outside a probe, whatever its paths and links are', async () => {
    const place = writeProbe();
    rmSync(join(place, 'host'));
    execFileSync('ln', ['-s', '/etc/passwd', join(place, 'host')]);
    writeFileSync(join(folder, 'l.tar'), execFileSync('tar', ['-C', folder, '-cf', '-', 'hw.info']));
    for (const path of [place, join(folder, 'l.tar')]) expect(JSON.stringify(facts(await run('hw-probe', path)))).to.not.contain('root');
  });
});
