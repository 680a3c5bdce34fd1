/**
 * How long matching takes in a catalogue of generated models, and how the time grows with it.
 *
 *   node scripts/identity/measure-speed.ts [--models 100000] [--lines 1000]
 *
 * A tenth of the lines is exact, the others are as tenders write them: Cyrillic, mistyped, with chatter, variants, ids and numbers that do not exist.
 */
import { parseArgs } from 'node:util';
import { decide } from '../../harness/db/identity/decide.ts';
import type { IdentityEntry } from '../../harness/db/identity/identity-entry.ts';
import { buildIdentityCatalogue, matchDevices } from '../../harness/db/identity/match-devices.ts';

const { values } = parseArgs({ options: { models: { type: 'string', default: '100000' }, lines: { type: 'string', default: '1000' } } });
const most = Number(values.models);
const lines = Number(values.lines);

const series = [['HP', 'LaserJet Pro M'], ['HP', 'DeskJet '], ['HP', 'OfficeJet '], ['Kyocera', 'ECOSYS M'], ['Kyocera', 'ECOSYS P'], ['Canon', 'PIXMA MG'], ['Canon', 'i-SENSYS MF'], ['Epson', 'WorkForce WF-'], ['Epson', 'EcoTank L'], ['Brother', 'HL-L'], ['Brother', 'MFC-J'], ['Xerox', 'WorkCentre '], ['Pantum', 'P'], ['Ricoh', 'SP C']] as const;
const suffixes = ['', 'n', 'dn', 'dw', 'w', 'fdn', 'x'];

function model(index: number): IdentityEntry {
  const [vendor, head] = series[index % series.length] as (typeof series)[number];
  const rest = Math.floor(index / series.length);
  const name = `${head}${1000 + Math.floor(rest / suffixes.length)}${suffixes[rest % suffixes.length] ?? ''}`;
  const id = `${vendor} ${name}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return { id, vendor, name, aliases: [`${name} series`], usb: [{ id: `${(0x1000 + (index >> 16)).toString(16)}:${(index & 0xffff).toString(16).padStart(4, '0')}` }], ieee1284: [], articles: [] };
}

const cyrillic: Readonly<Record<string, string>> = { a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', x: 'х', A: 'А', C: 'С', E: 'Е', H: 'Н', K: 'К', M: 'М', O: 'О', P: 'Р', T: 'Т', X: 'Х' };

function asked(index: number, entry: IdentityEntry): string {
  const name = `${entry.vendor} ${entry.name}`;
  const forms = [
    name,
    [...name].map((letter) => cyrillic[letter] ?? letter).join(''),
    name.replace(/[aeiou](?=[a-z])/, ''),
    `МФУ лазерное ${name} (A4, 40 стр/мин, дуплекс, 1200x1200 dpi) или эквивалент`,
    entry.name,
    `Bus 001 Device 004: ID ${entry.usb[0]?.id ?? ''} ${name}`,
    `${name}zz`,
    `Принтер ${entry.vendor}`,
    `Лазерный принтер формата А4 не хуже 30 стр/мин, комплект ${index}`,
    `${entry.vendor} ${entry.name.replace(/[0-9]{2}/, '99')}`,
  ];
  return forms[index % forms.length] ?? name;
}

function seconds({ user, system }: NodeJS.CpuUsage): string {
  return ((user + system) / 1e6).toFixed(2);
}

for (let size = Math.min(1000, most); ; size = Math.min(size * 10, most)) {
  const entries = Array.from({ length: size }, (_unused, index) => model(index));
  const began = process.cpuUsage();
  const catalogue = buildIdentityCatalogue([], entries);
  const built = process.cpuUsage(began);
  const asking = process.cpuUsage();
  const times: number[] = [];
  const decisions = new Map<string, number>();
  for (let index = 0; index < lines; index++) {
    const text = asked(index, entries[(index * 7919) % size] as IdentityEntry);
    const start = performance.now();
    const { kind } = decide(matchDevices(text, catalogue));
    times.push(performance.now() - start);
    decisions.set(kind, (decisions.get(kind) ?? 0) + 1);
  }
  const spent = process.cpuUsage(asking);
  times.sort((left, right) => left - right);
  const at = (share: number): string => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2);
  process.stdout.write(`${size} models: built in ${seconds(built)} s; ${lines} lines in ${seconds(spent)} s of processor time; by the clock median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms; ${[...decisions].map(([kind, count]) => `${count} ${kind}`).join(', ')}; ${Math.round(process.memoryUsage().heapUsed / 1024 / 1024)} MB\n`);
  if (size >= most) break;
}
