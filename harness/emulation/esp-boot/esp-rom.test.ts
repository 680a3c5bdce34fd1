import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { encodeSlip, SlipReader } from '../../wire/slip/slip.ts';
import { espChecksum, espCommand, readEspRequest } from './esp-command.ts';
import { EspFlash } from './esp-flash.ts';
import { EspRom } from './esp-rom.ts';
import type { EspFacts } from './esp-chip.ts';

const speed = 115_200;
const words = (...values: number[]): Buffer => Buffer.concat(values.map((value) => { const word = Buffer.alloc(4); word.writeUInt32LE(value); return word; }));

function request(code: number, data: Uint8Array, checksum = 0): Uint8Array {
  const head = Buffer.alloc(8);
  head[1] = code;
  head.writeUInt16LE(data.length, 2);
  head.writeUInt32LE(checksum, 4);
  return encodeSlip(Buffer.concat([head, data]));
}

const sync = request(espCommand.sync, Buffer.from(`07071220${'55'.repeat(32)}`, 'hex'));
const block = (code: number, sequence: number, data: Uint8Array, checksum = espChecksum(data)): Uint8Array => request(code, Buffer.concat([words(data.length, sequence, 0, 0), data]), checksum);

describe('the boot loader of an ESP chip', () => {
  let memory: Uint8Array;
  let rom: EspRom;
  const start = (chip: EspFacts['chip'] = 'esp32', wornFrom?: number): void => {
    memory = new Uint8Array(4 * 1024 * 1024).fill(0xff);
    rom = new EspRom({ chip, mac: '24:6f:28:01:02:03' }, new EspFlash(memory, wornFrom));
  };
  const ask = (frame: Uint8Array, at = speed): Buffer[] => [...new SlipReader(65_536).feed(rom.feed(frame, at))].map((answer) => Buffer.from(answer));
  /** Value, further data, and error of the first answer. */
  const told = (frame: Uint8Array, statusLength = 4): { value: number; data: Buffer; error: number } => {
    const answer = ask(frame)[0] ?? expect.fail('no answer');
    const status = answer.subarray(-statusLength);
    return { value: answer.readUInt32LE(4), data: answer.subarray(8, -statusLength), error: status[0] === 0 ? 0 : (status[1] ?? 0) };
  };
  const register = (address: number): number => told(request(espCommand.readRegister, words(address))).value;

  beforeEach(() => start());

  it('is silent until it has heard SYNC, which it answers eight times, and then at that speed only', () => {
    const question = request(espCommand.readRegister, words(0x4000_1000));
    expect(ask(question)).to.deep.equal([]);
    expect(ask(sync)).to.have.length(8);
    expect(ask(question, 74_880)).to.deep.equal([]);
    expect(ask(question)[0]?.readUInt32LE(4)).to.equal(0x00f01d83);
    ask(request(espCommand.changeSpeed, words(460_800, 0)));
    expect(ask(question)).to.deep.equal([]);
    expect(ask(question, 460_800)).to.have.length(1);
  });

  it('has its address in the fuses, and the id of the flash comes through the controller', () => {
    ask(sync);
    expect([register(0x3ff5_a008) & 0xffff, register(0x3ff5_a004)]).to.deep.equal([0x246f, 0x2801_0203]);
    ask(request(espCommand.writeRegister, words(0x3ff4_2024, 0x7000_009f, 0xffff_ffff, 0)));
    ask(request(espCommand.writeRegister, words(0x3ff4_2000, 1 << 18, 0xffff_ffff, 0)));
    expect(register(0x3ff4_2000)).to.equal(0);
    expect(register(0x3ff4_2080)).to.equal(0x16_40c8);
  });

  it('keeps the masked bits of a register, and no more registers than there is room for', () => {
    ask(sync);
    ask(request(espCommand.writeRegister, words(0x6000_0000, 0xffff_ffff, 0x0000_ffff, 0)));
    expect(register(0x6000_0000)).to.equal(0xffff);
    ask(request(espCommand.writeRegister, words(0x6000_0000, 0, 0x0000_00ff, 0)));
    expect(register(0x6000_0000)).to.equal(0xff00);
    for (let each = 1; each <= 4096; each += 1) rom.feed(request(espCommand.writeRegister, words(0x6000_0000 + each * 4, each, 0xffff_ffff, 0)), speed);
    expect([register(0x6000_0000 + 4095 * 4), register(0x6000_0000 + 4096 * 4)]).to.deep.equal([4095, 0]);
  });

  it('reads the flash slowly in pieces of 64 bytes, whatever it is asked for', () => {
    ask(sync);
    memory.set(Buffer.from('lesson'), 0);
    for (const length of [6, 64, 4096]) expect(told(request(espCommand.readFlashSlow, words(0, length))).data.toString('latin1').slice(0, 6), String(length)).to.equal('lesson');
    expect(told(request(espCommand.readFlashSlow, words(0, 4096))).data).to.have.length(64);
  });

  it('writes blocks that arrive cut at any place, and sums them up', () => {
    const program = Buffer.from(Array.from({ length: 96 }, (_, index) => (index * 37) & 0xff));
    const line = Buffer.concat([sync, request(espCommand.flashBegin, words(96, 2, 48, 0x1000)), block(espCommand.flashData, 0, program.subarray(0, 48)), block(espCommand.flashData, 1, program.subarray(48))]);
    for (let at = 0; at <= line.length; at += 1) {
      start();
      rom.feed(line.subarray(0, at), speed);
      rom.feed(line.subarray(at), speed);
      expect(Buffer.from(memory.subarray(0x1000, 0x1060)).equals(program), `cut at ${at}`).to.equal(true);
    }
    expect(told(request(espCommand.flashMd5, words(0x1000, 96, 0, 0))).data.toString()).to.equal(createHash('md5').update(program).digest('hex'));
  });

  it('refuses a wrong checksum, a block out of turn, a place outside the flash, and commands it does not know; takes a block twice', () => {
    ask(sync);
    const data = Buffer.from('cafe', 'hex');
    expect(told(block(espCommand.flashData, 0, data)).error, 'without a beginning').to.equal(6);
    expect(told(request(espCommand.flashBegin, words(4096, 1, 4096, 0x40_0000))).error).to.equal(6);
    ask(request(espCommand.flashBegin, words(4096, 2, 2, 0)));
    expect(told(block(espCommand.flashData, 0, data, 0)).error).to.equal(7);
    expect(told(block(espCommand.flashData, 1, data)).error).to.equal(6);
    expect([told(block(espCommand.flashData, 0, data)).error, told(block(espCommand.flashData, 0, data)).error]).to.deep.equal([0, 0]);
    expect(Buffer.from(memory.subarray(0, 4)).toString('hex')).to.equal('cafeffff');
    expect([told(request(0x14, Buffer.alloc(0))).error, told(request(espCommand.eraseFlash, Buffer.alloc(0))).error, told(request(espCommand.flashBegin, Buffer.alloc(3))).error]).to.deep.equal([5, 5, 5]);
  });

  it('inflates what comes compressed, and refuses what does not inflate or is more than was announced', () => {
    ask(sync);
    const program = Buffer.alloc(5000, 'lesson');
    const compressed = deflateSync(program);
    ask(request(espCommand.deflatedBegin, words(8192, 1, 1024, 0)));
    expect(told(block(espCommand.deflatedData, 0, compressed)).error).to.equal(0);
    expect(Buffer.from(memory.subarray(0, 5000)).equals(program)).to.equal(true);
    for (const wrong of [deflateSync(Buffer.alloc(9000)), Buffer.from('no zlib')]) {
      ask(request(espCommand.deflatedBegin, words(8192, 1, 1024, 0)));
      expect(told(block(espCommand.deflatedData, 0, wrong)).error).to.equal(0x0b);
    }
  });

  it('gives the flasher to whoever loads a program into RAM and starts it: it reads the flash in frames, with their sum', () => {
    start('esp8266');
    ask(sync);
    expect(told(request(espCommand.flashMd5, words(0, 16, 0, 0)), 2).error, 'the ROM of an ESP8266 has no sum').to.equal(5);
    ask(request(espCommand.memoryBegin, words(4, 1, 4, 0x4010_e000)));
    ask(block(espCommand.memoryData, 0, Buffer.from('code')));
    expect(ask(request(espCommand.memoryEnd, words(0, 0x4010_e004))).map(String).at(-1)).to.equal('OHAI');
    memory.set(Buffer.from('the program'), 0);
    const [, first, second, sum] = ask(request(espCommand.readFlash, words(0, 11, 8, 64)));
    expect([String(first), String(second), sum?.toString('hex')]).to.deep.equal(['the prog', 'ram', createHash('md5').update('the program').digest('hex')]);
    for (const size of [0, 1]) expect(told(request(espCommand.readFlash, words(0, 0xffff_ffff, size, 64)), 2).error, `the flash in pieces of ${size} bytes`).to.equal(6);
    ask(request(espCommand.eraseRegion, words(0, 4096)));
    expect(memory[0]).to.equal(0xff);
  });

  it('does no more for one piece of the line than twice the flash, and keeps no more of a compressed program than that', () => {
    ask(sync);
    ask(request(espCommand.memoryEnd, words(0, 0x4010_e004)));
    const whole = 4 * 1024 * 1024;
    for (const flood of [request(espCommand.readFlash, words(0, whole, 4096, 64)), request(espCommand.eraseFlash, Buffer.alloc(0)), request(espCommand.flashMd5, words(0, whole, 0, 0))]) {
      const before = rom.commands;
      expect(rom.feed(Buffer.concat(Array.from({ length: 50 }, () => flood)), speed).length).to.be.below(3 * whole);
      expect(rom.commands - before).to.be.within(1, 3);
      expect(ask(request(espCommand.readRegister, words(0x4000_1000))), 'it goes on').to.have.length(1);
    }
    expect(told(request(espCommand.deflatedBegin, words(4096, 1_000_000, 1, 0)), 2).error, 'so many blocks').to.equal(6);
    ask(request(espCommand.deflatedBegin, words(4096, 1000, 60_000, 0)));
    const errors = Array.from({ length: 72 }, (_, sequence) => told(block(espCommand.deflatedData, sequence, Buffer.alloc(60_000)), 2).error);
    expect([errors.indexOf(6), new Set(errors.slice(69)).size]).to.deep.equal([69, 1]);
  });

  it('erases sectors, on an ESP8266 more than it was asked for, and worn cells keep a bit', () => {
    const flash = new EspFlash(new Uint8Array(65_536 * 2).fill(0), 0x10);
    flash.erase(5000, 10);
    expect([flash.read(4095, 1)[0], flash.read(4096, 1)[0], flash.read(8191, 1)[0], flash.read(8192, 1)[0]]).to.deep.equal([0, 0xff, 0xff, 0]);
    flash.eraseAsOldRom(0, 3 * 4096);
    expect([flash.read(6 * 4096 - 1, 1)[0], flash.read(6 * 4096, 1)[0]]).to.deep.equal([0xff, 0]);
    expect([flash.write(15, Uint8Array.of(0, 0)), flash.read(15, 2).join(), flash.write(65_536 * 2 - 1, Uint8Array.of(0, 0))]).to.deep.equal([true, '0,1', false]);
  });

  it('leaves at the end of a write, and passes over noise and frames that are no requests', () => {
    rom.feed(Buffer.from('c0ff00c0c0000205000000000001c0', 'hex'), speed);
    expect(readEspRequest(Buffer.from('0008ffff00000000', 'hex'))).to.equal(undefined);
    ask(sync);
    ask(request(espCommand.flashEnd, words(1)));
    expect(rom.left).to.equal(true);
    expect(ask(sync)).to.deep.equal([]);
  });
});
