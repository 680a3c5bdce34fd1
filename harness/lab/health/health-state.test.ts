import { expect } from 'chai';
import type { HealthRecord, Wiring } from './health-record.ts';
import { checkedFor, healthOf, isUsable, relapseWithin } from './health-state.ts';

const minute = 60_000;
const start = Date.parse('2026-11-22T00:00:00Z');

function record(subject: string, minutes: number, outcome: 'ok' | 'failed'): HealthRecord {
  return { at: new Date(start + minutes * minute).toISOString(), subject, when: 'nightly', outcome, ...(outcome === 'failed' ? { code: 'power-unreachable' } : {}) };
}

/** `+` a clean check, `-` a failed one, an hour apart. */
function row(subject: string, checks: string, every = 60): readonly HealthRecord[] {
  return [...checks].map((check, at) => record(subject, at * every, check === '+' ? 'ok' : 'failed'));
}

describe('the health of one machine', () => {
  const wiring: Wiring = { 'machine/a': ['station s'] };
  // Every history of up to five checks, against the rules said once more and otherwise: in words of the last states.
  const histories = Array.from({ length: 5 }, (_none, length) => Array.from({ length: 2 ** (length + 1) }, (_one, bits) => bits.toString(2).padStart(length + 1, '0').replaceAll('0', '+').replaceAll('1', '-'))).flat();
  const expected = (checks: string): string => {
    let state = 'unknown';
    let needed = 1;
    for (let at = 1; at <= checks.length; at += 1) {
      const seen = checks.slice(0, at);
      if (state === 'quarantined') {
        if (seen.endsWith('+'.repeat(needed))) [state, needed] = ['checked', Math.min(3, needed + 1)];
      } else if (seen.endsWith('--')) state = 'quarantined';
      else if (seen.endsWith('+')) state = 'checked';
    }
    return state;
  };
  it(`follows the rules in all ${histories.length} histories of up to five checks`, () => {
    expect(histories).to.have.lengthOf(62);
    for (const checks of histories) {
      const [health] = healthOf(row('machine/a', checks), wiring, start + 6 * 60 * minute);
      expect(health?.health, checks).to.equal(expected(checks));
    }
  });

  const rows: readonly [string, string, string, number][] = [
    ['never checked', '', 'unknown', 0],
    ['one clean check', '+', 'checked', 0],
    ['one failure is no quarantine', '+-', 'checked', 0],
    ['one failure of an unknown one leaves it unknown', '-', 'unknown', 0],
    ['two in a row are', '+--', 'quarantined', 1],
    ['two that are not in a row are not', '+-+-+', 'checked', 0],
    ['back after one clean check', '+--+', 'checked', 0],
    ['the second time on one day it needs two', '--+--+', 'quarantined', 1],
    ['and has them', '--+--++', 'checked', 0],
    ['the third time three, in a row', '--+--++--++-++', 'quarantined', 1],
    ['and never more than three', '--+--++--+++--+++', 'checked', 0],
  ];
  for (const [name, checks, health, cleanNeeded] of rows) {
    it(`${name}: ${checks}`, () => expect(healthOf(row('machine/a', checks, 10), wiring, start + 5 * 60 * minute)[0]).to.include({ health, cleanNeeded }));
  }

  it('a relapse after a day counts as the first', () => {
    const later = relapseWithin / minute + 60;
    const records = [...row('machine/a', '--+'), record('machine/a', later, 'failed'), record('machine/a', later + 1, 'failed'), record('machine/a', later + 2, 'ok')];
    expect(healthOf(records, wiring, start + (later + 3) * minute)[0]?.health).to.equal('checked');
  });

  it('is unknown again when nobody looked, and in quarantine for ever', () => {
    expect(healthOf(row('machine/a', '+'), wiring, start + checkedFor)[0]?.health).to.equal('checked');
    expect(healthOf(row('machine/a', '+'), wiring, start + checkedFor + 1)[0]?.health).to.equal('unknown');
    expect(healthOf(row('machine/a', '--'), wiring, start + 100 * checkedFor)[0]?.health).to.equal('quarantined');
  });

  it('keeps how it came about', () => {
    const [health] = healthOf(row('machine/a', '+--+'), wiring, start + 5 * 60 * minute);
    expect(health?.changes.map(({ to, why }) => `${to}: ${why}`)).to.deep.equal(['checked: its check was clean', 'quarantined: power-unreachable', 'checked: its check was clean']);
  });

  it('what is not wired any more counts for nothing', () => expect(healthOf(row('machine/gone', '--'), wiring, start)).to.have.lengthOf(2));
});

describe('the health of shared parts', () => {
  const wiring: Wiring = {
    'machine/a': ['outlet p/1', 'strip p', 'switch w', 'station s'],
    'machine/b': ['outlet p/2', 'strip p', 'switch w', 'station s'],
    'machine/c': ['outlet q/1', 'strip q', 'switch w', 'station s'],
    'machine/d': ['outlet q/2', 'strip q', 'switch v', 'station s'],
    'unit/u': ['hub h', 'station s'],
    'unit/v': ['hub h', 'station s'],
  };
  /** Checks `machine/a+` or `-` at these minutes; what is in quarantine after them, and what can be used. */
  const state = (checks: string, later = 1): { readonly quarantined: readonly string[]; readonly unusable: readonly string[] } => {
    const records = checks.split(' ').map((word) => {
      const [, subject = '', sign = '', at = '0'] = /^(.*)([+-])(\d+)$/.exec(word) ?? [];
      return record(`${subject.length === 1 && 'uv'.includes(subject) ? 'unit' : 'machine'}/${subject}`, Number(at), sign === '+' ? 'ok' : 'failed');
    });
    const all = healthOf(records, wiring, Date.parse(records.at(-1)?.at ?? '') + later * minute);
    return {
      quarantined: all.filter(({ health }) => health === 'quarantined').map(({ subject }) => subject),
      unusable: all.filter((one) => one.subject.includes('/') && !one.subject.includes(' ') && !isUsable(one)).map(({ subject }) => subject),
    };
  };
  const rows: readonly [string, string, readonly string[], readonly string[]][] = [
    ['one machine alone is its own fault', 'a-0 a-5 b+6 c+7', ['machine/a'], ['machine/a']],
    ['two on one strip, others well: the strip', 'c+0 d+0 a-1 b-2', ['strip p'], ['machine/a', 'machine/b']],
    ['and failing on does not put them in quarantine', 'c+0 d+0 a-1 b-2 a-3 b-4 a-5', ['strip p'], ['machine/a', 'machine/b']],
    ['three on one switch and no strip in common: the switch', 'd+0 a-1 b-2 c-3', ['switch w'], ['machine/a', 'machine/b', 'machine/c']],
    ['two units on a hub: the hub', 'a+0 u-1 v-2', ['hub h'], ['unit/u', 'unit/v']],
    ['two on one strip and a third that is well: two machines', 'a-0 c-0 b+1 d+1 a-2 c-2 b+3 d+3', ['machine/a', 'machine/c'], ['machine/a', 'machine/c']],
    ['too far apart to be one event', 'a-0 c+1 d+1 b-20 c+21', [], []],
    ['the part is back with one clean check of what hangs on it', 'c+0 d+0 a-1 b-2 a+30', [], []],
    ['an innocent machine is not in quarantine when its part is back', 'c+0 d+0 a-1 b-2 a-3 b-4 b+30', [], []],
    ['a part that came back within minutes', 'c+0 d+0 a-1 b-2 a+5', [], []],
    ['what passes beside them speaks for the part, also afterwards', 'a-0 b-1 a-2 b-3 c+4 d+5', ['strip p'], ['machine/a', 'machine/b']],
    ['all of the lab: what all have in common', 'a-0 b-0 c-0 d-0 u-0 v-0', ['station s'], ['machine/a', 'machine/b', 'machine/c', 'machine/d', 'unit/u', 'unit/v']],
  ];
  for (const [name, checks, quarantined, unusable] of rows) {
    it(name, () => {
      const found = state(checks);
      expect(found.quarantined).to.deep.equal(quarantined);
      expect(found.unusable).to.deep.equal(unusable);
    });
  }
});
