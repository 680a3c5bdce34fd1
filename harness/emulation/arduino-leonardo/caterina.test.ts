import { expect } from 'chai';
import { Caterina, caterinaFlash } from './caterina.ts';

describe('boot loader of a Leonardo', () => {
  it('says what it is', () => {
    const boot = new Caterina(new Uint8Array(caterinaFlash));
    expect(boot.feed(Buffer.from('S')).toString()).to.equal('CATERIN');
    expect(boot.feed(Buffer.from('ab')).toString('hex')).to.equal('59590080');
    expect(boot.feed(Buffer.from('s')).toString('hex')).to.equal('87951e');
    expect(boot.feed(Buffer.from('Q')).toString('hex')).to.equal('cb');
  });

  it('programs and reads, however the bytes are cut', () => {
    const flash = new Uint8Array(caterinaFlash).fill(0xff);
    const boot = new Caterina(flash);
    const block = Buffer.alloc(128, 0x5a);
    const bytes = Buffer.concat([Buffer.from([0x41, 0, 64]), Buffer.from([0x42, 0, 128, 0x46]), block, Buffer.from([0x41, 0, 64, 0x67, 0, 128, 0x46, 0x45])]);
    const out = Buffer.concat([...bytes].map((byte) => boot.feed(Uint8Array.of(byte))));
    expect(out.toString('hex')).to.equal(`0d0d0d${'5a'.repeat(128)}0d`);
    expect(Buffer.from(flash.subarray(127, 257)).toString('hex')).to.equal(`ff${'5a'.repeat(128)}ff`);
    expect(boot.left).to.equal(true);
  });

  it('keeps itself, and takes anything', () => {
    const flash = new Uint8Array(caterinaFlash).fill(0x11);
    const boot = new Caterina(flash);
    boot.feed(Buffer.from([0x41, 0x38, 0, 0x42, 0, 4, 0x46, 1, 2, 3, 4]));
    boot.feed(Buffer.from('e'));
    expect(flash[28_672]).to.equal(0x11);
    expect(flash[0]).to.equal(0xff);
    for (let code = 0; code < 256; code += 1) expect(() => new Caterina(flash).feed(Uint8Array.of(code, 0xff, 0xff, 0xff, 0xff))).not.to.throw();
  });
});
