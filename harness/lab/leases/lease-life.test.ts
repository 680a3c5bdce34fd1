import { expect } from 'chai';
import { leaseLife, silentAfter, type LeaseClock } from './lease-life.ts';

const process = { pid: 7, started: '1', boot: 'b', host: 'h' };

function clock(now: number, uptime: number, boot: string, state: 'running' | 'gone' | 'unknown'): LeaseClock {
  return { now: () => now, uptime: () => uptime, boot: () => boot, state: () => state };
}

describe('leaseLife', () => {
  const rows: readonly [string, Parameters<typeof leaseLife>[0], LeaseClock, ReturnType<typeof leaseLife>][] = [
    ['before its deadline', { endsAt: 100, process, boot: 'b', beat: 0 }, clock(99, 0, 'b', 'running'), 'valid'],
    ['at its deadline', { endsAt: 100, process, boot: 'b', beat: 0 }, clock(100, 0, 'b', 'running'), 'ended'],
    ['its process is gone', { endsAt: 100, process, boot: 'b', beat: 0 }, clock(0, 0, 'b', 'gone'), 'died'],
    ['the station was booted since', { endsAt: 100, process, boot: 'a', beat: 0 }, clock(0, 0, 'b', 'running'), 'died'],
    ['heard of just in time', { endsAt: 100, process, boot: 'b', beat: 5 }, clock(0, 5 + silentAfter, 'b', 'running'), 'valid'],
    ['not heard of, though it runs', { endsAt: 100, process, boot: 'b', beat: 5 }, clock(0, 6 + silentAfter, 'b', 'running'), 'silent'],
    ['another host, heard of', { endsAt: 100, process, boot: 'b', beat: 5 }, clock(0, 6, 'b', 'unknown'), 'valid'],
    ['another host, not heard of', { endsAt: 100, process, boot: 'b', beat: 5 }, clock(0, 6 + silentAfter, 'b', 'unknown'), 'silent'],
    ['a reservation of a person who went home', { endsAt: 100, boot: 'a', beat: 0 }, clock(99, 10 * silentAfter, 'b', 'gone'), 'valid'],
    ['a reservation at its end', { endsAt: 100, boot: 'a', beat: 0 }, clock(100, 0, 'b', 'gone'), 'ended'],
  ];
  for (const [name, signs, at, life] of rows) it(`${name}: ${life}`, () => expect(leaseLife(signs, at)).to.equal(life));

  it('a set clock kills no living holder', () => expect(leaseLife({ endsAt: 1e15, process, boot: 'b', beat: 5 }, clock(9e14, 6, 'b', 'running'))).to.equal('valid'));
});
