/** Command codes of the boot loader in the ROM, and of the flasher that tools load into RAM (Espressif, "Serial Protocol"). */
export const espCommand = {
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  memoryBegin: 0x05,
  memoryEnd: 0x06,
  memoryData: 0x07,
  sync: 0x08,
  writeRegister: 0x09,
  readRegister: 0x0a,
  setFlashParameters: 0x0b,
  attachFlash: 0x0d,
  readFlashSlow: 0x0e,
  changeSpeed: 0x0f,
  deflatedBegin: 0x10,
  deflatedData: 0x11,
  deflatedEnd: 0x12,
  flashMd5: 0x13,
  eraseFlash: 0xd0,
  eraseRegion: 0xd1,
  readFlash: 0xd2,
} as const;

export const espError = { invalid: 0x05, failed: 0x06, checksum: 0x07, inflate: 0x0b } as const;

export interface EspRequest {
  readonly code: number;
  readonly checksum: number;
  readonly data: Buffer;
}

const headLength = 8;

/** A frame as a request, or undefined if it is none: a wrong direction or a length that is not that of the frame. */
export function readEspRequest(frame: Uint8Array): EspRequest | undefined {
  const bytes = Buffer.from(frame);
  if (bytes.length < headLength || bytes[0] !== 0 || bytes.readUInt16LE(2) !== bytes.length - headLength) return undefined;
  return { code: bytes.readUInt8(1), checksum: bytes.readUInt32LE(4), data: bytes.subarray(headLength) };
}

/** An answer: value, further bytes, and the status at its end, `error` 0 for success. */
export function writeEspAnswer(code: number, error: number, statusLength: 2 | 4, value = 0, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const answer = Buffer.alloc(headLength + data.length + statusLength);
  answer[0] = 1;
  answer[1] = code;
  answer.writeUInt16LE(data.length + statusLength, 2);
  answer.writeUInt32LE(value >>> 0, 4);
  answer.set(data, headLength);
  if (error !== 0) answer.set([1, error], headLength + data.length);
  return answer;
}

/** The checksum of a block: all bytes and 0xef, exclusive or. */
export function espChecksum(data: Uint8Array): number {
  return data.reduce((sum, byte) => sum ^ byte, 0xef);
}

const names = new Map<number, string>(Object.entries(espCommand).map(([name, code]) => [code, name]));

/** Name of the command that begins in bytes of the line, for the wire trace. */
export function espCommandName(bytes: Uint8Array): string | undefined {
  return bytes[0] === 0xc0 && bytes[1] === 0 ? names.get(bytes[2] ?? -1) : undefined;
}
