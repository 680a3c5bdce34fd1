import { expect } from 'chai';
import { durationOption, spanWords } from './duration-option.ts';

describe('a span of time', () => {
  for (const [text, minutes, words] of [['90m', 90, '1 h 30 min'], ['2h', 120, '2 h'], ['1h30m', 90, '1 h 30 min'], ['3d', 4320, '3 d'], ['1m', 1, '1 min']] as const) {
    it(text, () => {
      expect(durationOption(text)).to.equal(minutes * 60_000);
      expect(spanWords(minutes * 60_000)).to.equal(words);
    });
  }
  for (const text of ['', '2', '2 h', 'h', '0m', '-1h', '32d', '1e3m', '2hx']) it(`not "${text}"`, () => expect(() => durationOption(text)).to.throw(/a time is written as/));
  it('less than a minute', () => expect(spanWords(59_999)).to.equal('under a minute'));
});
