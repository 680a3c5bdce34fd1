/** What driver and camera agree on before a stream: the fields of the Video Probe and Commit controls that matter here (UVC 1.1, 4.3.1.1). */
export interface StreamControl {
  readonly hint: number;
  readonly format: number;
  readonly frame: number;
  /** Units of 100 ns. */
  readonly interval: number;
  readonly delay: number;
  readonly maxFrameBytes: number;
  readonly maxPayloadBytes: number;
}

/** Bytes of the control: UVC 1.0, and 1.1 and later, which add the clock frequency and versions. */
export type StreamControlLength = 26 | 34;

/** Reads what a driver asks for; undefined if it is shorter than UVC 1.0 has it. */
export function decodeStreamControl(data: Uint8Array): StreamControl | undefined {
  if (data.length < 26) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  return {
    hint: bytes.readUInt16LE(0),
    format: bytes.readUInt8(2),
    frame: bytes.readUInt8(3),
    interval: bytes.readUInt32LE(4),
    delay: bytes.readUInt16LE(16),
    maxFrameBytes: bytes.readUInt32LE(18),
    maxPayloadBytes: bytes.readUInt32LE(22),
  };
}

/** `clockFrequency` is hertz; it is only in the longer form. */
export function encodeStreamControl(control: StreamControl, length: StreamControlLength, clockFrequency: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt16LE(control.hint, 0);
  bytes.writeUInt8(control.format, 2);
  bytes.writeUInt8(control.frame, 3);
  bytes.writeUInt32LE(control.interval, 4);
  bytes.writeUInt16LE(control.delay, 16);
  bytes.writeUInt32LE(control.maxFrameBytes, 18);
  bytes.writeUInt32LE(control.maxPayloadBytes, 22);
  if (length === 34) {
    bytes.writeUInt32LE(clockFrequency, 26);
    // bmFramingInfo: the frame id and the end-of-frame bit mean what they say.
    bytes.writeUInt8(3, 30);
  }
  return bytes;
}
