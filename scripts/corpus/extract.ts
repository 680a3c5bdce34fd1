/**
 * Takes captures out of unpacked packages into one folder, a file each: those that are files already, and those that stand in test programs, drivers and device dumps.
 * usage: node scripts/corpus/extract.ts UNPACKED FILES
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  process.stderr.write('usage: extract.ts UNPACKED FILES\n');
  process.exit(2);
}
mkdirSync(to, { recursive: true });

const mostOfForm: Readonly<Record<string, number>> = { foomatic: 1500, 'device-id': 1500 };
const counts = new Map<string, number>();
const seen = new Set<string>();

function put(form: string, name: string, content: string | Uint8Array): void {
  const key = `${form} ${Buffer.from(content).toString('latin1')}`;
  const count = counts.get(form) ?? 0;
  if (seen.has(key) || count >= (mostOfForm[form] ?? Infinity)) return;
  seen.add(key);
  counts.set(form, count + 1);
  mkdirSync(join(to ?? '', form), { recursive: true });
  writeFileSync(join(to ?? '', form, `${String(count).padStart(4, '0')}-${name.replaceAll(/[^\w.-]+/g, '_').slice(-80)}`), content);
}

for (const path of filesBelow(from)) {
  if (statSync(path).size > 64 * 1024 * 1024) continue;
  const bytes = readFileSync(path);
  const name = relative(from, path);
  const ending = extname(path);
  if (['.pcap', '.pcapng', '.cap'].includes(ending)) put('pcap', name, bytes);
  else if (ending === '.hid') put('hid-recording', name, bytes);
  else if (ending === '.bin' && /ipp/i.test(path)) put('ipp', name, bytes);
  else if (bytes.length > 4 * 1024 * 1024 || bytes.subarray(0, 4096).includes(0)) continue;
  else takeText(name, ending, bytes.toString('utf8'));
}
process.stdout.write(`${[...counts].map(([form, count]) => `${count} ${form}`).join(', ')}\n`);

/** Without following symbolic links: packages have some that lead out, or round in a circle. */
function* filesBelow(folder: string): Generator<string, void, void> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name));
    else if (entry.isFile()) yield join(folder, entry.name);
  }
}

function takeText(name: string, ending: string, text: string): void {
  if (/bDescriptorType +\d/.test(text) && /^\s*Device Descriptor:/m.test(text) && !['.c', '.h', '.py', '.go', '.rs', '.md', '.1', '.8'].includes(ending)) put('lsusb', name, text);
  if (ending === '.xml' && /<printer id=/.test(text) && text.includes('<autodetect>')) put('foomatic', name, text);
  if (text.includes('ScannerCapabilities') && ending === '.xml') put('escl', name, text);
  for (const match of text.matchAll(/^[AH]: (report_)?descriptors?=([0-9a-fA-F]{36,})$/gm)) put(match[1] ? 'hid-descriptor' : 'usb-descriptors', `${name}.bin`, Buffer.from(match[2] ?? '', 'hex'));
  if (/\.(ppd|drv|list)$/.test(name)) {
    for (const match of text.matchAll(/(?:\*1284DeviceID: |1284DeviceID |")"?((?:MFG|MANUFACTURER|MDL|MODEL):[^"]+)"/g)) put('device-id', `${basename(name)}.txt`, match[1] ?? '');
  }
  if (/selftests\/hid|drivers\/hid|Documentation\/hid/.test(name)) takeDescriptors(name, text);
}

/** Report descriptors in Python and C: a string of hex bytes, or a list of them with comments. */
function takeDescriptors(name: string, text: string): void {
  for (const match of text.matchAll(/rdesc="([0-9a-f \n]{40,})"[^"]{0,300}?info=\(([\w.]+), (0x[0-9a-f]+), (0x[0-9a-f]+)\)/gi)) {
    const bytes = (match[1] ?? '').trim().split(/\s+/);
    const ids = match.slice(2, 5).map((word) => (word === 'BusType.USB' ? 3 : word === 'BusType.I2C' ? 0x18 : Number(word) || 5).toString(16)).join(' ');
    put('hid-recording', `${name}.hid`, `D: 0\nR: ${bytes.length} ${bytes.join(' ')}\nN: test ${ids}\nI: ${ids}\n`);
  }
  for (const match of text.matchAll(/"((?:[0-9a-f]{2}\s+){15,}[0-9a-f]{2}\s*)"/gi)) put('hid-descriptor-text', `${name}.txt`, match[1] ?? '');
  for (const match of text.matchAll(/^\s*R: (\d+) ((?:[0-9a-f]{2}\s*)+)$/gim)) put('hid-recording', `${name}.hid`, `R: ${match[1]} ${match[2] ?? ''}\nN: ${basename(name)}\nI: 3 0001 0001\n`);
  for (const match of text.matchAll(/(?:rdesc\w*|descriptor\w*|DESCRIPTOR\w*|REPORT\w*)[^=\n{[]*=\s*[{[]([^}\]]{80,20000})[}\]]/g)) {
    const list = match[1] ?? '';
    if (/^\s*(?:(?:\/\*|\/\/|#).*\n\s*)*0x0[5-9a]/i.test(list)) put('hid-descriptor-text', `${name}.txt`, list.replaceAll(/\b(\d{1,3})\b(?=\s*,)/g, (digits) => `0x${Number(digits).toString(16)}`));
  }
}
