import { captureError } from '../capture/capture-error.ts';
import type { UsbEvent, UsbSetup } from './usb-event.ts';

const transfers: Readonly<Record<string, UsbEvent['transfer']>> = { Z: 'isochronous', I: 'interrupt', C: 'control', B: 'bulk' };
const types: Readonly<Record<string, UsbEvent['type']>> = { S: 'submitted', C: 'completed', E: 'failed' };
const mostEvents = 2_000_000;

const linePattern = /^([0-9a-f]{4,16}) (\d{1,20}) ([SCE]) ([CZIB])([io]):(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?: (.*))?$/i;

/** Does this line stand in /sys/kernel/debug/usb/usbmon/Nu? */
export function isUsbmonLine(line: string): boolean {
  return linePattern.test(line.trim());
}

/**
 * The events of usbmon's text interface, /sys/kernel/debug/usb/usbmon/1u or 0u (also the older 1t, without the bus). It keeps at most 32 bytes of
 * a transfer, so that long descriptors are cut.
 * @throws HwlabError usage `capture-...` with the line
 */
export function* readUsbmonText(text: string): Generator<UsbEvent, void, void> {
  let line = 0;
  let events = 0;
  for (const raw of text.split('\n')) {
    line++;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = linePattern.exec(trimmed);
    if (!match) throw captureError('capture-contradicts', `this is no line of usbmon: "${trimmed.slice(0, 60)}"`, { line });
    if (++events > mostEvents) throw captureError('capture-too-big', `more than ${mostEvents} events`, { line });
    const [, id = '', time = '', type = '', transfer = '', direction, bus, device, endpoint, rest = ''] = match;
    yield { place: { line }, id, type: types[type] ?? 'failed', transfer: transfers[transfer] ?? 'bulk', endpoint: Number(endpoint) | (direction === 'i' ? 0x80 : 0), bus: Number(bus ?? 0), device: Number(device), time: Number(time), ...readRest(rest.split(/\s+/), type, line) };
  }
  if (events === 0) throw captureError('capture-empty', 'the capture has no event', { line: 1 });
}

/** `s` and five words, or a status with its interval and so on; then the length, and `= words` of data. */
function readRest(words: readonly string[], type: string, line: number): Pick<UsbEvent, 'setup' | 'status' | 'length' | 'data'> {
  let setup: UsbSetup | undefined;
  let at = 1;
  if (words[0] === 's') {
    const numbers = words.slice(1, 6).map((word) => (/^[0-9a-f]{2,4}$/i.test(word) ? parseInt(word, 16) : NaN));
    const [requestType = NaN, request = NaN, value = NaN, index = NaN, length = NaN] = numbers;
    if (numbers.length < 5 || numbers.some(Number.isNaN)) throw captureError('capture-cut-off', 'a control request without its five numbers', { line });
    setup = { requestType, request, value, index, length };
    at = 6;
  }
  const status = type === 'S' ? 0 : parseInt(words[0] ?? '', 10) || 0;
  // Isochronous events have a count and descriptors `status:offset:length` before the length.
  if (words[at + 1]?.includes(':')) while (words[at + 1]?.includes(':')) at++;
  const length = Number(words[at]) || 0;
  const marker = words.indexOf('=', at);
  const hex = marker < 0 ? '' : words.slice(marker + 1).join('');
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw captureError('capture-cut-off', 'data that are no whole hex bytes', { line });
  return { setup, status, length, data: Uint8Array.from(Buffer.from(hex, 'hex')) };
}
