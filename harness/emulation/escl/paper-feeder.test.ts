import { expect } from 'chai';
import { PaperFeeder } from './paper-feeder.ts';
import { sheetOriginal, type PaperSheet } from './paper-sheet.ts';
import { planScan } from './plan-scan.ts';
import { ScanJob } from './scan-job.ts';
import type { Original } from './test-page.ts';

const input = { minWidth: 1, maxWidth: 300, minHeight: 1, maxHeight: 300, profiles: [{ colorModes: ['Grayscale8'], formats: ['image/png'], resolutions: [[75, 75]] }] } as const;

function job(duplex = false): ScanJob {
  const plan = planScan({ inputSource: 'Feeder', duplex }, { version: '2.63', makeAndModel: 'Test', feeder: { simplex: input, duplex: input } });
  if ('refusal' in plan) throw new Error(plan.refusal);
  return new ScanJob('1', {}, plan, 0);
}

/** A sheet of 3 x 3 pixels of 1/100 inch, its top left pixel as given and white else. */
function sheet(corner: number, more: Partial<PaperSheet> = {}): PaperSheet {
  return { front: { width: 3, height: 3, channels: 1, data: Uint8Array.of(corner, 255, 255, 255, 255, 255, 255, 255, 255) }, dotsPerInch: 100, ...more };
}

function at(original: Original, x: number, y: number): number {
  const into = new Uint8Array(3);
  original(x, y, into, 0);
  return into[0]!;
}

function scanAll(feeder: PaperFeeder, scan: ScanJob): number[] {
  const seen: number[] = [];
  while (feeder.more(scan) && !feeder.jammed) seen.push(at(feeder.feed(scan), 1, 1));
  return seen;
}

describe('the paper feeder', () => {
  it('draws printed sheets in, in order, and their backs in duplex', () => {
    const feeder = new PaperFeeder({});
    feeder.load([sheet(10), sheet(20)]);
    expect(scanAll(feeder, job())).to.deep.equal([10, 20]);
    feeder.load([sheet(10, { back: sheet(30).front }), sheet(20)]);
    expect(scanAll(feeder, job(true))).to.deep.equal([10, 30, 20, 255]);
    expect(feeder.sheets).to.equal(0);
  });

  it('lets a sheet get stuck, which stays to be laid in again', () => {
    const feeder = new PaperFeeder({});
    feeder.load([sheet(10), sheet(20), sheet(30)]);
    feeder.jamAfter(1);
    expect(scanAll(feeder, job())).to.deep.equal([10]);
    expect([feeder.jammed, feeder.sheets]).to.deep.equal([true, 2]);
    feeder.setJam(false);
    expect(scanAll(feeder, job())).to.deep.equal([20, 30]);
  });

  it('swallows or turns a sheet when it is told to', () => {
    const swallowing = new PaperFeeder({ swallowsSheet: 2 });
    swallowing.load([sheet(10), sheet(20), sheet(30)]);
    expect(scanAll(swallowing, job())).to.deep.equal([10, 30]);
    const turning = new PaperFeeder({ turnsSheet: 1 });
    turning.load([sheet(10)]);
    const turned = turning.feed(job());
    expect([at(turned, 1, 1), at(turned, 7, 7)]).to.deep.equal([255, 10]);
  });

  it('shows a sheet that lies askew, elsewhere, and grainy, the same at every look', () => {
    const straight = sheetOriginal(sheet(0), 'front');
    expect([at(straight, 1, 1), at(straight, 4, 4), at(straight, 40, 2)]).to.deep.equal([0, 255, 255]);
    const moved = sheetOriginal(sheet(0, { offset: { x: 25.4 / 50, y: 0 } }), 'front');
    expect(at(moved, 1 + 6, 1)).to.equal(0);
    const quarter = sheetOriginal(sheet(0, { skew: 90 }), 'front');
    expect(at(quarter, 7, 1), 'top left goes to the top right').to.equal(0);
    const grainy = sheetOriginal(sheet(128, { noise: 20, seed: 7 }), 'front');
    const values = Array.from({ length: 4 }, (_value, x) => at(grainy, x, 1));
    expect(new Set(values).size).to.be.above(1);
    expect(Array.from({ length: 4 }, (_value, x) => at(grainy, x, 1))).to.deep.equal(values);
  });
});
