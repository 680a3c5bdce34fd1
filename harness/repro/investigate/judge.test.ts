import { expect } from 'chai';
import type { InvestigationCheck } from '../../db/generated/investigations.ts';
import type { Both } from './because.ts';
import { nextCheck, outOfTime, type CheckKind, type SinceLastGood, type Verdict } from './judge.ts';

type Answer = InvestigationCheck['answer'];
type Answers = Readonly<Partial<Record<CheckKind, Answer | readonly Answer[]>>>;

const since = (...changed: readonly ('image' | 'suite' | 'model' | 'qemu')[]): SinceLastGood => ({ result: '20261121-031500-aaaa-001', image: changed.includes('image'), suite: changed.includes('suite'), model: changed.includes('model'), surroundings: changed.includes('qemu') ? ['QEMU 7.2 -> 8.0'] : [] });

/** Goes through the checks with these answers. */
function through(changes: SinceLastGood | undefined, answers: Answers): { readonly verdict: Verdict; readonly reasons: readonly string[]; readonly both: readonly Both[]; readonly checks: readonly CheckKind[] } {
  const done: InvestigationCheck[] = [];
  for (let steps = 0; steps < 20; steps += 1) {
    const next = nextCheck(changes, done);
    if ('verdict' in next) return { verdict: next.verdict, both: next.reasons, reasons: next.reasons.map(([en]) => en), checks: done.map(({ check }) => check) };
    const given = answers[next.check] ?? 'not done';
    const nth = done.filter(({ check }) => check === next.check).length;
    done.push({ check: next.check, on: `other ${next.check}`, answer: typeof given === 'string' ? given : (given[nth] ?? 'no answer'), why: 'for a reason', whyInRussian: 'по причине' });
  }
  throw new Error('never decided');
}

const comes: Answers = { again: 'same failure' };

describe('whose failure it is', () => {
  const cases: readonly (readonly [string, SinceLastGood | undefined, Answers, Verdict, readonly CheckKind[]])[] = [
    ['passes three times again', since('image'), { again: 'passes' }, 'sporadic', ['again', 'again', 'again']],
    ['passes once, then fails', since('image'), { again: ['passes', 'same failure', 'same failure'] }, 'sporadic', ['again', 'again', 'again']],
    ['the lab cannot run it again', since('image'), { again: 'no answer' }, 'environment', ['again', 'again']],
    ['it cannot be run again, as its image is gone', since('image'), {}, 'undecided', ['again']],
    ['no answer once, then it comes; the old image passes', since('image'), { again: ['no answer', 'same failure'], 'last-good-image': 'passes' }, 'product', ['again', 'again', 'last-good-image']],
    ['the last good image passes', since('image'), { ...comes, 'last-good-image': 'passes' }, 'product', ['again', 'last-good-image']],
    ['image and suite changed, the old image passes', since('image', 'suite'), { ...comes, 'last-good-image': 'passes' }, 'product', ['again', 'last-good-image']],
    ['image and suite changed, only the old suite passes', since('image', 'suite'), { ...comes, 'last-good-image': 'same failure', 'last-good-suite': 'passes' }, 'test', ['again', 'last-good-image', 'last-good-suite']],
    ['only the suite changed', since('suite'), { ...comes, 'last-good-suite': 'passes' }, 'test', ['again', 'last-good-suite']],
    ['the old suite cannot be had, the suite is all that changed', since('suite'), { ...comes, 'other-model': 'same failure', 'other-machine': 'same failure' }, 'test', ['again', 'last-good-suite', 'other-model', 'other-machine']],
    ['the old image is gone, and it fails everywhere', since('image'), { ...comes, 'other-model': 'same failure', 'other-machine': 'same failure' }, 'product', ['again', 'last-good-image', 'other-model', 'other-machine']],
    ['the model changed, another model passes', since('model'), { ...comes, 'other-model': 'passes' }, 'device', ['again', 'other-model']],
    ['nothing changed, another model passes', since(), { ...comes, 'other-model': 'passes', 'other-machine': 'same failure' }, 'device', ['again', 'other-model', 'other-machine']],
    ['never passed, another model passes', undefined, { ...comes, 'other-model': 'passes', 'other-machine': 'same failure' }, 'device', ['again', 'other-model', 'other-machine']],
    ['another machine passes', since('qemu'), { ...comes, 'other-model': 'same failure', 'other-machine': 'passes' }, 'environment', ['again', 'other-model', 'other-machine']],
    ['another machine and another model pass', undefined, { ...comes, 'other-model': 'passes', 'other-machine': 'passes' }, 'environment', ['again', 'other-model', 'other-machine']],
    ['QEMU changed and nothing helps', since('qemu'), { ...comes, 'other-model': 'same failure', 'other-machine': 'same failure' }, 'environment', ['again', 'other-model', 'other-machine']],
    ['the old image fails too, and QEMU changed', since('image', 'qemu'), { ...comes, 'last-good-image': 'same failure', 'other-model': 'same failure', 'other-machine': 'same failure' }, 'environment', ['again', 'last-good-image', 'other-model', 'other-machine']],
    ['never passed, fails everywhere', undefined, { ...comes, 'other-model': 'same failure', 'other-machine': 'same failure' }, 'undecided', ['again', 'other-model', 'other-machine']],
    ['nothing changed, fails everywhere', since(), { ...comes, 'other-model': 'same failure', 'other-machine': 'same failure' }, 'undecided', ['again', 'other-model', 'other-machine']],
    ['nothing can be done', since(), comes, 'undecided', ['again', 'other-model', 'other-machine']],
  ];
  for (const [what, changes, answers, verdict, checks] of cases) {
    it(`${what}: ${verdict}`, () => {
      const found = through(changes, answers);
      expect([found.verdict, found.checks], found.reasons.join('; ')).to.deep.equal([verdict, checks]);
      expect(found.reasons.join(' ')).to.have.length.above(20);
      for (const [en, ru] of found.both) {
        expect(en, 'in English').to.not.match(/[а-яё]/i);
        // Names of things stay; no sentence of the other language does.
        expect(ru, 'in Russian').to.match(/[а-яё]/i).and.to.not.match(/\b(?:passes|fails|changed|again|done|answer|reason|too)/);
      }
    });
  }

  it('decides whatever the answers are, by eight runs at most, and never says product, test or device without a check that passed or a change that is named', function () {
    this.timeout(60_000);
    const answers: readonly Answer[] = ['same failure', 'other failure', 'passes', 'no answer', 'not done'];
    const kinds: readonly CheckKind[] = ['again', 'last-good-image', 'last-good-suite', 'other-machine', 'other-model'];
    const changed = [undefined, since(), since('image'), since('suite'), since('model'), since('qemu'), since('image', 'suite', 'model', 'qemu')];
    let seen = 0;
    for (const changes of changed) {
      for (let code = 0; code < answers.length ** kinds.length; code += 1) {
        const given = Object.fromEntries(kinds.map((kind, index) => [kind, answers[Math.floor(code / answers.length ** index) % answers.length] ?? 'not done'])) as Readonly<Record<CheckKind, Answer>>;
        const { verdict, checks, reasons } = through(changes, given);
        expect(checks.length).to.be.at.most(8);
        if (given.again === 'passes') expect(verdict).to.equal('sporadic');
        const shown = reasons.some((reason) => reason.includes('passes') || reason.includes('changed'));
        if (['product', 'test', 'device'].includes(verdict)) expect(shown, `${verdict}: ${reasons.join('; ')}`).to.equal(true);
        seen += 1;
      }
    }
    expect(seen).to.equal(7 * 5 ** 5);
  });

  it('says what is known when the time ends', () => {
    expect(outOfTime([{ check: 'again', on: 'a pristine clone', answer: 'same failure' }])).to.deep.equal({ verdict: 'undecided', reasons: [['the time ended after 1 run', 'время вышло; запусков: 1'], ['it fails again, a pristine clone, too', 'ещё раз, a pristine clone, тоже отказ']] });
  });
});
