import { HwlabError } from '../../base/hwlab-error.ts';
import type { Picture } from './picture.ts';

/**
 * Reads one binary PBM, PGM or PPM of 8 bits (P4, P5, P6), as `scanimage --format=pnm` writes. A PBM becomes grey: 0 and 255.
 * @throws HwlabError product `bad-netpbm` with the offset, when it is none, is cut short, has more after its end, or has more than `maxPixels`.
 */
export function readNetpbm(bytes: Uint8Array, maxPixels = 64 * 1024 * 1024): Picture {
  const { fields, offset } = readHeader(bytes);
  const [width, height, maximum] = fields as [number, number, number];
  if (width < 1 || height < 1 || width * height > maxPixels) throw bad(`it is ${width} x ${height} pixels`, offset);
  if (maximum !== 255) throw bad(`its samples go to ${maximum}, not 255`, offset);
  const kind = bytes[1]! - 0x30;
  const channels = kind === 6 ? 3 : 1;
  const stride = kind === 4 ? Math.ceil(width / 8) : width * channels;
  const body = bytes.subarray(offset);
  if (body.length !== stride * height) throw bad(`${width} x ${height} needs ${stride * height} bytes of pixels, there are ${body.length}`, offset);
  if (kind !== 4) return { width, height, channels, data: body };
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data[y * width + x] = (body[y * stride + (x >> 3)]! & (0x80 >> (x & 7))) === 0 ? 255 : 0;
  }
  return { width, height, channels, data };
}

/** Three numbers (two for P4) between white space and `#` comments, then exactly one white space. */
function readHeader(bytes: Uint8Array): { fields: number[]; offset: number } {
  const kind = bytes[1] ?? 0;
  if (bytes[0] !== 0x50 || kind < 0x34 || kind > 0x36) throw bad('it does not begin with P4, P5 or P6', 0);
  const fields: number[] = [];
  let at = 2;
  while (fields.length < (kind === 0x34 ? 2 : 3)) {
    const byte = bytes[at];
    if (byte === undefined || at > 4096) throw bad('its header has no end', at);
    if (byte === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at += 1;
    else if (byte >= 0x30 && byte <= 0x39) {
      let value = 0;
      for (; bytes[at]! >= 0x30 && bytes[at]! <= 0x39 && value < 1e7; at += 1) value = value * 10 + bytes[at]! - 0x30;
      fields.push(value);
    } else if (isSpace(byte)) at += 1;
    else throw bad(`byte ${byte} does not belong in a header`, at);
  }
  if (!isSpace(bytes[at] ?? 0)) throw bad('no white space follows its header', at);
  if (fields.length === 2) fields.push(255);
  return { fields, offset: at + 1 };
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

function bad(what: string, offset: number): HwlabError {
  return new HwlabError({ code: 'bad-netpbm', blame: 'product', message: `not a picture in netpbm format: ${what} (at byte ${offset})`, facts: { offset } });
}
