import { expect } from 'chai';
import { asItLooks, asItSounds, isForeign, soundSkeleton } from './look-alikes.ts';

describe('look-alikes', () => {
  const looks: readonly (readonly [string, string | undefined])[] = [
    ['нр', 'hp'], ['саnon', 'canon'], ['ерson', 'epson'], ['м2040dn', 'm2040dn'], ['тк-1170', 'tk-1170'], ['асеr', 'acer'], ['хегох', undefined], ['хeroх', 'xerox'], ['авекмнорстух', 'abekmhopctyx'], ['мфу', undefined], ['ζ', 'z'], ['hp', 'hp'], ['', ''],
  ];
  for (const [word, expected] of looks) it(`"${word}" looks like ${String(expected)}`, () => expect(asItLooks(word)).to.equal(expected));

  const sounds: readonly (readonly [string, string])[] = [['киосера', 'kiosera'], ['пантум', 'pantum'], ['ардуино', 'arduino'], ['щука', 'shuka'], ['объём', 'obem'.replace('m', '') + 'm'], ['abc', 'abc']];
  for (const [word, expected] of sounds) it(`"${word}" sounds like ${expected}`, () => expect(asItSounds(word.replace('ё', 'е'))).to.equal(expected));

  const same: readonly (readonly [cyrillic: string, latin: string])[] = [['киосера', 'kyocera'], ['экосис', 'ecosys'], ['пиксма', 'pixma'], ['версалинк', 'versalink'], ['леонардо', 'leonardo'], ['фазер', 'phaser'], ['интуос', 'intuos']];
  for (const [cyrillic, latin] of same) it(`${cyrillic} is heard as ${latin}`, () => expect(soundSkeleton(asItSounds(cyrillic))).to.equal(soundSkeleton(latin)));

  it('hears different words as different', () => {
    expect(soundSkeleton('kyocera')).to.not.equal(soundSkeleton('canon'));
    expect(soundSkeleton('brother')).to.not.equal(soundSkeleton('pantum'));
  });

  it('tells Latin from others', () => {
    expect(isForeign('hp 1320')).to.equal(false);
    expect(isForeign('hр')).to.equal(true);
    expect(isForeign('日本')).to.equal(false);
  });
});
