import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { cleanText } from './clean-text.ts';
import type { FactClaim, FactDevice, Importer, RawFact } from './importer.ts';
import { readBundle } from './open-bundle.ts';

/** What a status of hw-probe means; "detected" is what it says of everything that it did not test. */
const statuses: Readonly<Record<string, FactClaim['says']>> = { works: 'works', detected: 'seen', limited: 'limited', malfunc: 'broken', failed: 'broken' };

const classes: Readonly<Record<string, NonNullable<FactDevice['classes']>[number]>> = { printer: 'printer', scanner: 'scanner', mfp: 'printer', touchscreen: 'panel', 'graphics tablet': 'panel', disk: 'storage', 'card reader': 'storage' };

const members = ['devices', 'devices.json', 'host'] as const;
const longestFolderFile = 64 * 1024 * 1024;
const mostDevices = 5000;

/** A bundle of hw-probe, packed or as a folder: the USB devices of a machine in use, their drivers and states. Names of hosts and serial numbers are not taken. */
export const hwProbeImporter: Importer = {
  kind: 'hw-probe',
  what: 'hw.info.txz of hw-probe, or its folder',
  licence: 'of its owner; for probes of linux-hardware.org its terms',
  evidence: 'E3',
  async *read(path, { describe, problem }) {
    const texts = statSync(path).isDirectory() ? folderTexts(path) : await bundleTexts(path);
    const host = fieldsOf(texts.get('host') ?? '');
    const system = cleanText([host.get('system'), host.get('kernel')].filter((part) => part !== undefined).join(', kernel '), 120);
    describe({ name: `hw-probe ${basename(path)}`.slice(0, 120), ...(/^\d{4}-\d{2}-\d{2}/u.test(host.get('date') ?? '') ? { date: (host.get('date') ?? '').slice(0, 10) } : {}) });
    const devices = texts.get('devices');
    const json = texts.get('devices.json');
    if (devices === undefined && json === undefined) throw new HwlabError({ code: 'bundle-unreadable', blame: 'usage', message: `${path}: there is no "devices" in it, as hw-probe writes`, advice: 'give the hw.info folder or archive itself' });
    const rows = json === undefined ? linesOf(devices ?? '') : jsonRows(json, problem);
    for (const row of rows) {
      const fact = factOf(row, system);
      if (fact) yield fact;
    }
  },
};

interface Row {
  readonly at: string;
  readonly id: string;
  readonly status: string;
  readonly type: string;
  readonly driver: string;
  readonly vendor: string;
  readonly device: string;
}

/** `usb:03f0-002a;07-01-02;detected;printer;usblp;HP;LaserJet P1102`, the text form. */
function* linesOf(text: string): Generator<Row> {
  let number = 0;
  for (const line of text.split('\n').slice(0, mostDevices)) {
    number++;
    const [id = '', , status = '', type = '', driver = '', vendor = '', device = ''] = line.slice(0, 2000).split(';');
    if (id !== '') yield { at: `devices:${number}`, id, status, type, driver, vendor, device };
  }
}

/** The JSON form: an object by id, with Status, Type, Driver, Vendor and Device. */
function* jsonRows(text: string, problem: Parameters<Importer['read']>[1]['problem']): Generator<Row> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    problem({ at: 'devices.json:1', reason: 'it is not JSON' });
    return;
  }
  if (typeof parsed !== 'object' || parsed === null) return;
  for (const [id, value] of Object.entries(parsed).slice(0, mostDevices)) {
    const field = (name: string): string => {
      const own: unknown = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
      return typeof own === 'string' ? own : '';
    };
    yield { at: `devices.json ${cleanText(id, 40)}`, id, status: field('Status'), type: field('Type'), driver: field('Driver'), vendor: field('Vendor'), device: field('Device') };
  }
}

function factOf({ at, id, status, type, driver, vendor, device }: Row, system: string): RawFact | undefined {
  const [, vendorId, productId] = /^usb:([0-9a-f]{4})-([0-9a-f]{4})/iu.exec(id) ?? [];
  const name = cleanText(device);
  if (vendorId === undefined || productId === undefined || name === '' || type.toLowerCase() === 'hub') return undefined;
  const kind = classes[type.toLowerCase()];
  const drivers = cleanText(driver, 120);
  return {
    device: { vendor: cleanText(vendor, 80), name, usb: [`${vendorId}:${productId}`.toLowerCase()], ...(kind === undefined ? {} : { classes: [kind] }) },
    claim: { says: statuses[status.toLowerCase()] ?? 'seen', ...(drivers === '' ? {} : { driver: drivers }), ...(system === '' ? {} : { system }) },
    at,
  };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.slice(0, 65536).matchAll(/^([a-z_]+):(.*)$/gmu)].map(([, key = '', value = '']) => [key, value.trim()] as const));
}

async function bundleTexts(path: string): Promise<ReadonlyMap<string, string>> {
  const texts = await readBundle(path, (member) => members.some((name) => member === name || member.endsWith(`/${name}`)) && member.split('/').length <= 3);
  return new Map([...texts].map(([member, text]) => [basename(member), text] as const));
}

function folderTexts(path: string): ReadonlyMap<string, string> {
  const found = members.flatMap((name) => {
    const file = join(path, name);
    if (!existsSync(file)) return [];
    const facts = lstatSync(file);
    return facts.isFile() && facts.size <= longestFolderFile ? [[name, readFileSync(file, 'utf8')] as const] : [];
  });
  return new Map<string, string>(found);
}
