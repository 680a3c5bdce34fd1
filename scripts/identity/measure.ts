/**
 * Measures the matching of names on data that nobody here wrote: two public lists that name the same devices, each in its own way, with a USB id or an IEEE
 * 1284 id in common that says which are the same. The names of one list are asked; the other, without its ids, is the catalogue.
 *
 *   node scripts/identity/measure.ts [--root DIR] [--half tune|report|all] [--wrong N] [--json]
 *
 * The lists are those of the Debian packages usb.ids, libsane1, libwacom-common, foomatic-db, printer-driver-hpcups, printer-driver-brlaser and
 * libgutenprint-common below DIR (/ by default). The names are split in two halves by a hash: the costs of score-name.ts were set on `tune`.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { decide } from '../../harness/db/identity/decide.ts';
import type { IdentityEntry } from '../../harness/db/identity/identity-entry.ts';
import { buildIdentityCatalogue, matchDevices, type Match } from '../../harness/db/identity/match-devices.ts';
import { modelKey } from '../../harness/db/import/entries-from-facts.ts';
import { idsOf, readLists } from './read-pairs.ts';

const { values } = parseArgs({ options: { root: { type: 'string', default: '/' }, half: { type: 'string', default: 'report' }, wrong: { type: 'string', default: '0' }, json: { type: 'boolean', default: false } } });

const pairs = [
  ['sane', 'usbIds'], ['usbIds', 'sane'], ['libwacom', 'usbIds'], ['usbIds', 'libwacom'],
  ['hpcups', 'foomatic'], ['foomatic', 'hpcups'], ['brlaser', 'foomatic'], ['gutenprint', 'foomatic'], ['foomatic', 'gutenprint'],
] as const;

interface Tally {
  asked: number;
  right: number;
  wrong: number;
  several: number;
  severalWithRight: number;
  related: number;
  relatedWithRight: number;
  none: number;
  /** The other list has a device of just this name and gives it another id: left out of all else. */
  disagree: number;
  /** Answers "one" when the device itself is taken out of the catalogue. */
  falseOne: number;
}

function inHalf(name: string): boolean {
  const even = (createHash('sha256').update(name).digest()[0] ?? 0) % 2 === 0;
  return values.half === 'all' || (values.half === 'tune') === even;
}

const lists = await readLists(values.root);
const rows: (Record<string, string | number>)[] = [];
const total: Tally = empty();
let wrongLeft = Number(values.wrong);
let milliseconds = 0;

for (const [asking, asked] of pairs) {
  const [from, to] = [lists.get(asking), lists.get(asked)];
  if (!from || !to) {
    process.stderr.write(`${asking} or ${asked} is not installed below ${values.root}; left out\n`);
    continue;
  }
  const byId = new Map<string, Set<string>>();
  for (const entry of to.entries) for (const id of idsOf(entry)) byId.set(id, (byId.get(id) ?? new Set()).add(entry.id));
  const catalogue = buildIdentityCatalogue([], to.entries.map(withoutIds));
  const byName = new Map(to.entries.map((entry) => [modelKey(entry.vendor, entry.name), entry.id] as const));
  const tally = empty();
  for (const entry of from.entries) {
    const truth = new Set(idsOf(entry).flatMap((id) => [...(byId.get(id) ?? [])]));
    const text = `${entry.vendor} ${entry.name}`;
    if (truth.size === 0 || !inHalf(text)) continue;
    const namesake = byName.get(modelKey(entry.vendor, entry.name));
    if (namesake !== undefined && !truth.has(namesake)) {
      tally.disagree++;
      continue;
    }
    const start = performance.now();
    const matches = matchDevices(text, catalogue);
    milliseconds += performance.now() - start;
    count(tally, matches, truth, text, to.entries);
  }
  rows.push(rowOf(`${asking} in ${asked}`, tally));
  for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
}
rows.push(rowOf('all', total));
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
if (!values.json) process.stdout.write(`\nhalf: ${values.half}; ${(milliseconds / Math.max(total.asked, 1)).toFixed(2)} ms a name\n`);

function count(tally: Tally, matches: readonly Match[], truth: ReadonlySet<string>, text: string, entries: readonly IdentityEntry[]): void {
  tally.asked++;
  const decision = decide(matches);
  const hasRight = matches.some((match) => truth.has(match.device));
  if (decision.kind === 'one') {
    if (truth.has(decision.match.device)) tally.right++;
    else {
      tally.wrong++;
      if (wrongLeft-- > 0) process.stderr.write(`wrong: "${text}" -> ${decision.match.device} (${decision.match.confidence} ${decision.match.because.join('; ')}), not ${[...truth].slice(0, 3).join(', ')}\n`);
    }
  } else if (decision.kind === 'several') {
    tally.several++;
    if (decision.matches.some((match) => truth.has(match.device))) tally.severalWithRight++;
  } else if (decision.kind === 'related') {
    tally.related++;
    if (hasRight) tally.relatedWithRight++;
    if (values.wrong !== '0' && process.env['SHOW'] === 'related' && wrongLeft-- > 0) process.stderr.write(`related: "${text}" ${matches[0]?.device} (${matches[0]?.confidence} ${matches[0]?.because.join('; ')}), truth ${[...truth].slice(0, 3).map((id) => entries.find((entry) => entry.id === id)?.name).join(' | ')}\n`);
  } else tally.none++;
  const without = decide(matches.filter((match) => !truth.has(match.device)));
  if (without.kind === 'one') {
    tally.falseOne++;
    if (process.env['SHOW'] === 'false' && wrongLeft-- > 0) process.stderr.write(`false one: "${text}" -> ${without.match.device} (${without.match.confidence} ${without.match.because.join('; ')})\n`);
  }
}

function withoutIds(entry: IdentityEntry): IdentityEntry {
  return { ...entry, usb: [], ieee1284: [], articles: [] };
}

function empty(): Tally {
  return { asked: 0, right: 0, wrong: 0, several: 0, severalWithRight: 0, related: 0, relatedWithRight: 0, none: 0, disagree: 0, falseOne: 0 };
}

function rowOf(pair: string, tally: Tally): Record<string, string | number> {
  const share = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
  return {
    pair,
    asked: tally.asked,
    precision: share(tally.right, tally.right + tally.wrong),
    recall: share(tally.right, tally.asked),
    'right or offered': share(tally.right + tally.severalWithRight + tally.relatedWithRight, tally.asked),
    several: share(tally.several, tally.asked),
    related: share(tally.related, tally.asked),
    none: share(tally.none, tally.asked),
    'lists disagree': tally.disagree,
    'absent, yet one': share(tally.falseOne, tally.asked),
  };
}

function table(some: readonly Record<string, string | number>[]): string {
  const keys = Object.keys(some[0] ?? {});
  const widths = keys.map((key) => Math.max(key.length, ...some.map((row) => String(row[key]).length)));
  const line = (cells: readonly string[]): string => cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ');
  return `${[line(keys), ...some.map((row) => line(keys.map((key) => String(row[key]))))].join('\n')}\n`;
}
