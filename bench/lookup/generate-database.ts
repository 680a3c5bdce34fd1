import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Device, DeviceClass } from '../../harness/db/generated/device.ts';
import { exampleResult, exampleTest } from '../../harness/db/example-result.ts';

export interface GeneratedSize {
  readonly models: number;
  /** Results of each model; a night has one of each, on one image. */
  readonly resultsPerModel: number;
}

const images = ['school-10', 'school-11', 'school-12', 'school-13', 'school-14'] as const;
const vendors = ['Kyocera', 'HP', 'Canon', 'Brother', 'Epson', 'Xerox', 'Ricoh', 'Pantum', 'Samsung', 'Lexmark', 'OKI', 'Sharp', 'Konica Minolta', 'Avision', 'Plustek', 'Elo', 'Goodix', 'FlatFrog', 'Arduino', 'LEGO'] as const;
const series = ['ECOSYS', 'LaserJet', 'i-SENSYS', 'HL', 'L', 'Phaser', 'SP', 'P', 'ML', 'MS', 'B', 'MX', 'bizhub', 'AV', 'OpticPro', 'ET', 'GT', 'FF', 'Uno', 'EV'] as const;
const classes: readonly (readonly [DeviceClass, ...DeviceClass[]])[] = [['printer'], ['printer', 'scanner'], ['scanner'], ['panel'], ['robotics']];
const suites: Readonly<Record<DeviceClass, readonly [suite: string, ...features: readonly string[]]>> = {
  printer: ['printers', 'printing.raw', 'printing.discovery', 'printing.replug'],
  scanner: ['scanners', 'scanning.listed', 'scanning.glass-gray', 'scanning.cancel'],
  panel: ['panels', 'touch.driver', 'touch.multi', 'touch.replug'],
  robotics: ['robotics', 'serial.driver', 'serial.echo', 'programming.write-verify'],
  storage: ['storage', 'storage.disk', 'storage.read', 'storage.write'],
  camera: ['cameras', 'camera.driver', 'camera.pictures', 'camera.formats'],
  computer: ['machine', 'machine.boot', 'machine.drivers', 'machine.sleep'],
};

/** A model of the generated database by its number; always the same. */
export function generatedDevice(number: number): Device {
  const vendor = vendors[number % vendors.length] ?? 'HP';
  const name = `${series[number % series.length] ?? 'L'} ${String.fromCharCode(65 + (number % 24))}${1000 + Math.floor(number / 24)}${['', 'dn', 'dw', 'n'][number % 4] ?? ''}`;
  const hex = (value: number): string => `0x${(value & 0xffff).toString(16).padStart(4, '0')}`;
  return { id: `model-${number}`, vendor, name, aliases: [`${vendor.slice(0, 2).toUpperCase()}${number}`], classes: [...(classes[number % classes.length] ?? ['printer'])], usb: [{ vendorId: hex(0x0400 + (number % vendors.length)), productId: hex(Math.floor(number / vendors.length)) }] };
}

/** The full name of a generated model. */
export function nameOf(number: number): string {
  const { vendor, name } = generatedDevice(number);
  return `${vendor} ${name}`;
}

/** Writes a database of generated models and results; the same size gives the same database. @returns bytes of the results */
export function generateDatabase(folder: string, { models, resultsPerModel }: GeneratedSize, say: (line: string) => void): number {
  for (const name of ['devices', 'images', 'known-issues', 'results']) mkdirSync(join(folder, name), { recursive: true });
  for (let number = 0; number < models; number += 1) writeFileSync(join(folder, 'devices', `model-${number}.json`), JSON.stringify(generatedDevice(number)));
  for (const [number, id] of images.entries()) {
    writeFileSync(join(folder, 'images', `${id}.json`), JSON.stringify({ schema: 'hwlab/image/1', id, os: 'School OS', version: String(10 + number), line: 'school', format: 'qcow2', recipe: 'debian-12', boot: 'direct-kernel', login: { username: 'root' }, releasedAt: `${2021 + number}-08-01` }));
  }
  let bytes = 0;
  for (let night = 0; night < resultsPerModel; night += 1) {
    bytes += writeNight(folder, night, models);
    if (night % 10 === 9) say(`generated ${((night + 1) * models).toLocaleString('en-GB')} results`);
  }
  return bytes;
}

/** Appends one more night to a generated database, of the first `models` models. */
export function writeNight(folder: string, night: number, models: number): number {
  const date = new Date(Date.UTC(2026, 7, 1) + night * 86_400_000).toISOString();
  const id = `${date.slice(0, 10).replaceAll('-', '')}-031500-gen0`;
  mkdirSync(join(folder, 'results', date.slice(0, 7)), { recursive: true });
  const file = openSync(join(folder, 'results', date.slice(0, 7), `${id}.jsonl`), 'w');
  let bytes = 0;
  let lines: string[] = [];
  const image = images[night % images.length] ?? 'school-14';
  const templates = new Map(Object.keys(suites).flatMap((name) => [true, false].map((passes) => [`${name} ${passes}`, template(name as DeviceClass, passes, id, date, image)] as const)));
  for (let number = 0; number < models; number += 1) {
    const own = classes[number % classes.length] ?? ['printer'];
    const name = own[Math.floor(night / images.length) % own.length] ?? own[0];
    const passes = (number * 7 + night * 13) % 29 !== 0 && number % 17 !== 3;
    lines.push((templates.get(`${name} ${passes}`) ?? '').replaceAll('@@', `model-${number}`).replace('##', String(number).padStart(6, '0')));
    if (lines.length === 4096 || number === models - 1) {
      bytes += writeSync(file, lines.join(''));
      lines = [];
    }
  }
  closeSync(file);
  return bytes;
}

function template(name: DeviceClass, passes: boolean, night: string, date: string, image: string): string {
  const [suite, ...features] = suites[name];
  const at = `${date.slice(0, 10)}T03:20:00.000Z`;
  const tests = features.map((feature, index) => exampleTest(feature, passes || index > 0 ? 'PASS' : 'FAIL')).map((test) => ({ ...test, id: `${suite}/${test.feature}/works`, attempts: test.attempts.map((attempt) => ({ ...attempt, startedAt: at })) as unknown as typeof test.attempts }));
  const result = exampleResult({ id: `${night}-##`, night, startedAt: at, finishedAt: at, outcome: passes ? 'PASS' : 'FAIL', evidence: 'E4', tests, cell: { id: `${image}/pc/@@/${suite}`, image, machine: 'pc', model: '@@', device: '@@', suite, attachment: 'wired' } });
  return `${JSON.stringify(result)}\n`;
}
