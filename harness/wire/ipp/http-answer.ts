import { captureError } from '../capture/capture-error.ts';

/** Does it begin like a stored answer of HTTP? */
export function isHttpAnswer(bytes: Uint8Array): boolean {
  return /^HTTP\/\d/.test(Buffer.from(bytes.subarray(0, 8)).toString('latin1'));
}

/**
 * The body of a stored HTTP answer, and where it begins in the file. Chunks are put together.
 * @throws HwlabError usage `capture-...` with the byte
 */
export function httpBody(bytes: Uint8Array): { readonly body: Uint8Array; readonly offset: number } {
  const text = Buffer.from(bytes.subarray(0, 64 * 1024)).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) throw captureError('capture-cut-off', 'the head of the HTTP answer does not end', { offset: text.length });
  const head = text.slice(0, end.index);
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(head)?.[1];
  if (status !== '200') throw captureError('capture-contradicts', `the answer is HTTP ${status ?? 'without a status'}, not 200`, { offset: 0 });
  const offset = end.index + end[0].length;
  const body = bytes.subarray(offset);
  if (/^transfer-encoding:.*chunked/im.test(head)) return { body: unchunked(body, offset), offset };
  const length = Number(/^content-length:\s*(\d{1,10})/im.exec(head)?.[1] ?? body.length);
  if (length > body.length) throw captureError('capture-cut-off', `the answer says it has ${length} bytes, ${body.length} are there`, { offset: bytes.length });
  return { body: body.subarray(0, length), offset };
}

function unchunked(bytes: Uint8Array, offset: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const size = /^([0-9a-f]{1,7})[^\r\n]{0,80}\r?\n/i.exec(Buffer.from(bytes.subarray(at, at + 100)).toString('latin1'));
    if (!size) throw captureError('capture-cut-off', 'a chunk without its size', { offset: offset + at });
    const length = parseInt(size[1] ?? '', 16);
    at += size[0].length;
    if (length === 0) return Buffer.concat(parts);
    if (at + length > bytes.length) throw captureError('capture-cut-off', `a chunk of ${length} bytes, ${bytes.length - at} are there`, { offset: offset + at });
    parts.push(bytes.subarray(at, at + length));
    at += length;
    if (bytes[at] === 0x0d) at++;
    if (bytes[at] === 0x0a) at++;
  }
}
