import { expect } from 'chai';
import { didYouMean, editDistance, nearMatches } from './near-matches.ts';

describe('near matches', () => {
  it('counts insertions, deletions, substitutions and swapped neighbours as one each', () => {
    expect(editDistance('debian', 'debian')).to.equal(0);
    expect(editDistance('debian', 'debina')).to.equal(1);
    expect(editDistance('debian', 'deban')).to.equal(1);
    expect(editDistance('debian', 'debiann')).to.equal(1);
    expect(editDistance('debian', 'debixn')).to.equal(1);
    expect(editDistance('', 'abc')).to.equal(3);
    expect(editDistance('abc', '')).to.equal(3);
  });

  it('finds a name by typing mistakes, other punctuation, or a part of it', () => {
    const images = ['debian-12', 'debian-13', 'school-os-4'];
    expect(nearMatches('debain-12', images)[0]).to.equal('debian-12');
    expect(nearMatches('Debian 13', images)[0]).to.equal('debian-13');
    expect(nearMatches('school', images)).to.deep.equal(['school-os-4']);
    expect(nearMatches('zzz', images)).to.deep.equal([]);
    expect(nearMatches('', images)).to.deep.equal([]);
    expect(nearMatches('--', images)).to.deep.equal([]);
  });

  it('stays cheap for a huge input', () => {
    const started = performance.now();
    nearMatches('x'.repeat(1_000_000), Array.from({ length: 500 }, (_unused, index) => `model-${index}`));
    expect(performance.now() - started).to.be.below(1000);
  });

  it('words the end of an error message', () => {
    expect(didYouMean('debian-1', ['debian-12'])).to.equal('; did you mean "debian-12"?');
    expect(didYouMean('qqq', ['debian-12'])).to.equal('; known: debian-12');
    expect(didYouMean('qqq', [])).to.equal('; there are none');
  });
});
