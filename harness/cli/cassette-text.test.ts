import { expect } from 'chai';
import { cassetteEventLine } from './cassette-text.ts';

describe('cassetteEventLine', () => {
  it('says who, what, where, the first bytes and what they mean', () => {
    expect(cassetteEventLine({ t: 8713.16, from: 'host', kind: 'bulk', endpoint: 4, status: 'ok', data: Uint8Array.of(0x30, 0x20), meaning: 'STK500 GET_SYNC' }, 31)).to.equal('    31     8.713160 host   bulk      endpoint 4 out 30 20 | STK500 GET_SYNC');
    expect(cassetteEventLine({ t: 1, from: 'device', kind: 'interrupt', endpoint: 0x81, status: 'stall' }, 2)).to.match(/device interrupt endpoint 1 in stall$/);
  });

  it('shows nothing of a hostile file that a terminal would obey', () => {
    const evil = '\x1b]0;x\x07\u009b2J\u202e';
    const line = cassetteEventLine({ t: 0, from: 'suite', kind: 'call', name: evil, status: evil, meaning: evil }, 0);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(line).to.not.match(/[\x00-\x1f\x7f-\x9f\u202e]/);
  });
});
