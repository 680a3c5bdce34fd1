/** Commands of AVR109 that the boot loader of boards with an ATmega32U4 knows (Atmel AVR109; Caterina of the Arduino AVR core). */
const answers: Readonly<Record<string, string>> = { S: 'CATERIN', V: '10', v: '?', p: 'S', a: 'Y', P: '\r', L: '\r', E: '\r', e: '\r', F: '\xff', r: '\xef', N: '\xd8', Q: '\xcb', t: 'D\0' };
/** Bytes that follow a command. */
const argumentLength: Readonly<Record<string, number>> = { T: 1, A: 2, x: 1, y: 1, l: 1, g: 3, B: 3 };

export const caterinaFlash = 32 * 1024;
const bootSection = caterinaFlash - 4096;
const blockSize = 128;

/** The boot loader of a Leonardo: bytes of the port in, bytes out; it programs the flash. */
export class Caterina {
  readonly #flash: Uint8Array;
  #buffer = Buffer.alloc(0);
  /** Byte address. */
  #address = 0;
  /** True after the command that leaves it. */
  left = false;
  commands = 0;

  constructor(flash: Uint8Array) {
    this.#flash = flash;
  }

  feed(bytes: Uint8Array): Buffer {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const out: Buffer[] = [];
    while (this.#buffer.length > 0) {
      const code = this.#buffer.toString('latin1', 0, 1);
      let length = 1 + (argumentLength[code] ?? 0);
      if (this.#buffer.length < length) break;
      if (code === 'B') length += Math.min(this.#buffer.readUInt16BE(1), blockSize);
      if (this.#buffer.length < length) break;
      const packet = this.#buffer.subarray(0, length);
      this.#buffer = this.#buffer.subarray(length);
      this.commands += 1;
      out.push(this.#answer(code, packet));
    }
    return Buffer.concat(out);
  }

  #answer(code: string, packet: Buffer): Buffer {
    switch (code) {
      case '\x1b':
        return Buffer.alloc(0);
      case 'b':
        return Buffer.from([0x59, blockSize >>> 8, blockSize & 0xff]);
      case 's':
        return Buffer.from([0x87, 0x95, 0x1e]);
      case 'A':
        this.#address = packet.readUInt16BE(1) * 2;
        return Buffer.from('\r');
      case 'B':
        return this.#program(packet.toString('latin1', 3, 4), packet.subarray(4));
      case 'g': {
        const size = Math.min(packet.readUInt16BE(1), blockSize);
        const data = Buffer.alloc(size, 0xff);
        if (packet.toString('latin1', 3, 4) === 'F') data.set(this.#flash.subarray(this.#address, this.#address + size));
        this.#address += size;
        return data;
      }
      case 'E':
        this.left = true;
        return Buffer.from('\r');
      case 'e':
        this.#flash.fill(0xff, 0, bootSection);
        return Buffer.from('\r');
      case 'T':
      case 'x':
      case 'y':
      case 'l':
        return Buffer.from('\r');
      default:
        return Buffer.from(answers[code] ?? '?', 'latin1');
    }
  }

  #program(type: string, data: Buffer): Buffer {
    if (type === 'F') for (const [index, byte] of data.entries()) if (this.#address + index < bootSection) this.#flash[this.#address + index] = byte;
    this.#address += data.length;
    return Buffer.from('\r');
  }
}
