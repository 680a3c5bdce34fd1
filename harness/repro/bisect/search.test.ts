import { expect } from 'chai';
import { drawnFrom, searchCost } from './search-cost.ts';
import { nextStep, type Observation, type SearchOptions, type SearchStep } from './search.ts';

const sure: SearchOptions = { rate: 1, confidence: 0.95 };

/** Searches to the end against a system whose first bad change is `firstBad`. */
function search(changes: number, firstBad: number, options: SearchOptions, random = (): number => 0, untestable: readonly number[] = []): { readonly found: SearchStep; readonly runs: readonly Observation[] } {
  const runs: Observation[] = [];
  for (;;) {
    const step = nextStep(changes, runs, options);
    if (step.kind !== 'test') return { found: step, runs };
    expect(step.at, 'a point between the ends').to.be.within(1, changes - 1);
    runs.push({ at: step.at, outcome: untestable.includes(step.at) ? 'untestable' : step.at >= firstBad && random() < options.rate ? 'bad' : 'good' });
    expect(runs.length).to.be.below(2000);
  }
}

describe('the search for the first bad change', () => {
  it('names every one of 64 changes in at most 6 runs, and is sure', () => {
    for (let firstBad = 1; firstBad <= 64; firstBad += 1) {
      const { found, runs } = search(64, firstBad, sure);
      expect(found).to.deep.equal({ kind: 'found', from: firstBad, to: firstBad, confidence: 1 });
      expect(runs.length).to.be.at.most(6);
    }
  });

  it('is a bisection at any length: never more runs than the rounded logarithm', () => {
    for (let changes = 1; changes <= 70; changes += 1) for (let firstBad = 1; firstBad <= changes; firstBad += 1) expect(search(changes, firstBad, sure).runs.length).to.be.at.most(searchCost(changes, sure).most);
  });

  it('asks a point that cannot be tested twice at most, and goes round it', () => {
    const { found, runs } = search(16, 11, sure, undefined, [8, 12]);
    expect(found).to.include({ from: 11, to: 11 });
    expect(Math.max(...[8, 12].map((at) => runs.filter((run) => run.at === at).length))).to.be.at.most(2);
  });

  it('names a range where what lies between cannot be tested', () => {
    expect(search(8, 4, sure, undefined, [3, 4, 5]).found).to.deep.include({ kind: 'found', from: 3, to: 6 });
    expect(search(4, 2, sure, undefined, [1, 2, 3]).found).to.deep.include({ kind: 'found', from: 1, to: 4, confidence: 1 });
  });

  for (const rate of [0.9, 0.5, 0.25]) {
    it(`is right as often as it says with a test that fails in ${rate * 100} of 100 runs`, () => {
      const random = drawnFrom(7);
      const options = { rate, confidence: 0.95 };
      const counts: number[] = [];
      let right = 0;
      for (let each = 0; each < 200; each += 1) {
        const firstBad = 1 + ((each * 7) % 64);
        const { found, runs } = search(64, firstBad, options, random);
        if (found.kind === 'found' && found.from === firstBad && found.to === firstBad) right += 1;
        counts.push(runs.length);
      }
      // 200 searches of which each is right with at least 0.95: fewer than 178 would be a chance of one in a thousand.
      expect(right).to.be.at.least(178);
      const { most } = searchCost(64, options);
      expect(counts.filter((count) => count > most).length, 'searches that cost more than was said').to.be.below(30);
    });
  }

  it('costs more the less often the test fails, and the same cost is said twice', () => {
    const [often, seldom] = [0.8, 0.3].map((rate) => searchCost(64, { rate, confidence: 0.95 }));
    expect(seldom?.usual).to.be.above(often?.usual ?? 0);
    expect(searchCost(64, { rate: 0.3, confidence: 0.95 })).to.deep.equal(seldom);
    expect(often?.most).to.be.above(6);
  });

  it('says when nothing explains what was seen', () => {
    expect(nextStep(8, [{ at: 6, outcome: 'good' }, { at: 3, outcome: 'bad' }], sure)).to.deep.equal({ kind: 'contradiction' });
    expect(nextStep(8, [{ at: 6, outcome: 'good' }, { at: 3, outcome: 'bad' }], { ...sure, rate: 0.5 }).kind).to.equal('test');
  });

  it('leaves out of a range what is excluded', () => {
    // 2 was refused twice, and passed once in between.
    const seen: Observation[] = [{ at: 3, outcome: 'bad' }, { at: 2, outcome: 'untestable' }, { at: 2, outcome: 'good' }, { at: 2, outcome: 'untestable' }];
    expect(nextStep(4, seen, sure)).to.include({ kind: 'found', from: 3, to: 3 });
  });

  it('has nothing to test where only one thing changed', () => {
    expect(nextStep(1, [], sure)).to.deep.equal({ kind: 'found', from: 1, to: 1, confidence: 1 });
  });
});
