import { expect } from 'chai';
import { setImmediate as turn } from 'node:timers/promises';
import { PaperPath } from './paper-path.ts';

describe('the way into a printer', () => {
  it('takes nothing while held, bytes on their way included', async () => {
    const path = new PaperPath(1_000_000);
    let taken = false;
    const slow = path.admit(1000, new AbortController().signal).then((admitted) => (taken = admitted));
    path.hold(true);
    // longer than the thousand bytes take
    const other = new PaperPath(1_000_000);
    await other.admit(20_000, new AbortController().signal);
    await turn();
    expect(taken).to.equal(false);
    path.hold(false);
    expect(await slow).to.equal(true);
  });

  it('lets the driver give up, held or on the way', async () => {
    for (const held of [true, false]) {
      const path = new PaperPath(1);
      path.hold(held);
      const gaveUp = new AbortController();
      const admitted = path.admit(1000, gaveUp.signal);
      gaveUp.abort();
      expect(await admitted).to.equal(false);
    }
  });

  it('waits for paper', async () => {
    const path = new PaperPath(undefined);
    path.setPaper(false);
    const admitted = path.admit(10, new AbortController().signal);
    path.setPaper(true);
    expect(await admitted).to.equal(true);
  });
});
