import { expect } from 'chai';
import { parseOverrides } from './overrides.ts';

describe('parseOverrides', () => {
  it('reads every key', () => {
    const found = parseOverrides(['image=debian-13', 'machine=vm-uefi', 'transport=usbip', 'personality=a+b', 'seed=7', 'patience=2.5', 'kernel=usbcore.autosuspend=-1', 'kernel=quiet']);
    expect(found).to.deep.equal({ image: 'debian-13', machine: 'vm-uefi', transport: 'usbip', personalities: ['a', 'b'], seed: 7, patience: 2.5, kernelParameters: ['usbcore.autosuspend=-1', 'quiet'] });
    expect(parseOverrides(['personality=none']).personalities).to.deep.equal([]);
  });
  for (const [word, code] of [['imgae=x', 'override-unknown'], ['image', 'override-unknown'], ['image=../../etc', 'override-invalid'], ['seed=-1', 'override-invalid'], ['seed=4294967296', 'override-invalid'], ['patience=0', 'override-invalid'], ['kernel=a b', 'override-invalid'], ['kernel="x', 'override-invalid'], ['transport=pci', 'override-invalid']] as const) {
    it(`refuses ${word}`, () => {
      let thrown: unknown;
      try {
        parseOverrides([word]);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.have.property('code', code);
    });
  }
});
