import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../canonical-json.ts';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { Certificate } from '../generated/certificate.ts';
import type { CoverageRecord } from '../generated/coverage.ts';
import type { Device } from '../generated/device.ts';
import type { ImageRecord } from '../generated/image.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { Outcome, Result, TestResult } from '../generated/result.ts';

/** A name that must stay text wherever it is shown. */
export const hostileName = '<script>window.hostile = true</script>"\'><img src=x onerror=window.hostile=1>';

interface Run {
  readonly night: string;
  readonly image: string;
  readonly device: string;
  readonly suite: string;
  readonly evidence: 'E2' | 'E4';
  readonly tests: readonly TestResult[];
  readonly machine?: string;
}

/** Writes a small database with every headline that can be reached and names that are hostile. @returns the folder */
export function writeExampleDatabase(folder: string): string {
  for (const name of ['devices', 'images', 'known-issues', 'certificates', 'coverage', 'results/2026-11']) mkdirSync(join(folder, name), { recursive: true });
  for (const device of devices()) writeFileSync(join(folder, 'devices', `${device.id}.json`), canonicalJson(device));
  for (const image of images()) writeFileSync(join(folder, 'images', `${image.id}.json`), canonicalJson(image));
  for (const [night, own] of Map.groupBy(runs(), (run) => run.night)) {
    writeFileSync(join(folder, 'results/2026-11', `${night}.jsonl`), own.map((run, index) => `${JSON.stringify(resultOf(run, index + 1))}\n`).join(''));
  }
  const certified = runs().flatMap((run, number, all) => (run.device === 'hp-laserjet-1320' && run.image === 'school-13' ? [`${run.night}-${String(all.slice(0, number + 1).filter(({ night }) => night === run.night).length).padStart(4, '0')}`] : []));
  writeFileSync(join(folder, 'certificates', 'hp-laserjet-1320-school-13.json'), canonicalJson(certificate(certified)));
  writeFileSync(join(folder, 'known-issues', 'scanner-plugin.json'), canonicalJson(scannerPlugin));
  writeFileSync(join(folder, 'coverage', 'school-14.json'), canonicalJson(coverage));
  return folder;
}

function certificate(results: readonly string[]): Certificate {
  return { id: 'hp-laserjet-1320-school-13', device: 'hp-laserjet-1320', image: 'school-13', reviewer: 'А. П. Рецензент', decidedAt: '2026-11-21', expires: '2027-06-30', reason: 'three green nights', results: results as Certificate['results'], artefacts: [{ path: 'console.txt', sha256: 'd'.repeat(64) }] };
}

const scannerPlugin: KnownIssue = {
  id: 'scanner-plugin',
  kind: 'contingency',
  title: 'a scanner in use is only told with the plugin',
  scope: { devices: ['kyocera-ecosys-m2040dn'], features: ['scanning.busy'] },
  signature: { message: 'expected 2 pages' },
  needs: [{ kind: 'package', what: 'kyocera-sane' }],
  owner: 'hwlab',
  link: 'https://example.org/issues/1',
  since: '2026-11-01',
  expires: '2027-03-31',
};

const coverage: CoverageRecord = {
  image: 'school-14',
  sha256: 'e'.repeat(64),
  system: 'School OS 14',
  kernel: '6.12.43-amd64',
  readAt: '2026-11-20T10:00:00.000Z',
  devices: { 'xerox-phaser-3020': [{ class: 'printer', claimed: true, drivers: [{ kind: 'printer', name: 'Xerox Phaser 3020', package: 'printer-driver-xerox 1.0', by: 'model', source: 'usr/share/ppd/xerox.ppd', pattern: 'MDL:Phaser 3020' }] }] },
};

function devices(): readonly Device[] {
  const device = (id: string, vendor: string, name: string, classes: Device['classes'], usb: readonly (readonly [string, string])[], aliases: readonly string[] = []): Device => ({ id, vendor, name, aliases: [...aliases], classes, usb: usb.map(([vendorId, productId]) => ({ vendorId, productId })) });
  return [
    device('kyocera-ecosys-m2040dn', 'Kyocera', 'ECOSYS M2040dn', ['printer', 'scanner'], [['0x0482', '0x069d']], ['M2040dn']),
    device('hp-laserjet-1320', 'HP', 'LaserJet 1320', ['printer'], [['0x03f0', '0x1d17']]),
    device('brother-hl-2140', 'Brother', 'HL-2140', ['printer'], [['0x04f9', '0x0033']]),
    device('pantum-p2207', 'Pantum', 'P2207', ['printer'], [['0x232b', '0x0e20']], ['Пантум P2207']),
    device('canon-lbp2900', 'Canon', 'i-SENSYS LBP2900', ['printer'], [['0x04a9', '0x2676']], ['LBP-2900']),
    device('xerox-phaser-3020', 'Xerox', 'Phaser 3020', ['printer'], [['0x0924', '0x42da']]),
    device('ricoh-sp-111', 'Ricoh', 'SP 111', ['printer'], [['0x05ca', '0x0447']]),
    device('arduino-uno-r3', 'Arduino', 'Uno R3', ['robotics'], [['0x2341', '0x0043']], ['Uno']),
    device('hostile-device', 'Evil & Sons', hostileName, ['printer'], [], [hostileName]),
  ];
}

function images(): readonly ImageRecord[] {
  const image = (id: string, os: string, version: string, releasedAt: string, supportedUntil: string): ImageRecord => ({ schema: 'hwlab/image/1', id, os, version, line: 'school', format: 'qcow2', recipe: 'debian-12', boot: 'direct-kernel', login: { username: 'root' }, releasedAt, supportedUntil });
  return [image('school-12', 'Школьная ОС', '12', '2024-06-10', '2026-06-10'), image('school-13', 'Школьная ОС', '13', '2025-08-09', '2028-08-09'), image('school-14', 'Школьная ОС', '14', '2026-10-01', '2029-10-01')];
}

function runs(): readonly Run[] {
  const nights = ['20261118-031500-aaaa', '20261120-031500-bbbb', '20261121-031500-cccc'];
  const every = (image: string, device: string, suite: string, evidence: Run['evidence'], outcomes: Readonly<Record<string, Outcome>>, requirement: TestResult['requirement'] = 'required'): readonly Run[] =>
    nights.map((night) => ({ night, image, device, suite, evidence, tests: Object.entries(outcomes).map(([feature, outcome]) => test(suite, feature, outcome, requirement)) }));
  const printing = (bad: Readonly<Record<string, Outcome>> = {}): Readonly<Record<string, Outcome>> => ({ 'printing.device-id': 'PASS', 'printing.discovery': 'PASS', 'printing.raw': 'PASS', 'printing.several-jobs': 'PASS', 'printing.slow-device': 'PASS', 'printing.replug': 'PASS', 'printing.paper-out': 'PASS', 'printing.two-units': 'PASS', 'printing.direct': 'PASS', ...bad });
  const scanning = (bad: Readonly<Record<string, Outcome>> = {}): Readonly<Record<string, Outcome>> => ({ 'scanning.listed': 'PASS', 'scanning.options': 'PASS', 'scanning.glass-gray': 'PASS', 'scanning.glass-color': 'PASS', 'scanning.feeder-pages': 'PASS', 'scanning.feeder-empty': 'PASS', 'scanning.cancel': 'PASS', 'scanning.busy': 'PASS', ...bad });
  return [
    ...every('school-12', 'kyocera-ecosys-m2040dn', 'printers', 'E2', printing()),
    ...every('school-12', 'kyocera-ecosys-m2040dn', 'scanners', 'E2', scanning({ 'scanning.feeder-jam': 'FAIL' })),
    ...every('school-13', 'kyocera-ecosys-m2040dn', 'printers', 'E4', printing()),
    ...every('school-13', 'kyocera-ecosys-m2040dn', 'scanners', 'E4', scanning({ 'scanning.busy': 'FAIL' })),
    ...every('school-13', 'hp-laserjet-1320', 'printers', 'E4', printing()),
    ...every('school-12', 'hp-laserjet-1320', 'printers', 'E4', printing()),
    ...every('school-14', 'hp-laserjet-1320', 'printers', 'E2', printing()),
    ...every('school-13', 'brother-hl-2140', 'printers', 'E2', printing()),
    ...every('school-13', 'pantum-p2207', 'printers', 'E2', printing({ 'printing.raw': 'FAIL' })),
    ...every('school-13', 'canon-lbp2900', 'printers', 'E4', printing({ 'printing.raw': 'FAIL', 'printing.several-jobs': 'FAIL' })),
    ...every('school-12', 'canon-lbp2900', 'printers', 'E4', printing()),
    ...every('school-13', 'xerox-phaser-3020', 'printers', 'E4', printing()),
    ...every('school-13', 'xerox-phaser-3020', 'printers', 'E4', printing({ 'printing.raw': 'FAIL' })).map((run) => ({ ...run, machine: 'other-pc' })),
    ...every('school-13', 'hostile-device', 'printers', 'E2', printing()),
    ...every('school-13', 'arduino-uno-r3', 'robotics', 'E2', { 'serial.driver': 'PASS', 'serial.by-id': 'PASS', 'serial.user-access': 'PASS', 'serial.speed': 'PASS', 'serial.echo': 'PASS', 'serial.replug': 'PASS', 'programming.signature': 'PASS', 'programming.write-verify': 'PASS' }),
  ];
}

function test(suite: string, feature: string, outcome: Outcome, requirement: TestResult['requirement']): TestResult {
  const made = outcome === 'FAIL' ? exampleTest(feature, 'FAIL', 'FAIL') : exampleTest(feature, outcome);
  return { ...made, id: `${suite}/${feature}/as-it-should`, title: `${feature} does as it should`, requirement };
}

function resultOf({ night, image, device, suite, evidence, tests, machine = 'pc' }: Run, number: number): Result {
  const day = `${night.slice(0, 4)}-${night.slice(4, 6)}-${night.slice(6, 8)}`;
  const at = `${day}T03:${String(15 + (number % 40)).padStart(2, '0')}:00.000Z`;
  return exampleResult({
    id: `${night}-${String(number).padStart(4, '0')}`,
    night,
    startedAt: at,
    finishedAt: at,
    evidence,
    outcome: tests.some((each) => each.outcome === 'FAIL') ? 'FAIL' : 'PASS',
    tests: tests.map((each) => ({ ...each, attempts: each.attempts.map((attempt) => ({ ...attempt, startedAt: at })) as TestResult['attempts'] })),
    cell: { id: `${image}/${machine}/${device}/${suite}`, image, machine, device, suite, model: device, attachment: evidence === 'E2' ? 'emulated' : 'wired' },
    environment: { ...exampleResult().environment, kernel: '6.12.43-amd64', packages: { cups: '2.4.10-3', 'ipp-usb': '0.9.24' } },
  });
}
