import { expect } from 'chai';
import { BrickFiles } from './brick-files.ts';
import { Ev3Commands } from './ev3-commands.ts';
import { NxtCommands } from './nxt-commands.ts';

const path = '/home/root/lms2012/prjs/A/Main.rbf';

/** A system command as an EV3 report: length, counter, type 01, code, body. */
function system(counter: number, code: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16LE(body.length + 4, 0);
  head.writeUInt16LE(counter, 2);
  head.set([1, code], 4);
  return Buffer.concat([head, body, Buffer.alloc(20)]);
}

function bytesOf(parts: readonly (Uint8Array | readonly number[] | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))));
}

describe('EV3 commands', () => {
  const files = new BrickFiles();
  const brick = new Ev3Commands(files);
  const ask = (code: number, ...parts: (readonly number[] | string)[]): Buffer => brick.answer(system(7, code, bytesOf(parts))) ?? Buffer.alloc(0);

  it('takes a file in pieces and gives it back, with the counter of the question', () => {
    expect(ask(0x92, [5, 0, 0, 0], `${path}\0`).toString('hex')).to.equal('060007000392' + '0001');
    expect(ask(0x93, [1], 'abc').toString('hex')).to.equal('060007000393' + '0001');
    expect(ask(0x93, [1], 'de').toString('hex')).to.equal('060007000393' + '0801');
    expect(files.get(path)?.toString()).to.equal('abcde');
    expect(ask(0x94, [3, 0], `${path}\0`).toString('hex')).to.match(/^0d0007000394000500000002616263$/);
    expect(ask(0x95, [2, 9, 0]).toString('hex')).to.equal('0800070003950802' + '6465');
  });

  it('lists folders, deletes, and refuses what is not there', () => {
    expect(ask(0x99, [232, 3], '/home/root/lms2012/prjs/\0').subarray(12).toString()).to.equal('./\n../\nA/\n');
    expect(ask(0x99, [232, 3], '/home/root/lms2012/prjs/A/\0').subarray(12).toString()).to.match(/^\.\/\n\.\.\/\n[0-9A-F]{32} 00000005 Main\.rbf\n$/);
    expect(ask(0x9c, `${path}\0`)[6]).to.equal(0);
    expect([...ask(0x9c, `${path}\0`).subarray(4, 7)]).to.deep.equal([5, 0x9c, 6]);
    expect([...ask(0x95, [9, 1, 0]).subarray(4, 7)]).to.deep.equal([5, 0x95, 1]);
  });

  it('takes anything for a report without falling over', () => {
    for (let length = 0; length < 40; length += 1) expect(() => brick.answer(Buffer.alloc(length, 0x92))).not.to.throw();
    for (let code = 0; code < 256; code += 1) expect(() => ask(code)).not.to.throw();
  });
});

describe('NXT commands', () => {
  const files = new BrickFiles();
  const brick = new NxtCommands(files, { name: 'NXT', versions: [124, 1, 31, 1], battery: 7600 });
  const ask = (...parts: (Uint8Array | readonly number[] | string)[]): Buffer => brick.answer(bytesOf(parts)) ?? Buffer.alloc(0);
  const name = (text: string): Buffer => Buffer.from(text.padEnd(20, '\0'));

  it('says its versions and its battery', () => {
    expect(ask([1, 0x88]).toString('hex')).to.equal('0288007c011f01');
    expect(ask([0, 0x0b]).toString('hex')).to.equal('020b00b01d');
  });

  it('takes a file, finds it, gives it back and deletes it', () => {
    expect(ask([1, 0x81], name('A.rxe'), [3, 0, 0, 0]).toString('hex')).to.equal('02810000');
    expect(ask([1, 0x83, 0], 'abc').toString('hex')).to.equal('028300000300');
    expect(ask([1, 0x84, 0]).toString('hex')).to.equal('02840000');
    expect(ask([1, 0x86], name('*.*')).subarray(4, 9).toString()).to.equal('A.rxe');
    expect(ask([1, 0x87, 0])[2]).to.equal(0x83);
    expect(ask([1, 0x80], name('A.rxe')).toString('hex')).to.equal('02800000' + '03000000');
    expect(ask([1, 0x82, 0, 9, 0]).toString('hex')).to.equal('028285000300' + '616263');
    expect(ask([1, 0x85], name('A.rxe'))[2]).to.equal(0);
    expect(ask([1, 0x85], name('A.rxe'))[2]).to.equal(0x87);
  });

  it('takes anything without falling over', () => {
    for (let code = 0; code < 256; code += 1) for (const kind of [0, 1, 2, 0x80, 0x81]) expect(() => ask([kind, code])).not.to.throw();
  });
});
