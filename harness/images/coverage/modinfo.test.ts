import { expect } from 'chai';
import { parseModuleInfo } from './modinfo.ts';
import { makeModule } from './testing/make-module.ts';

describe('parseModuleInfo', () => {
  it('reads the firmware of modules of 64 and 32 bits, each file once', () => {
    for (const bits of [64, 32] as const) {
      expect(parseModuleInfo(makeModule(['license=GPL', 'firmware=a/b.fw', 'firmware=c.bin', 'firmware=a/b.fw', 'alias=usb:v*'], bits))).to.deep.equal({ firmware: ['a/b.fw', 'c.bin'] });
      expect(parseModuleInfo(makeModule([], bits))).to.deep.equal({ firmware: [] });
    }
  });

  it('takes nothing else for a module, and never throws', () => {
    const whole = makeModule(['firmware=a/b.fw'], 64);
    for (let length = 0; length < whole.length; length += 1) expect(() => parseModuleInfo(whole.subarray(0, length))).not.to.throw();
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(200), Buffer.from('text')]) expect(parseModuleInfo(bytes)).to.equal(undefined);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = 0xff;
      expect(() => parseModuleInfo(changed), String(at)).not.to.throw();
    }
  });
});
