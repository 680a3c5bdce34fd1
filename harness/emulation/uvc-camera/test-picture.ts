import { encodeJpeg } from '../../wire/picture/jpeg-encoder.ts';
import type { RowSource } from '../../wire/picture/picture.ts';
import type { VideoFormat, VideoFrame } from '../../wire/uvc/video-formats.ts';

/** Bars of a test card: white, yellow, cyan, green, magenta, red, blue, black. */
const bars: readonly (readonly [number, number, number])[] = [[235, 235, 235], [235, 235, 16], [16, 235, 235], [16, 235, 16], [235, 16, 235], [235, 16, 16], [16, 16, 235], [16, 16, 16]];
const jpegQuality = 75;
/** JPEGs of the sizes that were asked for; a picture differs from the next in its comment only, so that it is encoded once. */
const encoded = new Map<string, Buffer>();

/** Picture `number` of a stream: a test card, the number written into it. The same each time. */
export function testPicture(kind: VideoFormat['kind'], { width, height }: Pick<VideoFrame, 'width' | 'height'>, number: number): Buffer {
  return kind === 'mjpeg' ? withComment(jpeg(width, height), `picture ${String(number).padStart(8, '0')}`) : yuy2(width, height, number);
}

function barAt(x: number, width: number): readonly [number, number, number] {
  return bars[Math.floor((x * bars.length) / width)] ?? [0, 0, 0];
}

function jpeg(width: number, height: number): Buffer {
  const key = `${width}x${height}`;
  let made = encoded.get(key);
  if (!made) {
    const source: RowSource = {
      width,
      height,
      channels: 3,
      readRow: (y, into) => {
        for (let x = 0; x < width; x += 1) into.set((x + y) % 64 < 2 ? [128, 128, 128] : barAt(x, width), x * 3);
      },
    };
    made = Buffer.concat([...encodeJpeg(source, jpegQuality, [72, 72])]);
    encoded.set(key, made);
  }
  return made;
}

/** Puts a comment behind the start of a JPEG (ITU-T T.81, B.2.4.5). */
function withComment(picture: Buffer, text: string): Buffer {
  const comment = Buffer.from(text, 'latin1');
  return Buffer.concat([picture.subarray(0, 2), Uint8Array.of(0xff, 0xfe, 0, comment.length + 2), comment, picture.subarray(2)]);
}

/** Y0 U Y1 V of BT.601; the number is in the first pixels, so that two pictures are never the same. */
function yuy2(width: number, height: number, number: number): Buffer {
  const row = Buffer.alloc(width * 2);
  for (let x = 0; x < width; x += 2) {
    const [r, g, b] = barAt(x, width);
    const luma = Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b);
    row.set([luma, Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b), luma, Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b)], x * 2);
  }
  const picture = Buffer.alloc(width * height * 2);
  for (let y = 0; y < height; y += 1) row.copy(picture, y * row.length);
  picture.writeUInt32LE(number >>> 0, 0);
  return picture;
}
