import { expect } from 'chai';
import { nightPace, ownTime } from './night-pace.ts';

describe('the pace of a night', () => {
  const cell = { startedAt: '2026-01-01T01:00:00.000Z', timings: { restore: 1000, connect: 500, attach: 500, tests: 7500, discard: 400, total: 10_000 } };

  it("what is not waiting for QEMU, guest or device is the harness's own", () => {
    expect(ownTime(cell)).to.equal(100);
    expect(ownTime({ timings: { tests: 5000, total: 4000 } })).to.equal(0);
  });

  it('counts cells an hour by the wall clock since the first cell began, and the share by the time of the cells', () => {
    expect(nightPace([{ ...cell, startedAt: '2026-01-01T01:00:05.000Z' }, cell, cell], '2026-01-01T01:00:15.000Z')).to.deep.equal({ cellsPerHour: 720, ownShare: 0.01 });
  });

  it('says nothing of a night in which nothing ran', () => {
    expect(nightPace([], '2026-01-01T01:00:15.000Z')).to.equal(undefined);
    expect(nightPace([{ ...cell, timings: {} }], '2026-01-01T01:00:15.000Z')).to.equal(undefined);
    expect(nightPace([cell], cell.startedAt)).to.equal(undefined);
  });
});
