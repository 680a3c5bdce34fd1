import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { encodeSlip, SlipReader } from '../../wire/slip/slip.ts';
import { espChips, type EspChip, type EspFacts } from './esp-chip.ts';
import { espChecksum, espCommand, espError, readEspRequest, writeEspAnswer, type EspRequest } from './esp-command.ts';
import type { EspFlash } from './esp-flash.ts';
import { EspRegisters } from './esp-registers.ts';

const longestFrame = 64 * 1024;
/** How much a tool may load into RAM, and how many compressed bytes it may announce. */
const mostBytes = 4 * 1024 * 1024;
/** Frames in which the flasher sends what is read. */
const mostFrames = 16_384;
/** Blocks of one write; tools take 1 KiB and more. */
const mostBlocks = 16_384;
/** Bytes of the flash that are touched for one piece of the line: tools wait for each answer, and what comes while a ROM is at work is lost. */
const mostWork = 2 * mostBytes;
const syncAnswers = 8;
const syncValue = 0x2012_0707;
const slowBlock = 64;
const flasherGreeting = Buffer.from('OHAI');

/** A write that is going on: where the next block belongs, and what was compressed so far. */
interface Writing {
  readonly compressed: boolean;
  readonly size: number;
  readonly blocks: number;
  at: number;
  next: number;
  readonly pieces: Uint8Array[];
  /** Bytes in `pieces`. */
  received: number;
}

type Answer = { readonly error?: number; readonly value?: number; readonly data?: Uint8Array };

/**
 * The boot loader in the ROM of an ESP chip, which answers when the chip was reset with GPIO0 low (Espressif, "Serial Protocol"). Nothing that is loaded into RAM
 * is run: what tools load there is the flasher, so whoever starts a program gets the flasher's commands and manners. Bytes of the serial line in, bytes out.
 */
export class EspRom {
  readonly #chip: EspChip;
  readonly #flash: EspFlash;
  readonly #registers: EspRegisters;
  readonly #reader = new SlipReader(longestFrame);
  #writing: Writing | undefined;
  #loading = 0;
  #speed: number | undefined;
  /** True when the flasher runs in place of the ROM. */
  flasher = false;
  /** True when a tool has started the program in the flash. */
  left = false;
  commands = 0;

  constructor(facts: EspFacts, flash: EspFlash) {
    this.#chip = espChips[facts.chip];
    this.#flash = flash;
    this.#registers = new EspRegisters(this.#chip, Buffer.from(facts.mac.replaceAll(':', ''), 'hex'));
  }

  /** @param speed of the line, bits per second: the first frame sets that of the ROM, and at another it understands nothing. */
  feed(bytes: Uint8Array, speed: number): Uint8Array {
    if (this.#speed !== undefined && Math.abs(speed / this.#speed - 1) > 0.025) return new Uint8Array(0);
    const answers: Uint8Array[] = [];
    const enough = this.#flash.touched + mostWork;
    for (const frame of this.#reader.feed(bytes)) {
      const request = readEspRequest(frame);
      if (request === undefined || this.left) continue;
      if (this.#speed === undefined && request.code !== espCommand.sync) continue;
      this.#speed ??= speed;
      this.commands += 1;
      for (const answer of this.#answer(request)) answers.push(encodeSlip(answer));
      if (this.#flash.touched >= enough) break;
    }
    return Buffer.concat(answers);
  }

  /** The payloads of the frames that answer a request. */
  #answer(request: EspRequest): Uint8Array[] {
    const length = this.flasher ? 2 : this.#chip.statusLength;
    const { error = 0, value, data } = this.#checked(request);
    const answer = writeEspAnswer(request.code, error, length, value, data);
    if (error !== 0) return [answer];
    switch (request.code) {
      case espCommand.sync:
        return Array.from({ length: syncAnswers }, () => answer);
      case espCommand.memoryEnd: {
        if (request.data.readUInt32LE(4) === 0) return [answer];
        this.flasher = true;
        return [answer, flasherGreeting];
      }
      case espCommand.readFlash:
        return [answer, ...this.#flashInPieces(request.data)];
      case espCommand.changeSpeed:
        this.#speed = request.data.readUInt32LE(0);
        return [answer];
      default:
        return [answer];
    }
  }

  #checked(request: EspRequest): Answer {
    const shortest = lengths.get(request.code);
    if (shortest === undefined || request.data.length < shortest || !this.#knows(request.code)) return { error: espError.invalid };
    return this.#execute(request);
  }

  #knows(code: number): boolean {
    if (this.flasher) return true;
    if (code >= espCommand.eraseFlash) return false;
    return this.#chip.ownsFlashCommands || code <= espCommand.readRegister;
  }

  #execute({ code, checksum, data }: EspRequest): Answer {
    const word = (place: number): number => data.readUInt32LE(place * 4);
    switch (code) {
      case espCommand.sync:
        return { value: this.flasher ? 0 : syncValue };
      case espCommand.readRegister:
        return { value: this.#registers.read(word(0), this.#speed ?? 0) };
      case espCommand.writeRegister:
        this.#registers.write(word(0), word(1), word(2));
        return {};
      case espCommand.memoryBegin:
        this.#loading = word(0);
        return this.#loading > mostBytes ? { error: espError.failed } : {};
      case espCommand.memoryData:
        return espChecksum(data.subarray(16)) === (checksum & 0xff) ? {} : { error: espError.checksum };
      case espCommand.flashBegin:
      case espCommand.deflatedBegin:
        return this.#begin(code === espCommand.deflatedBegin, word(0), word(1), word(3));
      case espCommand.flashData:
      case espCommand.deflatedData:
        return this.#block(code === espCommand.deflatedData, word(1), data.subarray(16, 16 + word(0)), checksum & 0xff);
      case espCommand.flashEnd:
      case espCommand.deflatedEnd:
        this.#writing = undefined;
        this.left = !this.flasher;
        return {};
      case espCommand.readFlashSlow:
        return { data: padded(this.#flash.read(word(0), Math.min(word(1), slowBlock)), slowBlock) };
      case espCommand.flashMd5:
        return this.#sum(word(0), word(1));
      case espCommand.eraseFlash:
        this.#flash.erase(0, this.#flash.size);
        return {};
      case espCommand.eraseRegion:
        this.#flash.erase(word(0), word(1));
        return {};
      case espCommand.readFlash:
        return word(2) === 0 || Math.min(word(1), this.#flash.size) / word(2) > mostFrames ? { error: espError.failed } : {};
      default:
        return {};
    }
  }

  #begin(compressed: boolean, size: number, blocks: number, at: number): Answer {
    if (at + size > this.#flash.size || blocks > mostBlocks) return { error: espError.failed };
    if (this.flasher || this.#chip.ownsFlashCommands) this.#flash.erase(at, size);
    else this.#flash.eraseAsOldRom(at, size);
    this.#writing = { compressed, size, blocks, at, next: 0, pieces: [], received: 0 };
    return {};
  }

  /** The last block may come twice, when its answer was lost on the way. */
  #block(compressed: boolean, sequence: number, data: Uint8Array, checksum: number): Answer {
    const writing = this.#writing;
    if (writing?.compressed !== compressed) return { error: espError.failed };
    if (espChecksum(data) !== checksum) return { error: espError.checksum };
    if (sequence === writing.next - 1) return {};
    if (sequence !== writing.next || sequence >= writing.blocks) return { error: espError.failed };
    writing.next += 1;
    if (compressed) return this.#inflate(writing, data);
    if (!this.#flash.write(writing.at, data)) return { error: espError.failed };
    writing.at += data.length;
    return {};
  }

  #inflate(writing: Writing, data: Uint8Array): Answer {
    writing.received += data.length;
    if (writing.received > mostBytes) {
      this.#writing = undefined;
      return { error: espError.failed };
    }
    // A copy: a view would keep the whole frame, however short its block is.
    if (data.length > 0) writing.pieces.push(Uint8Array.from(data));
    if (writing.next < writing.blocks) return {};
    try {
      const program = inflateSync(Buffer.concat(writing.pieces), { maxOutputLength: Math.max(1, writing.size) });
      return this.#flash.write(writing.at, program) ? {} : { error: espError.failed };
    } catch {
      // what does not inflate, or to more than was announced, is the sender's fault and has an answer of its own
      return { error: espError.inflate };
    }
  }

  #sum(at: number, size: number): Answer {
    if (at + size > this.#flash.size) return { error: espError.failed };
    const sum = createHash('md5').update(this.#flash.read(at, size));
    return { data: this.flasher ? sum.digest() : Buffer.from(sum.digest('hex')) };
  }

  /** The flasher sends the flash in frames of the size that was asked for, and its MD5 sum; it is told how far the tool has got, which changes nothing here. */
  #flashInPieces(data: Buffer): Uint8Array[] {
    const content = this.#flash.read(data.readUInt32LE(0), data.readUInt32LE(4));
    const size = data.readUInt32LE(8);
    const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, index) => content.subarray(index * size, (index + 1) * size));
    return [...pieces, createHash('md5').update(content).digest()];
  }
}

/** The commands, and how many bytes of data each has at least. */
const lengths = new Map<number, number>([
  [espCommand.flashBegin, 16],
  [espCommand.flashData, 16],
  [espCommand.flashEnd, 4],
  [espCommand.memoryBegin, 16],
  [espCommand.memoryEnd, 8],
  [espCommand.memoryData, 16],
  [espCommand.sync, 36],
  [espCommand.writeRegister, 16],
  [espCommand.readRegister, 4],
  [espCommand.setFlashParameters, 24],
  [espCommand.attachFlash, 4],
  [espCommand.readFlashSlow, 8],
  [espCommand.changeSpeed, 8],
  [espCommand.deflatedBegin, 16],
  [espCommand.deflatedData, 16],
  [espCommand.deflatedEnd, 4],
  [espCommand.flashMd5, 16],
  [espCommand.eraseFlash, 0],
  [espCommand.eraseRegion, 8],
  [espCommand.readFlash, 16],
]);

function padded(data: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(data);
  return bytes;
}
