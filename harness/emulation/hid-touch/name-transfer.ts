import { usages } from '../../wire/hid/digitizer-usages.ts';
import { readReport } from '../../wire/hid/report-bytes.ts';
import { findReport } from '../../wire/hid/report-descriptor.ts';
import type { WireEvent } from '../usb-device.ts';
import type { Panel } from './panel.ts';

const requests: Readonly<Record<number, string>> = { 0xa101: 'GET_REPORT', 0xa102: 'GET_IDLE', 0xa103: 'GET_PROTOCOL', 0x2109: 'SET_REPORT', 0x210a: 'SET_IDLE', 0x210b: 'SET_PROTOCOL' };
const kinds = ['', 'input', 'output', 'feature'] as const;

/** Says in words what a transfer of a panel means, for the wire trace. */
export function nameTransfer(panel: Panel, event: WireEvent, data: Uint8Array): string | undefined {
  if (event.setup) {
    const { requestType, request, value, index } = event.setup;
    if (requestType === 0x81 && request === 6 && value >> 8 === 0x22) return `GET_DESCRIPTOR report, interface ${index & 0xff}`;
    const name = requests[(requestType << 8) | request];
    if (!name?.endsWith('REPORT')) return name;
    const about = reportPurpose(panel, index & 0xff, value >> 8, value & 0xff);
    return `${name} ${kinds[value >> 8] ?? value >> 8} ${value & 0xff}${about ? ` (${about})` : ''}`;
  }
  if (event.kind !== 'interrupt') return undefined;
  return inputReport(panel, (event.endpoint ?? 0) & 15, data);
}

function reportPurpose(panel: Panel, interfaceNumber: number, type: number, id: number): string | undefined {
  const parts = panel.interfaces.find((candidate) => candidate.number === interfaceNumber);
  const kind = kinds[type];
  const report = parts && kind ? findReport(parts.descriptor, kind, id) : undefined;
  const has = (usage: number): boolean => report?.fields.some((field) => field.usage === usage) ?? false;
  if (has(usages.contactCountMaximum)) return 'contact count maximum';
  if (has(usages.certification)) return 'certification blob';
  return has(usages.inputMode) ? 'input mode' : undefined;
}

function inputReport(panel: Panel, endpoint: number, data: Uint8Array): string | undefined {
  const { touch, pen } = panel;
  if (touch && endpoint === touch.endpoint && data.length === touch.layout.report.bytes && (touch.layout.report.id === 0 || data[0] === touch.layout.report.id)) {
    const values = readReport(touch.layout.report, data);
    const down = touch.layout.fingers.filter((finger) => values.get(finger.tip) === 1).length;
    const count = touch.layout.contactCount && values.get(touch.layout.contactCount);
    return `touch: ${down} down${count === undefined ? '' : `, contact count ${count}`}`;
  }
  if (pen && endpoint === pen.endpoint && data.length === pen.layout.report.bytes && data[0] === pen.layout.report.id) {
    const values = readReport(pen.layout.report, data);
    return `pen: ${values.get(pen.layout.tip) === 1 ? 'tip down' : 'tip up'} at ${values.get(pen.layout.x)},${values.get(pen.layout.y)}`;
  }
  return undefined;
}
