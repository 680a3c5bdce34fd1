import { captureError } from '../capture/capture-error.ts';
import { mostReports, type HidRecording, type RecordedHidDevice, type RecordedReport } from '../hid-recording/hid-recording.ts';

const mostBytes = 4096;

/**
 * The bytes of a report descriptor written in hex: plain, as an array of C or Rust with comments, or as the kernel's
 * /sys/kernel/debug/hid/.../rdesc, whose bytes are followed by their meaning.
 * @throws HwlabError usage `capture-...` with the line
 */
export function readDescriptorHex(text: string): Uint8Array {
  const bytes: number[] = [];
  let line = 0;
  let comment = false;
  for (const raw of text.split('\n')) {
    line++;
    const code = withoutComments(raw, comment);
    comment = code.open;
    const rest = code.text.replace(/(\/\/|#|;).*$/, '');
    const words = rest.trimStart().replace(/^(?:[0-9a-f]{4,8}:\s|[^={}]*[={]\s*(?:\{|\[)?)/i, '').split(/[\s,{}[\]]+/).filter((word) => word !== '');
    if (words.length === 0) continue;
    if (bytes.length + words.length > mostBytes) throw captureError('capture-too-big', `a report descriptor of more than ${mostBytes} bytes`, { line });
    const values = words.map(hexByte);
    const bad = values.indexOf(undefined);
    if (bad >= 0) {
      // The listing that the kernel puts behind the bytes begins with a line like "  INPUT(1)[INPUT]".
      if (bytes.length > 0 && /^\s*(INPUT|OUTPUT|FEATURE|Field|Physical|\}|\]|$)/.test(raw)) break;
      throw captureError('capture-contradicts', `"${(words[bad] ?? '').slice(0, 20)}" is no hex byte`, { line });
    }
    bytes.push(...(values as number[]));
  }
  if (bytes.length === 0) throw captureError('capture-empty', 'there are no hex bytes in it', { line: 1 });
  return Uint8Array.from(bytes);
}

/** A line of C without what stands between comment marks; `open` says that the comment goes on in the next line. */
function withoutComments(line: string, open: boolean): { readonly text: string; readonly open: boolean } {
  const kept: string[] = [];
  let inside = open;
  for (let at = 0; ; ) {
    const next = line.indexOf(inside ? '*/' : '/*', at);
    if (!inside) kept.push(line.slice(at, next < 0 ? undefined : next));
    if (next < 0) return { text: kept.join(' '), open: inside };
    inside = !inside;
    at = next + 2;
  }
}

/** One byte: `5`, `05`, `0x05`, `0x05u8`. */
function hexByte(word: string): number | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,2})(?:u8)?$/i.exec(word)?.[1];
  return digits === undefined ? undefined : parseInt(digits, 16);
}

/**
 * The output of usbhid-dump: `001:004:000:DESCRIPTOR 1353959232.123456` or `...:STREAM ...` and lines of hex bytes. The third number is the interface.
 * @throws HwlabError usage `capture-...` with the line
 */
export function readUsbhidDump(text: string): HidRecording {
  const devices = new Map<string, { readonly device: RecordedHidDevice; readonly index: number }>();
  const reports: RecordedReport[] = [];
  const notes = new Set<string>();
  let current: { readonly key: string; readonly kind: string; readonly time: number; readonly line: number; readonly bytes: number[] } | undefined;
  let line = 0;
  const finish = (): void => {
    if (!current) return;
    const { key, kind, time, bytes } = current;
    const known = devices.get(key);
    if (kind === 'DESCRIPTOR') {
      const device: RecordedHidDevice = { place: { line: current.line }, name: undefined, physical: `usb/input${Number(key.split(':')[2])}`, bus: 3, vendorId: undefined, productId: undefined, reportDescriptor: Uint8Array.from(bytes) };
      devices.set(key, { device, index: known?.index ?? devices.size });
    } else if (!known) notes.add('reports of interfaces whose descriptor is not in the dump were passed over');
    else if (bytes.length > 0 && reports.length < mostReports) reports.push({ device: known.index, time, bytes: Uint8Array.from(bytes) });
  };
  for (const raw of text.split('\n')) {
    line++;
    const trimmed = raw.trim();
    const head = /^(\d{3}:\d{3}:\d{3}):(DESCRIPTOR|STREAM)\s+(\d{1,12})\.(\d{1,6})$/.exec(trimmed);
    if (head) {
      finish();
      if (devices.size > 32) throw captureError('capture-too-big', 'more than 32 interfaces', { line });
      current = { key: head[1] ?? '', kind: head[2] ?? '', time: Number(head[3]) * 1e6 + Number((head[4] ?? '').padEnd(6, '0')), line, bytes: [] };
    } else if (trimmed !== '' && current) {
      const values = trimmed.slice(0, 4 * mostBytes).split(/\s+/).map(hexByte);
      if (values.includes(undefined)) throw captureError('capture-contradicts', `"${trimmed.slice(0, 40)}" is no line of hex bytes`, { line });
      current.bytes.push(...(values as number[]));
      if (current.bytes.length > mostBytes) throw captureError('capture-too-big', `more than ${mostBytes} bytes in one piece`, { line });
    }
  }
  finish();
  if (devices.size === 0) throw captureError('capture-empty', 'there is no DESCRIPTOR in it', { line: 1 }, 'run usbhid-dump -e descriptor');
  const start = reports[0]?.time ?? 0;
  return { devices: [...devices.values()].map(({ device }) => device), reports: reports.map((report) => ({ ...report, time: Math.max(0, report.time - start) })), notes: [...notes] };
}
