import { usages } from '../../wire/hid/digitizer-usages.ts';
import { parseReportDescriptor } from '../../wire/hid/parse-report-descriptor.ts';
import type { CapturedFacts } from './captured-facts.ts';

/** What an interface class is called (usb.org, Defined Class Codes). */
const classNames: Readonly<Record<number, string>> = {
  1: 'audio', 2: 'communications (CDC)', 3: 'HID', 5: 'physical', 6: 'still image (PTP)', 7: 'printer', 8: 'mass storage', 9: 'hub', 10: 'CDC data', 11: 'smart card', 13: 'content security',
  14: 'video', 15: 'personal healthcare', 16: 'audio/video', 17: 'billboard', 18: 'Type-C bridge', 0xdc: 'diagnostic', 0xe0: 'wireless controller', 0xef: 'miscellaneous', 0xfe: 'application specific', 0xff: 'vendor specific',
}; // prettier-ignore

const applications: ReadonlyMap<number, string> = new Map([
  [0x0001_0001, 'pointer'], [0x0001_0002, 'mouse'], [0x0001_0004, 'joystick'], [0x0001_0005, 'game pad'], [0x0001_0006, 'keyboard'], [0x0001_0007, 'keypad'], [0x0001_0080, 'system control'],
  [0x000c_0001, 'consumer control'], [0x000d_0001, 'digitizer tablet'], [usages.pen, 'pen'], [usages.touchScreen, 'touch screen'], [0x000d_0005, 'touch pad'], [0x000d_000e, 'digitizer configuration'],
]); // prettier-ignore

/** Classes of the device's interfaces in words: `interface 0 HID 3/1/1 (keyboard), interface 1 vendor specific 255/0/0`. */
export function describeClasses({ device, hid }: CapturedFacts): string {
  const interfaces = device?.configurations[0]?.interfaces ?? [];
  const parts = interfaces.map(({ number, alternates }) => {
    const classes = [...new Set(alternates.map(({ class: triple }) => `${classNames[triple[0]] ?? 'unknown'} ${triple.join('/')}`))];
    const report = alternates[0]?.reportDescriptor;
    return `interface ${number} ${classes.join(' or ')}${report ? ` (${describeReport(report)})` : ''}`;
  });
  return [...parts, ...hid.map(({ reportDescriptor }) => `HID (${describeReport(reportDescriptor)})`)].join(', ');
}

/** What the top-level collections of a report descriptor are. */
export function describeReport(bytes: Uint8Array): string {
  const found = parseReportDescriptor(bytes).applications.map(({ usage }) => applications.get(usage) ?? (usage >>> 16 >= 0xff00 ? 'vendor defined' : `usage 0x${usage.toString(16).padStart(8, '0')}`));
  return [...new Set(found)].join(', ') || 'no collection';
}
