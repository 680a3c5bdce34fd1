import { expect } from 'chai';
import { Durations } from './estimate.ts';
import { sampleCell, sampleResult } from './testing/sample-cell.ts';

describe('Durations', () => {
  const [a, b, c] = [sampleCell(1, 'a', 'printers'), sampleCell(2, 'b', 'printers'), sampleCell(3, 'c', 'panels')];

  it('uses the cell, else its suite, else the fallback', () => {
    const durations = new Durations(45);
    durations.learn(sampleResult(a, 'PASS', 'n', 20_000));
    expect(durations.secondsOf(a.id)).to.equal(20);
    expect(durations.secondsOf(b.id)).to.equal(20);
    expect(durations.secondsOf(c.id)).to.equal(45);
  });

  it('learns nothing from a cell that did not run', () => {
    const durations = new Durations(45);
    durations.learn(sampleResult(a, 'MISS', 'n', 1));
    expect(durations.secondsOf(a.id)).to.equal(45);
  });

  it('learns from a device with a quirk about that only', () => {
    const durations = new Durations(45);
    const quirky = { ...a, id: { ...a.id, id: `${a.id.id}+slow`, personalities: ['slow'] as [string] } };
    durations.learn(sampleResult(quirky, 'PASS', 'n', 90_000));
    expect([durations.secondsOf(quirky.id), durations.secondsOf(a.id)]).to.deep.equal([90, 45]);
  });

  it('puts the longest first and never estimates less than the longest', () => {
    const durations = new Durations(10);
    durations.learn(sampleResult(c, 'PASS', 'n', 60_000));
    expect(durations.order([a, b, c])[0]).to.equal(c);
    expect(durations.left([a.id, b.id, c.id], 2)).to.equal(60);
    expect(durations.left([a.id, b.id], 1)).to.equal(20);
    expect(durations.left([], 2)).to.equal(0);
  });
});
