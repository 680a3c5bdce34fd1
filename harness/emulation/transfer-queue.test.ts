import { expect } from 'chai';
import { TransferQueue } from './transfer-queue.ts';

describe('TransferQueue', () => {
  it('keeps the order, and tells what is gone', () => {
    const queue = new TransferQueue<{ n: number }>();
    const [one, two, three] = [{ n: 1 }, { n: 2 }, { n: 3 }];
    for (const transfer of [one, two, three]) queue.push(transfer);
    expect(queue.first).to.equal(one);
    expect(queue.remove(two)).to.equal(1);
    expect(queue.remove(two)).to.equal(-1);
    expect([queue.has(one), queue.has(two)]).to.deep.equal([true, false]);
    expect(queue.drain()).to.deep.equal([one, three]);
    expect(queue.first).to.equal(undefined);
  });

  it('holds one until it is let go of, and calls nobody after that', async () => {
    const queue = new TransferQueue<{ n: number }>();
    const one = { n: 1 };
    queue.push(one);
    let called = 0;
    queue.hold(one, 5, () => (called += 1));
    expect([queue.held, queue.holds(one), queue.holds({ n: 1 })]).to.deep.equal([true, true, false]);
    queue.release();
    expect(queue.held).to.equal(false);
    await new Promise<void>((over) => {
      queue.hold(one, 10, over);
    });
    expect([called, queue.held]).to.deep.equal([0, false]);
    queue.hold(one);
    queue.drain();
    expect(queue.held).to.equal(false);
  });
});
