import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import { giveUpWhenLost } from './give-up-when-lost.ts';

describe('what a lease gave', () => {
  const cases: readonly [what: string, code: string, watching: boolean, said: readonly string[]][] = [
    ['is given up when the lease is lost, and that is said', 'lease-lost', true, ['disposed', 'uno-1 is given up: it was taken']],
    ['stays when the run is interrupted, which ends it in order', 'interrupted', true, []],
    ['stays when it was given back before', 'lease-lost', false, []],
  ];
  for (const [what, code, watching, expected] of cases) {
    it(what, () => {
      const done: string[] = [];
      const lease = new AbortController();
      const given: AsyncDisposable = { [Symbol.asyncDispose]: async () => void done.push('disposed') };
      {
        using _watch = giveUpWhenLost(lease.signal, given, 'uno-1', (line) => void done.push(line));
        if (watching) lease.abort(new HwlabError({ code, blame: 'lab', message: 'it was taken' }));
      }
      lease.abort(new HwlabError({ code, blame: 'lab', message: 'it was taken' }));
      expect(done.sort()).to.deep.equal(expected);
    });
  }

  it('that cannot be given up is said to be', async () => {
    const said: string[] = [];
    const lease = new AbortController();
    using _watch = giveUpWhenLost(lease.signal, { [Symbol.asyncDispose]: async () => Promise.reject(new Error('it hangs')) }, 'uno-1', (line) => void said.push(line));
    lease.abort(new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'it was taken' }));
    await new Promise(setImmediate);
    expect(said.at(-1)).to.equal('uno-1 could not be given up: it hangs');
  });
});
