import { expect } from 'chai';
import type { Observation, ObservedFailure } from '../generated/observations.ts';
import { quirksSeen, quirksSeenLine } from './quirks-seen.ts';

const observation = (personalities: [string, ...string[]], fails: ObservedFailure[] = []): Observation => ({
  personalities,
  model: 'm',
  suite: 's',
  seen: '2026-11-22',
  night: '20261122-000000-aaaa',
  imageSha256: 'a'.repeat(64),
  suiteRevision: 'b'.repeat(16),
  outcome: fails.length > 0 ? 'FAIL' : 'PASS',
  works: ['a.b'],
  fails,
});

describe('quirks that were seen in a guest', () => {
  const known: ObservedFailure = { feature: 'a.c', message: 'x', knownIssues: ['k'] };
  const other: ObservedFailure = { feature: 'a.d', message: 'y' };

  it('have the worst that any image showed, and combinations count for none', () => {
    const seen = quirksSeen(
      ['good', 'listed', 'bad', 'mixed', 'unseen'],
      new Map([
        ['one', [observation(['good']), observation(['listed'], [known]), observation(['bad'], [known, other]), observation(['mixed'])]],
        ['two', [observation(['mixed'], [known]), observation(['good', 'unseen'], [other])]],
      ]),
    );
    expect([...seen]).to.deep.equal([['good', 'works'], ['listed', 'known'], ['bad', 'fails'], ['mixed', 'known'], ['unseen', 'never']]);
    expect(quirksSeenLine(seen)).to.equal('4 of 5 seen in a guest: 1 work, 2 fail as known issues say, 1 fail otherwise; never: unseen');
  });

  it('are all named when none is left out', () => {
    expect(quirksSeenLine(quirksSeen(['good'], new Map([['one', [observation(['good'])]]])))).to.equal('1 of 1 seen in a guest: 1 work, 0 fail as known issues say, 0 fail otherwise');
  });
});
