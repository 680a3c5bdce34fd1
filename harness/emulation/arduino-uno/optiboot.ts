/** Command codes of STK500 version 1 (Atmel AVR061, section 4). */
const command = {
  getSync: 0x30,
  getSignOn: 0x31,
  getParameter: 0x41,
  setDevice: 0x42,
  setDeviceExtended: 0x45,
  enterProgramming: 0x50,
  leaveProgramming: 0x51,
  chipErase: 0x52,
  loadAddress: 0x55,
  universal: 0x56,
  programPage: 0x64,
  readPage: 0x74,
  readSignature: 0x75,
} as const;

const names: Readonly<Record<number, string>> = {
  [command.getSync]: 'GET_SYNC',
  [command.getSignOn]: 'GET_SIGN_ON',
  [command.getParameter]: 'GET_PARAMETER',
  [command.setDevice]: 'SET_DEVICE',
  [command.setDeviceExtended]: 'SET_DEVICE_EXT',
  [command.enterProgramming]: 'ENTER_PROGMODE',
  [command.leaveProgramming]: 'LEAVE_PROGMODE',
  [command.chipErase]: 'CHIP_ERASE',
  [command.loadAddress]: 'LOAD_ADDRESS',
  [command.universal]: 'UNIVERSAL',
  [command.programPage]: 'PROG_PAGE',
  [command.readPage]: 'READ_PAGE',
  [command.readSignature]: 'READ_SIGN',
};

const endOfPacket = 0x20;
const inSync = 0x14;
const ok = 0x10;
/** Bytes of one flash page of the ATmega328P, the most that a page command moves. */
const pageSize = 128;
/** Bytes before the data of PROG_PAGE: command, length, memory type. */
const pageHead = 4;

export interface Memories {
  readonly flash: Uint8Array;
  readonly eeprom: Uint8Array;
  /** Flash from here on is the boot loader's own and is not written. */
  readonly bootSection: number;
  /** Bits that stay 1 from address `from` on, for a worn-out chip. */
  readonly worn?: { readonly from: number; readonly bits: number };
}

export interface OptibootFacts {
  readonly signature: Uint8Array;
  readonly version: readonly [number, number];
}

/** Name of an STK500 command that begins with `code`, for the wire trace. */
export function commandName(code: number): string | undefined {
  return names[code];
}

/** The boot loader: bytes of the serial line in, bytes out; it programs the memories. Noise before a command is skipped. */
export class Optiboot {
  readonly #memories: Memories;
  readonly #facts: OptibootFacts;
  #buffer = Buffer.alloc(0);
  /** Byte address. */
  #address = 0;
  /** True after LEAVE_PROGMODE: the sketch is to start. */
  left = false;
  commands = 0;

  constructor(memories: Memories, facts: OptibootFacts) {
    this.#memories = memories;
    this.#facts = facts;
  }

  /** Takes bytes and returns what the boot loader answers. */
  feed(bytes: Uint8Array): Uint8Array {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const answers: Buffer[] = [];
    while (!this.left) {
      const length = this.#commandLength();
      if (length === 'more') break;
      if (length === 'noise') {
        this.#buffer = this.#buffer.subarray(1);
        continue;
      }
      const packet = this.#buffer.subarray(0, length - 1);
      this.#buffer = this.#buffer.subarray(length);
      this.commands += 1;
      answers.push(Buffer.from([inSync]), Buffer.from(this.#answer(packet)), Buffer.from([ok]));
    }
    return Buffer.concat(answers);
  }

  /** Length of the command at the head with its end-of-packet byte. */
  #commandLength(): number | 'more' | 'noise' {
    const code = this.#buffer[0];
    if (code === undefined) return 'more';
    if (names[code] === undefined) return 'noise';
    const length = this.#expectedLength(code);
    if (length === 'more' || length === 'noise') return length;
    if (this.#buffer.length < length) return 'more';
    return this.#buffer[length - 1] === endOfPacket ? length : 'noise';
  }

  #expectedLength(code: number): number | 'more' | 'noise' {
    switch (code) {
      case command.getParameter:
        return 3;
      case command.setDevice:
        return 22;
      case command.setDeviceExtended:
        // The first byte counts itself.
        return this.#buffer.length < 2 ? 'more' : this.#buffer.readUInt8(1) > 8 ? 'noise' : Math.max(1, this.#buffer.readUInt8(1)) + 2;
      case command.loadAddress:
        return 4;
      case command.universal:
        return 6;
      case command.readPage:
        return pageHead + 1;
      case command.programPage: {
        if (this.#buffer.length < pageHead) return 'more';
        const size = this.#buffer.readUInt16BE(1);
        return size > 2 * pageSize ? 'noise' : pageHead + size + 1;
      }
      default:
        return 2;
    }
  }

  #answer(packet: Buffer): Uint8Array {
    switch (packet[0]) {
      case command.getParameter:
        return Uint8Array.of({ 0x81: this.#facts.version[0], 0x82: this.#facts.version[1] }[packet[1] ?? 0] ?? 3);
      case command.getSignOn:
        return Buffer.from('AVR ISP');
      case command.loadAddress:
        this.#address = packet.readUInt16LE(1) * 2;
        return Buffer.alloc(0);
      case command.universal:
        return Uint8Array.of(0);
      case command.programPage:
        this.#program(packet[3] ?? 0, packet.subarray(pageHead));
        return Buffer.alloc(0);
      case command.readPage:
        return this.#memory(packet[3] ?? 0).slice(this.#address, this.#address + Math.min(packet.readUInt16BE(1), 2 * pageSize));
      case command.readSignature:
        return this.#facts.signature;
      case command.leaveProgramming:
        this.left = true;
        return Buffer.alloc(0);
      default:
        return Buffer.alloc(0);
    }
  }

  #memory(type: number): Uint8Array {
    return type === 'E'.charCodeAt(0) ? this.#memories.eeprom : this.#memories.flash;
  }

  #program(type: number, data: Uint8Array): void {
    const memory = this.#memory(type);
    const end = memory === this.#memories.flash ? this.#memories.bootSection : memory.length;
    const { worn } = this.#memories;
    data.forEach((byte, index) => {
      const at = this.#address + index;
      if (at < end) memory[at] = worn && memory === this.#memories.flash && at >= worn.from ? byte | worn.bits : byte;
    });
  }
}
