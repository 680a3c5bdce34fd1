import { expect } from 'chai';
import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import type { ListLine } from '../tender/list-lines.ts';
import { changeText, tallyTexts } from './change-texts.ts';
import { compareAnswers } from './compare-answers.ts';
import { answerKey, type Snapshot } from './snapshot.ts';
import { matchLines, watchList } from './watch-list.ts';

function answer(change: Partial<FrozenAnswer> = {}): FrozenAnswer {
  return {
    device: 'laser',
    name: 'ACME Laser',
    image: 'debian-12',
    headline: 'works',
    headlineWhenTested: 'works',
    level: 'E4',
    freshness: 'fresh',
    contested: false,
    lastTestedAt: '2026-11-20T00:00:00.000Z',
    validUntil: '2027-11-20',
    features: { 'printers/printing.raw': 'works' },
    ...change,
  };
}

function snapshot(answers: readonly FrozenAnswer[], devices: readonly string[] = ['laser', 'mfp']): Snapshot {
  return { label: 'x', date: '2026-11-22', devices: new Map(devices.map((id) => [id, `ACME ${id}`])), answers: new Map(answers.map((each) => [answerKey(each), each])) };
}

const broken = { 'printers/printing.raw': 'broken' } as const;

describe('compareAnswers', () => {
  const table: readonly (readonly [string, Partial<FrozenAnswer> | undefined, Partial<FrozenAnswer> | undefined, string])[] = [
    ['nothing changed', {}, {}, ''],
    ['only newer runs', {}, { lastTestedAt: '2026-11-22T00:00:00.000Z' }, ''],
    ['it worked and does not', {}, { headline: 'does-not-work', features: broken }, 'regressed works>does-not-work features-fail'],
    ['it worked and is said not to', { headline: 'expected-to-work', level: 'E2' }, { headline: 'expected-not-to-work', level: 'E2', features: broken }, 'regressed expected-to-work>expected-not-to-work features-fail'],
    ['results contradict each other now', {}, { headline: 'conflicting' }, 'regressed works>conflicting '],
    ['it loses its certificate', { headline: 'certified', level: 'E5' }, {}, 'downgraded certified>works level'],
    ['it has limits now', {}, { headline: 'works-with-limits', features: { 'printers/printing.raw': 'limited' } }, 'downgraded works>works-with-limits features-fail'],
    ['it went stale', {}, { headline: 'expected-to-work', freshness: 'stale' }, 'downgraded works>expected-to-work freshness'],
    ['an emulated answer went stale', { headline: 'expected-to-work' }, { headline: 'not-tested', freshness: 'stale' }, 'withdrawn expected-to-work>not-tested freshness'],
    ['its runs are gone', {}, undefined, 'withdrawn works>not-tested no-runs'],
    ['a feature fails and the word stays', { headline: 'works-with-limits' }, { headline: 'works-with-limits', features: broken }, 'downgraded works-with-limits>works-with-limits features-fail'],
    ['a feature works and the word stays', { headline: 'works-with-limits', features: broken }, { headline: 'works-with-limits' }, 'changed works-with-limits>works-with-limits features-work'],
    ['it is contested', {}, { contested: true }, 'changed works>works contested'],
    ['it works now', { headline: 'does-not-work', features: broken }, {}, 'upgraded does-not-work>works features-work'],
    ['it was tried on a real device', { headline: 'expected-to-work', level: 'E2' }, {}, 'upgraded expected-to-work>works level'],
    ['something is known', undefined, {}, 'answered not-tested>works '],
    ['it is known not to work', undefined, { headline: 'does-not-work', features: broken }, 'answered not-tested>does-not-work '],
    ['from bad to worse', { headline: 'expected-not-to-work', features: broken }, { headline: 'does-not-work', features: broken }, 'downgraded expected-not-to-work>does-not-work '],
  ];
  for (const [name, before, after, expected] of table) {
    it(`${name}: ${expected || 'no change'}`, () => {
      const changes = compareAnswers(snapshot(before === undefined ? [] : [answer(before)]), snapshot(after === undefined ? [] : [answer(after)]));
      expect(changes.map(({ kind, from, to, because }) => `${kind} ${from}>${to} ${because.map(({ code }) => code).join(',')}`).join('; ')).to.equal(expected);
    });
  }

  it('tells devices that come and go, with answers or without', () => {
    const before = snapshot([answer(), answer({ device: 'mfp' })], ['laser', 'mfp', 'silent']);
    const after = snapshot([answer(), answer({ device: 'new', name: 'N' })], ['laser', 'new', 'quiet']);
    expect(compareAnswers(before, after).map(({ kind, device, image }) => `${kind} ${device} ${image}`)).to.deep.equal(['removed mfp debian-12', 'removed silent ', 'added quiet ', 'added new debian-12']);
  });

  it('puts the worst first', () => {
    const images = ['a', 'b', 'c', 'd'];
    const before = snapshot(images.map((image) => answer({ image, headline: image === 'd' ? 'does-not-work' : 'certified' })));
    const after = snapshot(images.map((image, index) => answer({ image, headline: (['works', 'does-not-work', 'expected-not-to-work', 'works'] as const)[index] ?? 'works' })));
    expect(compareAnswers(before, after).map(({ image, to }) => `${image} ${to}`)).to.deep.equal(['b does-not-work', 'c expected-not-to-work', 'a works', 'd works']);
  });
});

describe('the words of a change', () => {
  const before = snapshot([answer({ headline: 'certified' }), answer({ headline: 'certified', image: 'debian-13' }), answer({ device: 'mfp', name: 'ACME MFP', headline: 'certified' })]);
  const after = snapshot([answer({ headline: 'does-not-work', features: broken }), answer({ image: 'debian-13' }), answer({ device: 'mfp', name: 'ACME MFP', level: 'E4' })]);
  const changes = compareAnswers(before, after);

  it('counts devices, not answers', () => {
    expect(tallyTexts(changes, 'en')).to.deep.equal(['2 devices lose "Certified"', '2 devices gain "Works"', '1 device gains "Does not work"']);
    expect(tallyTexts(changes, 'ru')[0]).to.equal('теряют «Сертифицировано»: 2');
  });

  it('says from what to what and why, in both languages', () => {
    const [worst] = changes;
    if (worst === undefined) throw new Error('nothing changed');
    expect(changeText(worst, 'en')).to.match(/^ACME Laser \(laser\), debian-12: Certified → Does not work \(fails now: /);
    expect(changeText(worst, 'ru')).to.match(/^ACME Laser \(laser\), debian-12: Сертифицировано → Не работает \(перестало работать: /);
  });
});

describe('watchList', () => {
  const line = (row: number, ask: string, value?: number): ListLine => ({ sheet: '', row, text: ask, asks: [ask], quantity: { text: '', value } });
  const oracle = {
    name: (id: string) => id,
    decide: (asked: string) => {
      const all = ['laser', 'mfp'].includes(asked) ? [{ device: asked, confidence: 1, kind: 'exact' as const, because: [] }] : [];
      return { decision: all[0] === undefined ? ({ kind: 'none' } as const) : ({ kind: 'one', match: all[0] } as const), all };
    },
  };
  const changes = compareAnswers(snapshot([answer(), answer({ image: 'debian-13' }), answer({ device: 'mfp', name: 'MFP' })]), snapshot([answer({ headline: 'does-not-work' }), answer({ image: 'debian-13', headline: 'certified' }), answer({ device: 'mfp', name: 'MFP', headline: 'does-not-work' })]));

  it('tells what got worse of what was bought, with rows and pieces, and nothing else', () => {
    const report = watchList(matchLines([line(2, 'laser', 5), line(3, 'a table', 9), line(7, 'laser', 2)], oracle), changes, []);
    expect(report.worse.map(({ device, image, lines, pieces }) => `${device} ${image} ${lines.map(({ row }) => row).join('+')} ${pieces}`)).to.deep.equal(['laser debian-12 2+7 7']);
    expect(report.other.map(({ image, to }) => `${image} ${to}`)).to.deep.equal(['debian-13 certified']);
    expect(report.unmatched.map(({ line: { row } }) => row)).to.deep.equal([3]);
    expect(report.devices).to.equal(1);
  });

  it('looks at the asked images only', () => {
    expect(watchList(matchLines([line(2, 'laser')], oracle), changes, ['debian-13']).worse).to.deep.equal([]);
  });
});
