/** How the serial line is set (USB CDC PSTN 1.2, 6.3.11). */
export interface LineCoding {
  readonly baud: number;
  readonly dataBits: number;
  readonly parity: 'none' | 'odd' | 'even' | 'mark' | 'space';
  readonly stopBits: 1 | 1.5 | 2;
}

const parities = ['none', 'odd', 'even', 'mark', 'space'] as const;
const stops = [1, 1.5, 2] as const;

export const lineCodingLength = 7;

/** Line coding after power-on: 9600 8N1, as the driver sets at once. */
export const initialLineCoding: LineCoding = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };

/** Decodes the seven bytes of SET_LINE_CODING; undefined if they are none. */
export function decodeLineCoding(bytes: Uint8Array): LineCoding | undefined {
  if (bytes.length !== lineCodingLength) return undefined;
  const view = Buffer.from(bytes);
  const stopBits = stops[view.readUInt8(4)];
  const parity = parities[view.readUInt8(5)];
  const dataBits = view.readUInt8(6);
  if (stopBits === undefined || parity === undefined || ![5, 6, 7, 8, 16].includes(dataBits)) return undefined;
  return { baud: view.readUInt32LE(0), dataBits, parity, stopBits };
}

/** The seven bytes of GET_LINE_CODING. */
export function encodeLineCoding(coding: LineCoding): Uint8Array {
  const bytes = Buffer.alloc(lineCodingLength);
  bytes.writeUInt32LE(coding.baud, 0);
  bytes.set([stops.indexOf(coding.stopBits), parities.indexOf(coding.parity), coding.dataBits], 4);
  return bytes;
}

/** For people: `115200 8N1`. */
export function lineCodingText({ baud, dataBits, parity, stopBits }: LineCoding): string {
  return `${baud} ${dataBits}${parity[0]?.toUpperCase()}${stopBits}`;
}
