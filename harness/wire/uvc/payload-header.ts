/** The header before each payload of a stream (UVC 1.1, 2.4.3.3). */
export interface PayloadHeader {
  /** Turns with each frame. */
  readonly frameId: 0 | 1;
  readonly endOfFrame: boolean;
  /** The camera's clock when the frame was taken; the same in all payloads of a frame. */
  readonly presentationTime: number;
  /** The camera's clock and the bus's frame number (11 bits) when this payload was made. */
  readonly sourceClock: number;
  readonly busFrame: number;
}

export const payloadHeaderLength = 12;

const flags = { frameId: 0x01, endOfFrame: 0x02, presentationTime: 0x04, sourceClock: 0x08, endOfHeader: 0x80 } as const;

/** Writes a header with both clocks to the start of `into`. */
export function writePayloadHeader(header: PayloadHeader, into: Buffer): void {
  into[0] = payloadHeaderLength;
  into[1] = (header.frameId && flags.frameId) | (header.endOfFrame ? flags.endOfFrame : 0) | flags.presentationTime | flags.sourceClock | flags.endOfHeader;
  into.writeUInt32LE(header.presentationTime >>> 0, 2);
  into.writeUInt32LE(header.sourceClock >>> 0, 6);
  into.writeUInt16LE(header.busFrame & 0x7ff, 10);
}
