import { captureError } from '../capture/capture-error.ts';
import { child, childText, readXml } from '../escl/read-xml.ts';
import { decodeDeviceId } from './device-id.ts';

/** An IEEE 1284 device id that was found in a file. */
export interface FoundDeviceId {
  /** Without its two bytes of length. */
  readonly text: string;
  /** False where it was put together from single fields. */
  readonly whole: boolean;
  readonly line: number;
}

const mostIds = 10_000;
const longest = 4000;
const begins = /(?:^|;)\s*(?:MFG|MANUFACTURER|MDL|MODEL|CMD|COMMAND SET|CLS|DES|ID)\s*:/i;

/**
 * The ids in a text: the id alone (sysfs' `ieee1284_id`), `device-id = ` of `lpinfo -l -v`, `*1284DeviceID:` of a PPD, or several of them.
 * @throws HwlabError usage `capture-empty` or `capture-contradicts` with the line
 */
export function findDeviceIds(text: string): readonly FoundDeviceId[] {
  const ids: FoundDeviceId[] = [];
  let line = 0;
  for (const whole of text.split('\n')) {
    line++;
    // Enough to see that an id is too long, and little enough for the patterns.
    const raw = whole.slice(0, longest + 200);
    const labelled = /^\s*(?:\*1284DeviceID:\s*"([^"]*)"?|device-id\s*[=:]?\s*(.*)|ieee1284_id\s*[=:]\s*"?([^"]*)"?)\s*$/i.exec(raw);
    const candidate = (labelled ? (labelled[1] ?? labelled[2] ?? labelled[3] ?? '') : raw).trim();
    if (candidate === '' || !begins.test(candidate)) continue;
    if (candidate.length > longest) throw captureError('capture-too-big', `a device id of ${candidate.length} characters, expected at most ${longest}`, { line });
    // eslint-disable-next-line no-control-regex -- the id is ASCII text (IEEE 1284, 6.6)
    const bad = /[\x00-\x08\x0e-\x1f\x7f]/.exec(candidate);
    if (bad) throw captureError('capture-contradicts', `a device id with the control character 0x${(bad[0].charCodeAt(0)).toString(16)} at its character ${bad.index}`, { line });
    if (ids.length >= mostIds) throw captureError('capture-too-big', `more than ${mostIds} device ids`, { line });
    ids.push({ text: candidate, whole: true, line });
  }
  if (ids.length === 0) throw captureError('capture-empty', 'there is no IEEE 1284 device id in it (MFG:...;MDL:...;)', { line: 1 });
  return ids;
}

/** An answer to GET_DEVICE_ID as bytes, with its length. @throws HwlabError with the offset */
export function deviceIdOfBytes(bytes: Uint8Array): FoundDeviceId {
  return { text: decodeDeviceId(bytes).replace(/\0+$/, '').trim(), whole: true, line: 1 };
}

/** The `autodetect` section of a printer entry of foomatic-db. @throws HwlabError `bad-xml`, or usage `capture-empty` when it has none */
export function deviceIdsOfFoomatic(bytes: Uint8Array): FoundDeviceId & { readonly make: string | undefined; readonly model: string | undefined } {
  const root = readXml(bytes);
  if (root.name !== 'printer') throw captureError('capture-contradicts', `the document is <${root.name.slice(0, 40)}>, not <printer>`, { line: 1 });
  const names = { make: childText(root, 'make'), model: childText(root, 'model') };
  for (const kind of ['usb', 'general', 'parallel', 'parport', 'snmp']) {
    const section = child(child(root, 'autodetect'), kind);
    const whole = childText(section, 'ieee1284');
    if (whole) return { text: whole.slice(0, longest), whole: true, line: 1, ...names };
    const fields = [
      ['MFG', childText(section, 'manufacturer')],
      ['CMD', childText(section, 'commandset')],
      ['MDL', childText(section, 'model')],
      ['CLS', childText(section, 'class') ?? 'PRINTER'],
      ['DES', childText(section, 'description')],
    ].filter((field): field is [string, string] => field[1] !== undefined);
    if (fields.some(([key]) => key === 'MDL')) return { text: fields.map(([key, value]) => `${key}:${value.replaceAll(';', ',')};`).join(''), whole: false, line: 1, ...names };
  }
  throw captureError('capture-empty', 'the printer entry has no autodetect section with a model: how the device calls itself is not known', { line: 1 });
}
