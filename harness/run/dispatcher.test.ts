import { expect } from 'chai';
import { dispatch } from './dispatcher.ts';

describe('dispatch', () => {
  it('starts no job after one has thrown, waits for those under way, and throws the first error', async () => {
    const ended: number[] = [];
    const error = new Error('second');
    const caught = await dispatch([1, 2, 3, 4], 2, async (job) => {
      if (job === 2) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended.push(job);
    }).catch((thrown: unknown) => thrown);
    expect(caught).to.equal(error);
    expect(ended).to.deep.equal([1]);
  });

  it('does nothing without jobs', async () => {
    await dispatch([], 3, () => {
      throw new Error('never');
    });
  });
});
