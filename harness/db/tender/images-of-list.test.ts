import { expect } from 'chai';
import { imagesOfList, type KnownImages } from './images-of-list.ts';

type Facts = { readonly supportedUntil?: string; readonly variant?: string };

const known = (facts: Readonly<Record<string, Facts>>): KnownImages => ({ images: Object.keys(facts).map((id) => ({ id })), records: new Map(Object.entries(facts)) });

describe('the images of a list', () => {
  const now = new Date('2026-11-22T00:00:00Z');
  const old = { supportedUntil: '2026-11-21' };
  const last = { supportedUntil: '2026-11-22' };
  const backports = { ...last, variant: 'backports' };

  const table: readonly (readonly [what: string, Readonly<Record<string, Facts>>, readonly string[]])[] = [
    ['those in support, on the last day too', { a: old, c: last, b: {} }, ['b', 'c']],
    ['no variants', { a: last, b: backports }, ['a']],
    ['of none in support, all that are no variant', { a: old, b: backports, c: old }, ['a', 'c']],
    ['of variants only, all', { a: backports, b: backports }, ['a', 'b']],
    ['none where nothing is known', {}, []],
  ];
  for (const [what, facts, expected] of table) it(`are, without a wish, ${what}`, () => expect(imagesOfList(known(facts), [], now)).to.deep.equal(expected));

  it('are the wished ones, whatever they are', () => {
    const facts = known({ a: old, b: backports, c: last });
    expect(imagesOfList(facts, ['b', 'a'], now)).to.deep.equal(['b', 'a']);
    expect(imagesOfList(facts, ['a', 'all'], now)).to.deep.equal(['a', 'b', 'c']);
  });

  it('one that there is not is said, with what there is', () => {
    expect(() => imagesOfList(known({ 'debian-12': {} }), ['debian-21'], now)).to.throw(/no image "debian-21"; did you mean "debian-12"/).and.include({ code: 'unknown-image', blame: 'usage', advice: 'known: debian-12, all' });
  });
});
