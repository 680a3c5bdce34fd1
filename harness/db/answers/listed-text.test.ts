import { expect } from 'chai';
import type { SourcedClaim } from '../import/expectation.ts';
import { expectationOf, levelOf } from '../import/expectation.ts';
import { listedText } from './listed-text.ts';

const claim = (says: SourcedClaim['says'], more: Partial<SourcedClaim> = {}): SourcedClaim => ({ source: 'SANE 1.2', date: '2025-03-01', licence: 'GPL', at: 'canon.desc:4', evidence: 'E1', says, ...more });
const facts = (...claims: readonly SourcedClaim[]) => ({ expectation: expectationOf(claims), level: levelOf(claims), claims });

describe('listedText', () => {
  const cases: readonly (readonly [string, ReturnType<typeof facts>, RegExp, RegExp])[] = [
    ['lists that say it works', facts(claim('works')), /не проверяли.*должно работать/, /have not tested.*expect that it works/],
    ['lists that say it does not', facts(claim('broken')), /не проверяли.*не должно/, /have not tested.*does not work/],
    ['lists that contradict each other', facts(claim('works'), claim('broken', { source: 'other' })), /говорят о нём разное/, /contradict/],
    ['lists that only name it', facts(claim('seen')), /не говорят, работает ли/, /do not say/],
    ['a probe that nobody reviewed', facts(claim('works', { evidence: 'E3', review: 'needed' })), /не говорят, работает ли/, /do not say/],
    ['a reviewed report', facts(claim('works', { evidence: 'E3', review: 'A. Ivanova, 2026-11-22' })), /должно работать/, /expect that it works/],
  ];
  for (const [what, given, ru, en] of cases) {
    it(`${what}: says that we tried nothing, and never plainly that it works`, () => {
      expect(listedText(given, 'ru', { own: false }).sentence).to.match(ru).and.match(/^Мы это устройство не проверяли/);
      expect(listedText(given, 'en', { own: false }).sentence).to.match(en).and.match(/^We have not tested/);
    });
  }

  it('tells source, day, evidence, licence and reviewer of each', () => {
    expect(listedText(facts(claim('works', { driver: 'pixma', evidence: 'E3', review: 'A. Ivanova, 2026-11-22' })), 'en', { own: true }).claims).to.deep.equal(['SANE 1.2, 1 March 2025: works (pixma). Evidence E3, source read by A. Ivanova, 2026-11-22; licence: GPL']);
    expect(listedText(facts(claim('broken')), 'ru', { own: true }).claims[0]).to.include('1 марта 2025').and.include('не работает').and.include('GPL');
  });

  it('names the lists where none claims anything', () => expect(listedText(facts(), 'en', { own: false, listedBy: ['usb-ids'] }).claims).to.deep.equal(['Lists that name it: usb-ids.']));
});
