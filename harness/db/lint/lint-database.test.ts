import { expect } from 'chai';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../canonical-json.ts';
import { openDatabase } from '../database.ts';
import { exampleResult } from '../example-result.ts';
import { lintDatabase, lintRules } from './lint-database.ts';

const now = new Date('2026-11-25T12:00:00Z');

const device = { id: 'acme-laser', vendor: 'ACME', name: 'Laser 1', aliases: [] as string[], classes: ['printer'], usb: [{ vendorId: '0x1234', productId: '0x0001' }], origin: [{ what: 'all', source: 'invented' }] };
const model = {
  id: 'usb-laser',
  device: 'acme-laser',
  name: 'ACME Laser 1',
  emulator: 'no-schema',
  suites: ['printers'],
  origin: [{ what: 'all', source: 'invented', licence: 'Apache-2.0' }],
  usb: {
    speed: 'high',
    vendorId: '0x1234',
    productId: '0x0001',
    usbVersion: '0x0200',
    deviceVersion: '0x0100',
    class: [0, 0, 0],
    maxPacketSize0: 64,
    strings: {},
    configuration: { attributes: 192, maxPower: 0, interfaces: [{ number: 0, alternates: [{ class: [7, 1, 2], endpoints: [] }] }] },
  },
  behaviour: {},
};
const machine = { id: 'pc', name: 'a PC', kind: 'vm', cpus: 1, memory: 1024, firmware: 'bios', display: 'none', usb: { controller: 'qemu-xhci', ports: 2 } };
const issue = {
  id: 'lost',
  kind: 'errata',
  title: 't',
  titleRu: 'т',
  scope: { devices: ['acme-laser'] },
  signature: { code: 'x' },
  owner: 'me',
  link: 'https://example.org/1',
  since: '2026-11-20',
  expires: '2026-12-24',
};

const personality = {
  id: 'no-serial',
  name: 'no serial number',
  emulators: ['no-schema'],
  patch: { usb: { strings: { serial: null } } },
  seen: [{ device: 'ACME', thread: 'https://example.org/1', what: 'it has none' }],
};

describe('lintDatabase', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hwlab-lint-'));
    write('db/devices/acme-laser.json', device);
    write('db/images/debian-12.json', { schema: 'hwlab/image/1', id: 'debian-12', os: 'Debian', version: '12', format: 'qcow2', recipe: 'r', boot: 'bios', login: { username: 'root' } });
    write('db/machines/pc.json', machine);
    write('db/known-issues/lost.json', issue);
    write('fixtures/devices/printers/usb-laser.json', model);
    write('fixtures/personalities/no-serial.json', personality);
    write('suites/profiles/printers.json', { suite: 'printers', features: { 'printing.raw': 'required' } });
    write('suites/negative-controls/printers.json', { suite: 'printers', controls: [{ id: 'c', why: 'w', model: 'usb-laser', guest: { blacklist: ['usblp'] }, mustFail: ['printing.raw'] }] });
    writeText('suites/plans/smoke.yaml', 'name: smoke\nimages: [debian-12]\nmachines: [pc]\nmodels: all\nsuites: model\ndeadlineMinutes: 5\n');
    writeText('suites/printers/raw.suite.ts', "suite('printers', () => {\n  feature<Printer>('printing.raw', 'a page arrives', async () => {});\n});\n");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function writeText(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function write(path: string, value: unknown): void {
    writeText(path, canonicalJson(value));
  }

  async function problems(fix = false): Promise<readonly string[]> {
    const report = await lintDatabase(await openDatabase(join(root, 'db')), { now, fix, root });
    return report.problems.map(({ file, line, column, severity, rule, message }) => `${file.replace(`${root}/`, '')}:${line}:${column} ${severity} ${rule}: ${message}`);
  }

  it('finds nothing wrong with good data', async () => expect(await problems()).to.deep.equal([]));

  it('has rules with different names', () => expect(new Set(lintRules.map((rule) => rule.name)).size).to.equal(lintRules.length));

  const table: readonly (readonly [string, () => void, readonly string[]])[] = [
    ['a syntax error', () => writeText('db/devices/acme-laser.json', '{\n  oops\n}\n'), ["db/devices/acme-laser.json:2:3 error keeps-schema: not JSON: Expected property name or '}'"]],
    ['a broken schema', () => write('db/devices/acme-laser.json', { ...device, classes: ['toaster'] }), ['db/devices/acme-laser.json:6:15 error keeps-schema: /classes/0: expected one of printer, scanner, panel, robotics, storage, camera, computer, found "toaster"']],
    ['another name than the file', () => write('suites/profiles/printers.json', { suite: 'printer', features: { 'printing.raw': 'required' } }), [
      'suites/printers/raw.suite.ts:2:1 error profiles-are-proven: printing.raw is not in suites/profiles/printers.json',
      'suites/profiles/printers.json:2:12 error named-like-file: /suite is "printer", but the file is named "printers"',
      'suites/profiles/printers.json:4:21 error profiles-are-proven: no test of suite printer proves printing.raw',
      'suites/profiles/printers.json:4:21 error main-features-can-fail: no control of suites/negative-controls/printer.json must make printing.raw fail, which is required',
    ]],
    ['a file that is not canonical', () => writeText('db/devices/acme-laser.json', JSON.stringify(device)), ['db/devices/acme-laser.json:1:1 error canonical: is not written in the canonical way']],
    ['an alias that says nothing new, and a word of two scripts', () => write('db/devices/acme-laser.json', { ...device, aliases: ['acme  LASER 1', 'Laser1', '\u041baser'] }), [
      'db/devices/acme-laser.json:5:15 warning devices-are-tidy: the alias "acme  LASER 1" says what another name of the device says already',
      'db/devices/acme-laser.json:5:42 warning devices-are-tidy: the word "\u041baser" has Latin and Cyrillic letters',
    ]],
    ['a device that does not say where it comes from', () => write('db/devices/acme-laser.json', { ...device, origin: undefined }), ['db/devices/acme-laser.json:1:1 warning devices-are-tidy: it does not say where its names and ids come from']],
    ['properties in another order than the schema', () => write('db/devices/acme-laser.json', Object.fromEntries(Object.entries(device).reverse())), ['db/devices/acme-laser.json:1:1 warning devices-are-tidy: properties or texts are not in order']],
    ['an exception that nothing needs', () => write('db/lint-exceptions.json', { schema: 'hwlab/lint-exceptions/1', most: { canonical: 1 }, exceptions: [{ rule: 'canonical', file: 'a.json', message: 'x', reason: 'it is only a test' }] }), [
      'db/lint-exceptions.json:8:1 error exceptions-shrink: nothing needs this exception any more: canonical in a.json',
    ]],
    ['a model without its device', () => write('fixtures/devices/printers/usb-laser.json', { ...model, device: 'acme-lasr' }), ['fixtures/devices/printers/usb-laser.json:3:13 error references-exist: there is no device "acme-lasr"']],
    ['an unknown machine in a plan', () => writeText('suites/plans/smoke.yaml', 'name: smoke\nimages: [debian-12]\nmachines: [pcc]\nmodels: all\nsuites: model\ndeadlineMinutes: 5\nexclude:\n  - model: laser\n'), [
      'suites/plans/smoke.yaml:3:12 error references-exist: there is no machine "pcc"',
      'suites/plans/smoke.yaml:8:12 error references-exist: there is no model "laser"',
    ]],
    ['a feature that no test proves', () => write('suites/profiles/printers.json', { suite: 'printers', features: { 'printing.raw': 'required', 'printing.fax': 'trial' } }), ['suites/profiles/printers.json:5:21 error profiles-are-proven: no test of suite printers proves printing.fax']],
    ['a main feature that no control can make fail', () => {
      write('suites/profiles/printers.json', { suite: 'printers', features: { 'printing.raw': 'required', 'printing.page': 'recommended', 'printing.fax': 'optional' } });
      writeText('suites/printers/more.suite.ts', "suite('printers', () => {\n  feature<Printer>('printing.page', 'a page is white', async () => {});\n  feature<Printer>('printing.fax', 'a fax goes', async () => {});\n});\n");
    }, ['suites/profiles/printers.json:5:22 error main-features-can-fail: no control of suites/negative-controls/printers.json must make printing.page fail, which is recommended']],
    ['a USB id that two products have', () => write('db/devices/other.json', { ...device, id: 'other', name: 'Other' }), ['db/devices/other.json:8:5 error one-product-an-id: 0x1234:0x0001 is also the id of acme-laser']],
    ['a model with an id that its product has not', () => write('fixtures/devices/printers/usb-laser.json', { ...model, usb: { ...model.usb, productId: '0x0002' } }), ['fixtures/devices/printers/usb-laser.json:17:18 error one-product-an-id: 0x1234:0x0002 is no USB id of device acme-laser']],
    ['a name that two products have', () => write('db/devices/other.json', { ...device, id: 'other', usb: [], name: 'laser-1' }), [
      'db/devices/other.json:4:11 warning one-product-an-id: the name "laser1" also means acme-laser',
      'db/devices/other.json:4:11 warning one-product-an-id: the name "acmelaser1" also means acme-laser',
    ]],
    ['a product that is not found by its own name', () => write('db/devices/other.json', { ...device, id: 'other', usb: [], vendor: 'HP Acme', name: 'HP' }), ['db/devices/other.json:4:11 warning found-by-its-name: "HP Acme HP" is answered with nothing']],
    ['a maker whose name is another one\'s, and a family of makers that do not exist', () => write('hardware-db/names/vendors.json', { about: 'x', vendors: [{ id: 'hp', name: 'HP', aliases: ['Acme'], cyrillic: [], source: 'x' }, { id: 'acme', name: 'ACME', aliases: [], cyrillic: [], source: 'x' }], families: [{ id: 'both', vendors: ['hp', 'nobody'], what: 'x', source: 'x' }] }), [
      'hardware-db/names/vendors.json:11:5 error names-are-clear: "acme" is also a name of hp',
      'hardware-db/names/vendors.json:20:5 error names-are-clear: there is no maker "nobody"',
    ]],
    ['a re-brand of nothing', () => write('db/devices/other.json', { id: 'other', vendor: 'ACME', name: 'Other', aliases: [], classes: ['printer'], usb: [], rebrandOf: 'nothing', origin: device.origin }), ['db/devices/other.json:8:16 error names-are-clear: there is no other device "nothing"']],
    ['imported facts that claim too much, and lines that are none', () => writeText('db/imported/usb-ids.jsonl', 'no json\n{"source":{},"evidence":"E5","device":{"vendor":"a","name":"b"}}\n'), [
      'db/imported/usb-ids.jsonl:1:1 error imported-facts-are-whole: the line is not JSON',
      'db/imported/usb-ids.jsonl:2:1 error imported-facts-are-whole: /source: expected property "kind", found only an empty object',
    ]],
    ['a personality for an emulator without a model', () => write('fixtures/personalities/no-serial.json', { ...personality, emulators: ['no-schema', 'toaster'] }), ['fixtures/personalities/no-serial.json:4:30 error personalities-fit: no model that it fits is run by toaster']],
    ['a personality that breaks its models', () => write('fixtures/personalities/no-serial.json', { ...personality, patch: { usb: { maxPacketSize0: 7 } } }), [
      'fixtures/personalities/no-serial.json:5:12 error personalities-fit: usb-laser with no-serial breaks the schema of its emulator no-schema at /usb/maxPacketSize0: expected one of 8, 9, 16, 32, 64, found 7',
    ]],
    ['a personality that nobody has seen', () => write('fixtures/personalities/no-serial.json', { ...personality, seen: [] }), ['fixtures/personalities/no-serial.json:12:11 error keeps-schema: /seen: expected not fewer than 1 items, found []']],
    ['names of personalities that do not exist', () => {
      write('fixtures/personalities/no-serial.json', { ...personality, conflicts: ['no-serail'] });
      writeText('suites/plans/smoke.yaml', 'name: smoke\nimages: [debian-12]\nmachines: [pc]\nmodels: [usb-laser+nothing]\npersonalities: [no-serial+mute]\nsuites: model\ndeadlineMinutes: 5\n');
    }, [
      'fixtures/personalities/no-serial.json:19:17 error references-exist: there is no personality "no-serail"',
      'suites/plans/smoke.yaml:4:10 error references-exist: there is no personality "nothing"',
      'suites/plans/smoke.yaml:5:17 error references-exist: there is no personality "mute"',
    ]],
    ['assertions that are lost, doubled, of another class or proven by nothing', () => {
      const proven = [{ suite: 'printers', feature: 'printing.raw' }];
      const all = (letter: string, count: number) => Array.from({ length: count }, (_unused, index) => ({ id: `${letter}${index + 1}`, asserts: 'it is so', provenBy: proven }));
      write('suites/assertions/printers.json', [...all('P', 16), ...all('I', 12)]);
      write('suites/assertions/scanners.json', [{ id: 'S1', asserts: 'a', provenBy: [{ suite: 'printers', feature: 'printing.fax' }, { suite: 'printers', feature: 'printing.raw', personality: 'mute' }] }, ...all('S', 13), { id: 'P1', asserts: 'a', provenBy: [], leftOut: 'why' }]);
      write('suites/assertions/panels.json', all('T', 16));
      write('suites/assertions/toasters.json', [{ id: 'R1', asserts: 'a', provenBy: [] }]);
    }, [
      'suites/assertions/panels.json:1:1 error assertions-are-complete: there is no robotics.json beside it',
      'suites/assertions/panels.json:1:1 error assertions-are-complete: there is no policy.json beside it',
      'suites/assertions/panels.json:1:1 error assertions-are-complete: there is no exam.json beside it',
      'suites/assertions/scanners.json:1:1 error assertions-are-complete: does not have S14',
      'suites/assertions/scanners.json:6:7 error assertions-are-complete: no test of suite printers proves printing.fax',
      'suites/assertions/scanners.json:13:24 error assertions-are-complete: there is no personality "mute"',
      'suites/assertions/scanners.json:18:11 error assertions-are-complete: S1 is here twice',
      'suites/assertions/scanners.json:148:11 error assertions-are-complete: P1 is no assertion of scanners',
      'suites/assertions/toasters.json:2:3 error keeps-schema: /0: expected property "leftOut", found only id, asserts, provenBy',
    ]],
    ['a known issue without a title in Russian', () => write('db/known-issues/lost.json', { ...issue, titleRu: undefined }), ['db/known-issues/lost.json:4:12 warning known-issues-are-current: has no title in Russian']],
    ['an expired known issue', () => write('db/known-issues/lost.json', { ...issue, expires: '2026-11-24' }), ['db/known-issues/lost.json:15:14 error known-issues-are-current: expired on 2026-11-24']],
    ['a known issue that nothing matches', () => write('db/known-issues/lost.json', { ...issue, since: '2026-10-01' }), ['db/known-issues/lost.json:9:16 warning known-issues-are-current: matched nothing in the last 30 days']],
  ];
  for (const [what, spoil, expected] of table) {
    it(`finds ${what}`, async () => {
      spoil();
      expect(await problems()).to.deep.equal(expected);
    });
  }

  it('writes files in the canonical way with fix', async () => {
    writeText('db/devices/acme-laser.json', JSON.stringify(device));
    expect(await problems(true)).to.deep.equal([]);
    expect(readFileSync(join(root, 'db/devices/acme-laser.json'), 'utf8')).to.equal(canonicalJson(device));
  });

  it('finds what is wrong with results', async () => {
    const { results } = await openDatabase(join(root, 'db'));
    await results.append(exampleResult());
    await results.close();
    const file = join(root, 'db/results/2026-11/20261122-031500-abcd.jsonl');
    const pretended = { ...exampleResult({ cell: { attachment: 'wired' } }), id: '20261122-031500-abcd-0009', evidence: 'E4' as const };
    appendFileSync(file, `${JSON.stringify({ ...pretended, environment: { ...pretended.environment, metal: { vendor: 'hwlab', product: 'hwlab simulator', simulator: 'its firmware says so' } } })}\n`);
    appendFileSync(file, `rubbish\n${JSON.stringify(exampleResult())}\n${JSON.stringify(exampleResult({ night: '20261122-031500-zzzz', cell: { device: 'gone' } }))}\n{"half`);
    expect((await problems()).map((line) => line.replace(/^.*jsonl:/, ''))).to.deep.equal([
      '2:1 error results-are-whole: result 20261122-031500-abcd-0009 claims E4, and its machine only pretends: its firmware says so',
      '3:1 error results-are-whole: not JSON',
      '4:1 error results-are-whole: there is another result 20261122-031500-abcd-0001',
      '5:1 error results-are-whole: result 20261122-031500-zzzz-0001 belongs to night 20261122-031500-zzzz',
      '5:1 warning results-are-whole: there is no device "gone"',
      '6:1 warning results-are-whole: the last line is not finished',
    ]);
  });
});
