import { expect } from 'chai';
import type { Headline } from '../verdicts/headline.ts';
import type { Freshness } from '../verdicts/freshness.ts';
import { validUntil } from './valid-until.ts';

const now = new Date('2026-11-22T12:00:00Z');
type Facts = Parameters<typeof validUntil>[0];

function facts(change: Partial<Omit<Facts, 'assessment'>> & { readonly headline?: Headline; readonly freshness?: Freshness; readonly at?: string } = {}): Facts {
  const { headline = 'works', freshness = 'fresh', at = '2026-11-21T03:00:00.000Z', ...rest } = change;
  return { assessment: { headline, freshness, features: [], lastTestedAt: at }, supportedUntil: undefined, retired: undefined, now, ...rest };
}

describe('validUntil', () => {
  const table: readonly (readonly [string, Facts, string | null])[] = [
    ['a year after the test', facts(), '2027-11-21 evidence-ages'],
    ['support ends sooner', facts({ supportedUntil: '2027-01-31' }), '2027-01-31 image-support-ends'],
    ['support ends later', facts({ supportedUntil: '2029-01-31' }), '2027-11-21 evidence-ages'],
    ['support has ended: that is a reason, and no day to come', facts({ supportedUntil: '2026-11-21' }), '2027-11-21 evidence-ages'],
    ['support ends today', facts({ supportedUntil: '2026-11-22' }), '2026-11-22 image-support-ends'],
    ['the device leaves the programme', facts({ retired: '2026-12-31' }), '2026-12-31 device-retires'],
    ['a waiver expires', facts({ expiries: [{ date: '2027-03-01', because: 'waiver-expires' }] }), '2027-03-01 waiver-expires'],
    ['the first of several', facts({ supportedUntil: '2027-02-01', expiries: [{ date: '2027-03-01', because: 'waiver-expires' }, { date: '2027-01-01', because: 'certificate-expires' }] }), '2027-01-01 certificate-expires'],
    ['the last day is over', facts({ at: '2025-11-01T03:00:00.000Z' }), null],
    ['bad news holds as long as good', facts({ headline: 'does-not-work' }), '2027-11-21 evidence-ages'],
    ['not tested', facts({ headline: 'not-tested' }), null],
    ['conflicting', facts({ headline: 'conflicting' }), null],
    ['stale', facts({ freshness: 'stale' }), null],
    ['retired', facts({ freshness: 'retired' }), null],
    ['ageing', facts({ freshness: 'ageing' }), '2027-11-21 evidence-ages'],
    ['incomplete', facts({ freshness: 'incomplete' }), '2027-11-21 evidence-ages'],
    ['nothing dated at all', facts({ at: '' }), null],
  ];
  for (const [what, given, expected] of table) {
    it(`${what}: ${expected ?? 'no day'}`, () => {
      const found = validUntil(given);
      expect(found && `${found.date} ${found.because}`).to.equal(expected);
    });
  }
});
