import { captureError } from '../capture/capture-error.ts';
import { mostReports, type HidRecording, type RecordedHidDevice, type RecordedReport } from './hid-recording.ts';

const mostDevices = 32;
const mostDescriptorBytes = 4096;
const mostReportBytes = 16_384;

interface GrowingDevice {
  readonly line: number;
  reportDescriptor: Uint8Array | undefined;
  name: string | undefined;
  physical: string | undefined;
  ids: readonly [number, number, number] | undefined;
}

/** A line of the recording with what mail programs have put on further lines. */
interface RecordLine {
  readonly letter: string;
  content: string;
  readonly line: number;
}

/** Lines `X: ...`, also quoted (`> `) or indented; lines of hex bytes alone go on with the line before them when that has too few. */
function* recordLines(text: string, notes: Set<string>): Generator<RecordLine, void, void> {
  let open: RecordLine | undefined;
  let missing = 0;
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const trimmed = raw.replace(/^[>\s]+/, '').trimEnd();
    const match = /^([A-Z]):[ \t]+(.*)$/.exec(trimmed);
    if (match) {
      if (open) yield open;
      open = { letter: match[1] ?? '', content: match[2] ?? '', line };
      missing = missingBytes(open);
    } else if (open && missing > 0 && /^[0-9a-f]{2}( [0-9a-f]{2})*$/i.test(trimmed)) {
      open.content += ` ${trimmed}`;
      missing -= (trimmed.length + 1) / 3;
    } else if (trimmed !== '' && !trimmed.startsWith('#')) notes.add('lines that are no part of a recording were passed over');
  }
  if (open) yield open;
}

/** How many bytes the line has less than it says; 0 for lines without bytes. */
function missingBytes({ letter, content }: RecordLine): number {
  if (letter !== 'R' && letter !== 'E') return 0;
  const [count, ...bytes] = content.split(/\s+/).slice(letter === 'E' ? 1 : 0);
  return Math.min(Number(count), mostReportBytes) - bytes.length || 0;
}

/**
 * Reads a recording of hid-recorder (hid-tools): lines `D:` device, `R:` report descriptor, `N:` name, `P:` place, `I:` bus and ids, `E:` a report.
 * Recordings that went through mail or a web page are taken too.
 * @throws HwlabError usage `capture-...` with the line
 */
export function parseHidRecording(text: string): HidRecording {
  const growing: GrowingDevice[] = [];
  const reports: RecordedReport[] = [];
  const notes = new Set<string>();
  let current = 0;
  let last = 0;
  let line = 1;
  const device = (index: number): GrowingDevice => {
    for (; growing.length <= index; ) growing.push({ line, reportDescriptor: undefined, name: undefined, physical: undefined, ids: undefined });
    return growing[index] as GrowingDevice;
  };
  for (const record of recordLines(text, notes)) {
    const { content } = record;
    line = record.line;
    switch (record.letter) {
      case 'D':
        if (!/^\d{1,2}$/.test(content) || Number(content) >= mostDevices) throw captureError('capture-too-big', `device "${content.slice(0, 20)}", expected a number below ${mostDevices}`, { line });
        current = Number(content);
        device(current);
        break;
      case 'R':
        device(current).reportDescriptor = countedBytes(content, line, mostDescriptorBytes, 'report descriptor');
        break;
      case 'N':
        device(current).name = content.slice(0, 120);
        break;
      case 'P':
        device(current).physical = content.slice(0, 120);
        break;
      case 'I': {
        const ids = /^([0-9a-f]{1,4}) ([0-9a-f]{1,8}) ([0-9a-f]{1,8})$/i.exec(content);
        if (!ids) throw captureError('capture-contradicts', `"I:" has bus, vendor and product in hex, not "${content.slice(0, 40)}"`, { line });
        device(current).ids = [parseInt(ids[1] ?? '', 16), parseInt(ids[2] ?? '', 16) & 0xffff, parseInt(ids[3] ?? '', 16) & 0xffff];
        break;
      }
      case 'E': {
        const report = /^(\d{1,9})\.(\d{1,6}) (.*)$/.exec(content);
        if (!report) throw captureError('capture-contradicts', `"E:" has seconds, a count and bytes, not "${content.slice(0, 40)}"`, { line });
        if (!growing[current]?.reportDescriptor) throw captureError('capture-contradicts', `a report before the report descriptor of device ${current}`, { line });
        const time = Number(report[1]) * 1e6 + Number((report[2] ?? '').padEnd(6, '0'));
        if (time < last) notes.add('some reports have an earlier time than the one before them; they are taken to follow at once');
        last = Math.max(last, time);
        const bytes = countedBytes(report[3] ?? '', line, mostReportBytes, 'report');
        if (reports.length < mostReports) reports.push({ device: current, time: last, bytes });
        else notes.add(`only the first ${mostReports} reports are kept`);
        break;
      }
      default:
        // Other letters (S: of newer recorders, events of evemu) say nothing that is needed.
        notes.add('lines that are no part of a recording were passed over');
    }
  }
  const end = line;
  const devices = growing.map((each): RecordedHidDevice => {
    if (!each.reportDescriptor) throw captureError('capture-cut-off', 'a device without a report descriptor ("R:")', { line: each.line === 0 ? end : each.line });
    const { name, physical, ids, reportDescriptor } = each;
    return { place: { line: each.line }, name, physical, bus: ids?.[0], vendorId: ids?.[1], productId: ids?.[2], reportDescriptor };
  });
  if (devices.length === 0) throw captureError('capture-empty', 'the recording has no device', { line: 1 });
  const start = reports[0]?.time ?? 0;
  return { devices, reports: reports.map((report) => ({ ...report, time: report.time - start })), notes: [...notes] };
}

/** `3 01 02 03`: so many bytes, in hex. */
function countedBytes(text: string, line: number, most: number, what: string): Uint8Array {
  const [count, ...words] = text.split(/\s+/);
  if (count === undefined || !/^\d{1,6}$/.test(count) || Number(count) > most) throw captureError('capture-contradicts', `a ${what} of "${(count ?? '').slice(0, 20)}" bytes, expected at most ${most}`, { line });
  if (words.length !== Number(count)) throw captureError('capture-cut-off', `a ${what} of ${count} bytes, ${words.length} are there`, { line });
  const bad = words.find((word) => !/^[0-9a-f]{1,2}$/i.test(word));
  if (bad !== undefined) throw captureError('capture-contradicts', `"${bad.slice(0, 20)}" is no hex byte`, { line });
  return Uint8Array.from(words, (word) => parseInt(word, 16));
}
