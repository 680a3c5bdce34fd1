import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { BisectAnswer } from '../../db/generated/bisect.ts';
import { bisect, passesNeeded, type BelowImages, type BisectListener, type BisectQuestion } from './bisect.ts';
import type { Subject } from './experiment.ts';
import { drawnFrom } from './search-cost.ts';
import { FakeExperiment } from './testing/fake-experiment.ts';
import { TrialJournal } from './trial-journal.ts';

const options = { rate: 1, confidence: 0.95 };
const silent: BisectListener = { part: () => undefined, trial: () => undefined };
const subject = (label: string): Subject => ({ image: label.split(' ')[0] ?? '', label, key: createHash('sha256').update(label).digest('hex').slice(0, 16) });
const images = (count: number): Subject[] => Array.from({ length: count }, (_, index) => subject(`os-${index}`));
const known = { good: true, bad: true };

/** Steps named p0, p1, ...; each needs the steps that `needs` says. */
function packages(count: number, needs: (step: number) => readonly number[] = () => []): BelowImages {
  const whole = (steps: readonly number[]): number[] => [...new Set(steps.flatMap((step) => [step, ...whole(needs(step))]))].sort((a, b) => a - b);
  return { steps: Array.from({ length: count }, (_, index) => [`p${index}`]), subject: (steps) => subject(`os-0 with ${whole(steps).map((step) => `p${step}`).join(' ')}`), kernels: [] };
}

describe('bisect', () => {
  it('finds the first bad of 64 images in 6 runs where stored results show the ends', async () => {
    for (const firstBad of [1, 2, 31, 32, 33, 62, 63]) {
      const experiment = new FakeExperiment(({ image }) => (Number(image.slice(3)) >= firstBad ? 'bad' : 'good'));
      const answer = await bisect({ images: images(64), known, options }, experiment, silent);
      expect(answer).to.deep.include({ kind: 'image', what: [`os-${firstBad}`], confidence: 1 });
      expect(experiment.ran.length).to.be.at.most(6);
    }
  });

  it('looks at the ends where no stored result shows them, and says which does not hold', async () => {
    const ask = async (question: Partial<BisectQuestion>, answer: 'good' | 'bad' | 'untestable'): Promise<unknown> => bisect({ images: images(4), known: { good: false, bad: false }, options, ...question }, new FakeExperiment(() => answer), silent).catch((error: unknown) => error);
    expect(await ask({}, 'good')).to.have.property('code', 'bad-end-passes');
    expect(await ask({}, 'bad')).to.have.property('code', 'good-end-fails');
    expect(await ask({}, 'untestable')).to.have.property('code', 'end-untestable');
    expect(await ask({ images: images(1) }, 'bad')).to.have.property('code', 'nothing-to-bisect');
  });

  it('goes below two images to the package, and shows that it alone is enough', async () => {
    for (let culprit = 0; culprit < 12; culprit += 1) {
      const experiment = new FakeExperiment(({ label }) => (label === 'os-1' || label.split(' ').includes(`p${culprit}`) ? 'bad' : 'good'));
      const answer = await bisect({ images: images(2), known, options, below: async () => Promise.resolve(packages(12)) }, experiment, silent);
      expect(answer).to.deep.include({ kind: 'package', what: [`p${culprit}`], alone: true, confidence: 1 });
      // All of them, four halvings, and the one alone.
      expect(experiment.ran.length).to.be.at.most(6);
    }
  });

  it('brings what a package depends on along, and still names the package', async () => {
    const experiment = new FakeExperiment(({ label }) => (label.split(' ').includes('p9') ? 'bad' : label.includes('p9') === label.includes('p3') ? 'good' : 'good'));
    const answer = await bisect({ images: images(2), known, options, below: async () => Promise.resolve(packages(12, (step) => (step === 9 ? [3] : []))) }, experiment, silent);
    expect(answer).to.deep.include({ what: ['p9'], alone: true });
    expect(experiment.ran.at(-1)?.label).to.equal('os-0 with p3 p9');
  });

  it('names two packages that fail only together', async () => {
    const experiment = new FakeExperiment(({ label }) => (['p2', 'p9'].every((name) => label.split(' ').includes(name)) ? 'bad' : 'good'));
    const answer = await bisect({ images: images(2), known, options, below: async () => Promise.resolve(packages(12)) }, experiment, silent);
    expect(answer).to.deep.include({ kind: 'package', what: ['p9'], alone: false, together: ['p2'] });
  });

  it('keeps what it found where what is below cannot be tested or read', async () => {
    const ask = async (below: BisectQuestion['below'], untestable: RegExp, bad: RegExp): Promise<BisectAnswer> => await bisect({ images: images(2), known, options, ...(below ? { below } : {}) }, new FakeExperiment(({ label }) => (untestable.test(label) ? 'untestable' : bad.test(label) ? 'bad' : 'good')), silent);
    const kernels = ['6.1', '6.12'].map((release) => subject(`os-0 with kernel ${release}`));
    const parts = async (): Promise<BelowImages> => Promise.resolve({ ...packages(4), kernels });
    const none = await ask(parts, /p3|6\.12/, /none/);
    expect(none).to.deep.include({ kind: 'none', what: ['os-1'] });
    expect(none.why).to.contain('p3 cannot be tested').and.to.contain('6.12 cannot be tested').and.not.to.contain('does not fail');
    expect(await ask(parts, /p3/, /6\.12/), 'the kernels are tried all the same').to.deep.include({ kind: 'kernel' });
    const found = await ask(async () => Promise.resolve(packages(4)), /with p2$/, /p2/);
    expect(found).to.deep.include({ kind: 'package', what: ['p2'] }).and.not.to.have.property('alone');
    expect(found.why).to.contain('with p2 cannot be tested');
    const together = await ask(async () => Promise.resolve(packages(4)), /with p1 p3$/, /p1.*p2.*p3/);
    expect(together).to.deep.include({ what: ['p3'], alone: false, together: ['p1', 'p2'] });
    const unread = await ask(async () => Promise.reject(new HwlabError({ code: 'package-not-repacked', blame: 'usage', message: 'no list of files' })), /none/, /none/);
    expect(unread).to.deep.include({ kind: 'image', what: ['os-1'], why: 'no further than the images: no list of files' });
  });

  it('tries the kernels where the packages explain nothing, and says when neither does', async () => {
    const kernels = ['6.1', '6.5', '6.9', '6.12'].map((release) => subject(`os-0 with kernel ${release}`));
    const below = async (): Promise<BelowImages> => Promise.resolve({ ...packages(3), kernels });
    const answer = await bisect({ images: images(2), known, options, below }, new FakeExperiment(({ label }) => (/6\.(9|12)$/.test(label) ? 'bad' : 'good')), silent);
    expect(answer).to.deep.include({ kind: 'kernel', what: ['os-0 with kernel 6.9'] });
    const none = await bisect({ images: images(2), known, options, below }, new FakeExperiment(() => 'good'), silent);
    expect(none.kind).to.equal('none');
    expect(none.why).to.contain('all packages of the bad one, and with its kernel').and.to.contain('--reboot');
  });

  it('finds the package with a test that fails in half of the runs, and says how sure it is', async () => {
    const random = drawnFrom(11);
    let right = 0;
    for (let each = 0; each < 40; each += 1) {
      const culprit = each % 12;
      const flaky = new FakeExperiment(({ label }) => (label.split(' ').includes(`p${culprit}`) && random() < 0.5 ? 'bad' : 'good'));
      const answer = await bisect({ images: images(2), known, options: { rate: 0.5, confidence: 0.95 }, below: async () => Promise.resolve(packages(12)) }, flaky, silent);
      expect(answer.confidence).to.be.at.least(0.95 * 0.9);
      if (answer.what[0] === `p${culprit}`) right += 1;
    }
    expect(right).to.be.at.least(34);
    expect(passesNeeded({ rate: 0.5, confidence: 0.95 })).to.equal(5);
  });

  describe('its journal', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-bisect-'))));
    afterEach(() => rmSync(folder, { recursive: true }));
    const asked = { id: '0123456789ab', asked: 'os-0 to os-63' };
    const answers = ({ image }: Subject): 'bad' | 'good' => (Number(image.slice(3)) >= 41 ? 'bad' : 'good');

    it('goes on after an interruption with the runs that it has', async () => {
      const file = join(folder, 'b.json');
      const first = await TrialJournal.open(file, asked, new FakeExperiment(answers, 3));
      expect(await bisect({ images: images(64), known, options }, first, silent).catch((error: unknown) => error)).to.be.instanceOf(Error);
      const experiment = new FakeExperiment(answers);
      const second = await TrialJournal.open(file, asked, experiment);
      const answer = await bisect({ images: images(64), known, options }, second, silent);
      await second.answer(answer);
      expect(answer.what).to.deep.equal(['os-41']);
      expect([second.stored, experiment.ran.length]).to.deep.equal([3, 3]);
      const third = await TrialJournal.open(file, asked, new FakeExperiment(answers, 0));
      expect(await bisect({ images: images(64), known, options }, third, silent)).to.deep.equal(answer);
      expect((await TrialJournal.open(file, asked, experiment, true)).stored).to.equal(0);
    });

    for (const [what, content] of [['cut', '{"schema":"hwlab/bi'], ['of another kind', '{"schema":"hwlab/bisect/2"}'], ['another question', JSON.stringify({ schema: 'hwlab/bisect/1', id: 'ba9876543210', asked: 'x', trials: [] })]] as const) {
      it(`refuses a file that is ${what}`, async () => {
        const file = join(folder, 'b.json');
        writeFileSync(file, content);
        expect(await TrialJournal.open(file, asked, new FakeExperiment(answers)).catch((error: unknown) => error)).to.have.property('code', 'bisect-invalid');
        expect(readFileSync(file, 'utf8')).to.equal(content);
      });
    }
  });
});
