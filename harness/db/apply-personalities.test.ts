import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import { applyPersonalities, conflictOf } from './apply-personalities.ts';
import type { EmulatedModelFile } from './generated/emulated-model.ts';
import type { Personality } from './generated/personality.ts';

const model: EmulatedModelFile = {
  id: 'laser',
  device: 'laser',
  name: 'Laser',
  emulator: 'usb-printer',
  suites: ['printers'],
  origin: [{ what: 'all', source: 'this test', licence: 'CC0-1.0' }],
  usb: {
    speed: 'high',
    vendorId: '0x1234',
    productId: '0x0001',
    usbVersion: '0x0200',
    deviceVersion: '0x0100',
    class: [0, 0, 0],
    maxPacketSize0: 64,
    strings: { serial: 'A1' },
    configuration: { attributes: 192, maxPower: 0, interfaces: [{ number: 0, alternates: [{ class: [7, 1, 2], endpoints: [] }] }] },
  },
  behaviour: { deviceId: 'MFG:ACME;MDL:Laser;', bytesPerSecond: 65_536 },
};

function quirk(id: string, patch: Personality['patch'], more: Partial<Personality> = {}): Personality {
  return { id, name: id, emulators: ['usb-printer'], patch, seen: [{ device: 'x', thread: 'https://example.org/1', what: 'it does' }], ...more };
}

function refusal(work: () => unknown): HwlabError {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(HwlabError).with.property('blame', 'usage');
    return error as HwlabError;
  }
  throw new Error('nothing was thrown');
}

describe('applyPersonalities', () => {
  const noSerial = quirk('no-serial', { usb: { strings: { serial: null } } });
  const slow = quirk('slow', { behaviour: { bytesPerSecond: 6400 } });

  it('patches the model, in whatever order they are given, and leaves the old one alone', () => {
    const before = structuredClone(model);
    const both = applyPersonalities(model, [slow, noSerial]);
    expect(both.usb?.strings).to.deep.equal({});
    expect(both.behaviour).to.deep.equal({ ...model.behaviour, bytesPerSecond: 6400 });
    expect(applyPersonalities(model, [noSerial, slow])).to.deep.equal(both);
    expect(model).to.deep.equal(before);
  });

  it('refuses two that set one place to different values, and names the place', () => {
    const error = refusal(() => applyPersonalities(model, [slow, quirk('slower', { behaviour: { bytesPerSecond: 3200 } })]));
    expect(error.code).to.equal('personalities-conflict');
    expect(error.message).to.contain('slow and slower').and.to.contain('/behaviour/bytesPerSecond, to 6400 and to 3200');
  });

  it('refuses one of another emulator or another model', () => {
    expect(refusal(() => applyPersonalities(model, [quirk('touchy', {}, { emulators: ['hid-touch'] })])).message).to.match(/touchy is for the emulator hid-touch, and laser is run by usb-printer/);
    expect(refusal(() => applyPersonalities(model, [quirk('picky', {}, { models: ['other'] })])).code).to.equal('personality-does-not-fit');
  });

  it('refuses a model that would break its schema, with the place', () => {
    const error = refusal(() => applyPersonalities(model, [quirk('broken', { usb: { maxPacketSize0: 7 } })]));
    expect(error.code).to.equal('personality-invalid');
    expect(error.message).to.contain('/usb/maxPacketSize0');
  });
});

describe('conflictOf', () => {
  const table: readonly (readonly [string, Personality, Personality, RegExp | undefined])[] = [
    ['different places', quirk('a', { behaviour: { x: 1 } }), quirk('b', { behaviour: { y: 1 } }), undefined],
    ['the same value', quirk('a', { behaviour: { x: { z: [1] } } }), quirk('b', { behaviour: { x: { z: [1] } } }), undefined],
    ['a value and a part of it', quirk('a', { behaviour: { x: null } }), quirk('b', { behaviour: { x: { y: 1 } } }), /a sets \/behaviour\/x, of which b sets \/behaviour\/x\/y/],
    ['a part and its value', quirk('a', { behaviour: { x: { y: 1 } } }), quirk('b', { behaviour: { x: 2 } }), /b sets \/behaviour\/x/],
    ['a name that only begins alike', quirk('a', { behaviour: { x: 1 } }), quirk('b', { behaviour: { xy: 1 } }), undefined],
    ['a list as a whole', quirk('a', { behaviour: { x: [1] } }), quirk('b', { behaviour: { x: [1, 2] } }), /to \[1\] and to \[1,2\]/],
    ['one that says so', quirk('a', {}), quirk('b', {}, { conflicts: ['a'] }), /b says so/],
  ];
  for (const [what, left, right, expected] of table) {
    it(`${expected ? 'finds' : 'allows'} ${what}`, () => {
      const said = conflictOf(left, right);
      if (expected) expect(said).to.match(expected);
      else expect(said).to.equal(undefined);
    });
  }
});
