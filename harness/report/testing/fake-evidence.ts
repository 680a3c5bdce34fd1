import { PNG } from 'pngjs';
import type { Random } from './random.ts';

/** Strings that must stay text wherever a guest or a device puts them. */
export const hostileStrings = [
  '<script>window.hostile = true</script>',
  '<img src=x onerror="window.hostile = true">',
  '"><svg onload=window.hostile=true>',
  '</pre></details></main><h1>owned</h1>',
  '&lt;b&gt; &amp;amp; ]]> <!-- --!>',
  'javascript:window.hostile=true',
  '\u001b[31mred\u001b[0m \u0007bell \u0000nul \u202egnp.exe\u202c',
  '${window.hostile = true} {{7*7}} %s %n',
] as const;

const kernelLines = [
  'usb 1-1: new high-speed USB device number 4 using xhci_hcd',
  'usb 1-1: New USB device found, idVendor=0482, idProduct=069d, bcdDevice= 1.00',
  'usb 1-1: New USB device strings: Mfr=1, Product=2, SerialNumber=3',
  'usb 1-1: Product: ECOSYS M2040dn',
  'usb 1-1: Manufacturer: Kyocera',
  'usblp 1-1:1.0: usblp0: USB Bidirectional printer dev 4 if 0 alt 0 proto 2 vid 0x0482 pid 0x069D',
  'usbcore: registered new interface driver usblp',
  'hid-multitouch 0003:0457:1234.0003: input,hiddev0,hidraw1: USB HID v1.11 Device [Touch panel] on usb-0000:00:14.0-2/input0',
  'cdc_acm 1-3:1.0: ttyACM0: USB ACM device',
] as const;
const kernelTroubles = ['usblp0: nonzero read bulk status received: -71', 'usb 1-1: device descriptor read/64, error -110', 'usb 1-1: reset high-speed USB device number 4 using xhci_hcd', 'usblp0: error -32 from write bulk endpoint'] as const;

export function fakeKernelLog(random: Random, lines: number, hostile: boolean): string {
  let at = 40 + random.next() * 3;
  return Array.from({ length: lines }, (_item, index) => {
    at += random.next() * 0.4;
    const text = hostile && index % 9 === 4 ? `usb 1-1: Product: ${random.pick(hostileStrings as unknown as [string, ...string[]])}` : index > lines - 5 ? random.pick(kernelTroubles) : random.pick(kernelLines);
    return `[${at.toFixed(6).padStart(12)}] ${text}`;
  }).join('\n');
}

export function fakeSerial(random: Random, lines: number, hostile: boolean): string {
  return Array.from({ length: lines }, (_item, index) => (hostile && index % 31 === 7 ? (hostileStrings[index % hostileStrings.length] ?? '') : `[    ${(index * 0.031 + random.next()).toFixed(6)}] \u001b[0;1;32m  OK  \u001b[0m Started \u001b[0;1;39mcups.service\u001b[0m - CUPS Scheduler.`)).join('\r\n');
}

export function fakeJournal(random: Random, lines: number): string {
  const texts = ['cupsd[412]: Job 7 completed.', 'ipp-usb[733]: Device 004: HTTP[0]: POST /ipp/print - 200 OK', 'cupsd[412]: [Job 7] Backend usb returned status 1 (failed)', 'systemd[1]: Started ipp-usb.service.', 'kernel: usblp0: removed'] as const;
  return Array.from({ length: lines }, (_item, index) => `Nov 22 03:1${index % 10}:${String(random.below(60)).padStart(2, '0')} hwlab-guest ${random.pick(texts)}`).join('\n');
}

/** A wire trace as the emulation writes it: one WireEvent a line. */
export function fakeWireTrace(random: Random, events: number, hostile: boolean): string {
  const start = Date.parse('2026-11-22T03:16:00Z');
  let at = 0;
  const lines: string[] = [];
  const push = (event: Record<string, unknown>): void => {
    at += random.next() * 8;
    lines.push(JSON.stringify({ t: Number((start + at).toFixed(3)), ...event }));
  };
  push({ from: 'device', kind: 'plug' });
  push({ from: 'host', kind: 'reset' });
  push({ from: 'host', kind: 'control', endpoint: 0, setup: { requestType: 0x80, request: 6, value: 0x100, index: 0, length: 18 }, status: 'ok', length: 18, head: '12010002000000408204' + '9d06000101020301', meaning: 'GET_DESCRIPTOR device' });
  push({ from: 'host', kind: 'configuration', meaning: 'SET_CONFIGURATION 1' });
  push({ from: 'host', kind: 'control', endpoint: 0, setup: { requestType: 0xa1, request: 0, value: 0, index: 0, length: 1023 }, status: 'ok', length: 97, head: '00614d46473a4b796f636572613b4d444c3a45434f535953204d3230343064', meaning: hostile ? `GET_DEVICE_ID ${hostileStrings[1]}` : 'GET_DEVICE_ID MFG:Kyocera;MDL:ECOSYS M2040dn' });
  while (lines.length < events - 3) {
    const out = random.next() < 0.6;
    push(out ? { from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', length: 4096 * (1 + random.below(4)), head: random.hex(64), ...(random.next() < 0.4 ? { meaning: 'IPP Print-Job, document data' } : {}) } : { from: 'device', kind: 'bulk', endpoint: 0x82, status: 'ok', length: 8 + random.below(500), head: random.hex(48), meaning: 'IPP successful-ok' });
  }
  push({ from: 'device', kind: 'fault', endpoint: 1, meaning: 'stall on bulk OUT after 3 transfers' });
  push({ from: 'host', kind: 'bulk', endpoint: 1, status: 'stall', length: 0 });
  push({ from: 'device', kind: 'unplug' });
  return `${lines.join('\n')}\n`;
}

/** A screen with a panel, windows and ten touch points. */
export function fakeScreenshot(random: Random): Buffer {
  const image = new PNG({ width: 640, height: 360 });
  const dots = Array.from({ length: 10 }, () => [40 + random.below(560), 40 + random.below(280)] as const);
  for (let y = 0; y < 360; y += 1) {
    for (let x = 0; x < 640; x += 1) {
      const touched = dots.some(([left, top]) => (x - left) ** 2 + (y - top) ** 2 < 120);
      const bar = y < 22;
      const colour = touched ? [236, 108, 60] : bar ? [32, 36, 44] : [48 + Math.floor(y / 6), 78 + Math.floor(x / 12), 112];
      image.data.set([...colour, 255], (y * 640 + x) * 4);
    }
  }
  return PNG.sync.write(image);
}
