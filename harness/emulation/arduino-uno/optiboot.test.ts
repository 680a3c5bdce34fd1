import { expect } from 'chai';
import { Optiboot, type Memories } from './optiboot.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('optiboot', () => {
  let memories: Memories;
  let boot: Optiboot;

  beforeEach(() => {
    memories = { flash: new Uint8Array(32768).fill(0xff), eeprom: new Uint8Array(1024).fill(0xff), bootSection: 32768 - 512 };
    boot = new Optiboot(memories, { signature: bytes('1e950f'), version: [4, 4] });
  });

  const golden: [string, string, string][] = [
    ['GET_SYNC', '30 20', '1410'],
    ['the version', '41 81 20 41 82 20', '140410140410'],
    ['another parameter', '41 98 20', '140310'],
    ['SET_DEVICE', '42 86 00 00 01 01 01 01 03 ff ff ff ff 00 80 04 00 00 00 80 00 20', '1410'],
    ['SET_DEVICE_EXT', '45 05 04 d7 c2 00 20', '1410'],
    ['ENTER_PROGMODE', '50 20', '1410'],
    ['READ_SIGN', '75 20', '141e950f10'],
    ['UNIVERSAL', '56 50 00 00 00 20', '140010'],
  ];
  for (const [title, asked, answered] of golden) {
    it(`answers ${title}`, () => expect(hex(boot.feed(bytes(asked)))).to.equal(answered));
  }

  it('writes a page and reads it back, wherever the bytes are split', () => {
    const data = Buffer.from(Array.from({ length: 128 }, (_, index) => index));
    const talk = Buffer.concat([bytes('55 40 00 20'), bytes('64 00 80 46'), data, bytes('20'), bytes('55 40 00 20'), bytes('74 00 80 46 20')]);
    const expected = `1410141014101 4${hex(data)}10`.replace(' ', '');
    for (let split = 0; split <= talk.length; split += 1) {
      memories.flash.fill(0xff);
      expect(hex(boot.feed(talk.subarray(0, split))) + hex(boot.feed(talk.subarray(split)))).to.equal(expected);
    }
    expect(memories.flash.subarray(128, 256)).to.deep.equal(new Uint8Array(data));
  });

  it('writes the EEPROM', () => {
    boot.feed(Buffer.concat([bytes('55 00 00 20 64 00 02 45'), Buffer.from('hi'), bytes('20')]));
    expect(Buffer.from(memories.eeprom.subarray(0, 3)).toString('latin1')).to.equal('hi\u00ff');
    expect(memories.flash[0]).to.equal(0xff);
  });

  it('does not overwrite itself, and leaves worn cells as they are', () => {
    boot.feed(Buffer.concat([bytes('55 00 3f 20 64 00 80 46'), Buffer.alloc(128), bytes('20')]));
    expect(memories.flash.subarray(32768 - 512).every((byte) => byte === 0xff)).to.equal(true);
    const worn = new Optiboot({ ...memories, worn: { from: 1, bits: 1 } }, { signature: bytes('1e950f'), version: [4, 4] });
    worn.feed(bytes('55 00 00 20 64 00 02 46 02 02 20'));
    expect(hex(memories.flash.subarray(0, 2))).to.equal('0203');
  });

  it('skips noise before a command', () => {
    expect(hex(boot.feed(bytes('00 ff 41 54 0d 30 99 30 20')))).to.equal('1410');
  });

  it('keeps nothing of a length that cannot be', () => {
    expect(hex(boot.feed(Buffer.concat([bytes('64 ff ff 46'), Buffer.alloc(70_000)])))).to.equal('');
    expect(hex(boot.feed(bytes('30 20')))).to.equal('1410');
  });

  it('leaves when told to and says no more', () => {
    expect(hex(boot.feed(bytes('51 20 30 20')))).to.equal('1410');
    expect(boot.left).to.equal(true);
  });
});
