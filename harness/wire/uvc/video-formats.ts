/** A size in which a format is sent (UVC 1.1, Uncompressed and Motion-JPEG payloads, 3.1.2 and 3.2). */
export interface VideoFrame {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** dwMaxVideoFrameBufferSize: most bytes of a frame. */
  readonly maxBytes: number;
  /** In units of 100 ns, as they can be asked for; the first is the default. */
  readonly intervals: readonly number[];
}

export interface VideoFormat {
  readonly index: number;
  /** YUY2 is Y0 U Y1 V, two bytes a pixel. */
  readonly kind: 'mjpeg' | 'yuy2' | 'other';
  readonly frames: readonly VideoFrame[];
}

const classSpecificInterface = 0x24;
const subtypes = { formatUncompressed: 4, frameUncompressed: 5, formatMjpeg: 6, frameMjpeg: 7 } as const;
/** guidFormat of YUY2. */
const yuy2 = '5955593200001000800000aa00389b71';

/**
 * The formats that class-specific VideoStreaming descriptors tell of, in their order. `descriptors` are one descriptor each; a format that comes twice (real
 * cameras repeat their first frame for still images) keeps its first. What is no format is passed over.
 * @throws RangeError with the number of the descriptor if one is cut off.
 */
export function readVideoFormats(descriptors: readonly Uint8Array[]): readonly VideoFormat[] {
  const formats: { index: number; kind: VideoFormat['kind']; frames: VideoFrame[] }[] = [];
  descriptors.forEach((descriptor, number) => {
    if (descriptor[1] !== classSpecificInterface) return;
    const bytes = Buffer.from(descriptor.buffer, descriptor.byteOffset, descriptor.length);
    const subtype = bytes[2];
    if (subtype === subtypes.formatMjpeg || subtype === subtypes.formatUncompressed) {
      need(bytes, subtype === subtypes.formatMjpeg ? 11 : 27, number);
      const kind = subtype === subtypes.formatMjpeg ? 'mjpeg' : bytes.toString('hex', 5, 21) === yuy2 ? 'yuy2' : 'other';
      formats.push({ index: bytes.readUInt8(3), kind, frames: [] });
    } else if (subtype === subtypes.frameMjpeg || subtype === subtypes.frameUncompressed) {
      const frame = readFrame(bytes, number);
      const format = formats.at(-1);
      if (!format) throw new RangeError(`descriptor ${number}: a frame before any format`);
      if (!format.frames.some(({ index }) => index === frame.index)) format.frames.push(frame);
    }
  });
  return formats;
}

function readFrame(bytes: Buffer, number: number): VideoFrame {
  need(bytes, 26, number);
  const count = bytes.readUInt8(25);
  // 0 is a range: least, most, step.
  need(bytes, 26 + 4 * (count === 0 ? 3 : count), number);
  const told = Array.from({ length: count === 0 ? 2 : count }, (_, at) => bytes.readUInt32LE(26 + 4 * at));
  const first = bytes.readUInt32LE(21);
  return {
    index: bytes.readUInt8(3),
    width: bytes.readUInt16LE(5),
    height: bytes.readUInt16LE(7),
    maxBytes: bytes.readUInt32LE(17),
    intervals: [first, ...told.filter((interval) => interval !== first)],
  };
}

function need(bytes: Buffer, length: number, number: number): void {
  if (bytes.length < length) throw new RangeError(`descriptor ${number}: ${bytes.length} bytes, expected ${length}`);
}
