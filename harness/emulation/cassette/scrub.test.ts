import { expect } from 'chai';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { NameScrubber } from './scrub.ts';

const replacements = [{ from: 'SCHOOL57-0042', to: 'XXXXXX00-0001' }];
const moved = (data: Uint8Array, endpoint = 0x81, kind: CassetteEvent['kind'] = 'bulk'): CassetteEvent => ({ t: 0, from: 'device', kind, endpoint, status: 'ok', data });

/** What is left of a text that comes in pieces. */
function left(pieces: readonly Uint8Array[]): Buffer {
  const scrubber = new NameScrubber(replacements);
  return Buffer.concat(pieces.map((piece) => scrubber.scrub(moved(piece)).data ?? new Uint8Array(0)));
}

describe('names in a cassette', () => {
  for (const encoding of ['latin1', 'utf16le'] as const) {
    it(`are others of the same length, in ${encoding}, and hardly half of one is left wherever it is cut`, () => {
      const text = Buffer.from('id SCHOOL57-0042, SCHOOL57-0042. SCHOOL', encoding);
      const clean = Buffer.from('id XXXXXX00-0001, XXXXXX00-0001. SCHOOL', encoding);
      expect(left([text.subarray(0, -6 * (encoding === 'latin1' ? 1 : 2))]).toString(encoding)).to.equal('id XXXXXX00-0001, XXXXXX00-0001. ');
      for (let at = 1; at < text.length; at += 1) {
        const found = left([text.subarray(0, at), text.subarray(at)]);
        expect(found).to.have.length(text.length);
        const wrong = [...found.keys()].filter((place) => found[place] !== clean[place] && place < clean.length - 12);
        expect(wrong.length, `cut at ${at}`).to.be.below(7 * (encoding === 'latin1' ? 1 : 2));
        expect(found.toString(encoding), `cut at ${at}`).to.not.contain('57-0042');
      }
      expect(left(Array.from(text, (byte) => Uint8Array.of(byte))).toString(encoding)).to.not.contain('57-0042');
    });
  }

  it('are not put together from two endpoints, two plugs or requests', () => {
    const scrubber = new NameScrubber(replacements);
    const [first, second] = [Buffer.from('SCHO'), Buffer.from('OL57-0042')];
    scrubber.scrub(moved(first));
    expect(scrubber.scrub(moved(second, 0x82)).data).to.deep.equal(Uint8Array.from(second));
    scrubber.scrub({ t: 0, from: 'suite', kind: 'plug' });
    expect(scrubber.scrub(moved(second)).data).to.deep.equal(Uint8Array.from(second));
    expect(Buffer.from(scrubber.scrub(moved(Buffer.from('SCHOOL57'), 0x80, 'control')).data ?? []).toString(), 'a string descriptor that was asked for in part').to.equal('SCHOOL57');
  });
});
