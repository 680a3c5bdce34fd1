import { expect } from 'chai';
import { valuesMark, watchControls } from './watch-controls.ts';

describe('what stands for the values of a call', () => {
  it('is the same for the same values, and another for others', () => {
    const frames = (x: number): unknown[] => [[{ id: 0, x, y: 0.5 }], 7, undefined];
    expect(valuesMark(frames(0.2))).to.match(/^[0-9a-f]{12}$/).and.to.equal(valuesMark(frames(0.2)));
    const marks = [[], frames(0.2), frames(0.3), [true], [false], ['a', 'b'], ['ab', ''], [new Uint8Array([1, 2])], [new Uint8Array([1, 3])], [new Uint8Array(5 * 2 ** 20)], [new Uint8Array(5 * 2 ** 20 + 1)]].map(valuesMark);
    expect(new Set(marks).size).to.equal(marks.length);
  });

  it('is there for what no JSON can be made of', () => {
    const round: unknown[] = [];
    round.push(round);
    for (const value of [round, 1n, () => undefined, Symbol('x')]) expect(valuesMark([value])).to.match(/^[0-9a-f]{12}$/);
  });

  it('is asked with what the suite gave, of a method and of a property', () => {
    const seen: (readonly [string, readonly unknown[]])[] = [];
    const watched = watchControls({ paper: true, feed: (_sheets: number): void => undefined }, (name, body, values) => {
      if (body()) seen.push([name, values]);
    });
    watched.feed(3);
    watched.paper = false;
    expect(seen).to.deep.equal([['feed', [3]], ['paper=', [false]]]);
  });
});
