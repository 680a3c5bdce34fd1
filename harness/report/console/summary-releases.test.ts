import { expect } from 'chai';
import { exampleResult, exampleTest } from '../../db/example-result.ts';
import type { Outcome, Result } from '../../db/generated/result.ts';
import type { NightSummary } from '../night-events.ts';
import { paint } from './paint.ts';
import { summaryJson } from './summary-json.ts';
import { summaryText } from './summary-text.ts';

const on = (image: string, outcome: Outcome): Result => exampleResult({ cell: { image, id: `${image}/pc/usb-laser/printers` }, environment: { ...exampleResult().environment, kernel: `kernel of ${image}` }, tests: [exampleTest('printing.raw', outcome), exampleTest('printing.photo', 'PASS')] });

function night(...results: readonly Result[]): NightSummary {
  return {
    night: { id: 'n', plan: 'releases-0', startedAt: '2026-11-22T03:00:00.000Z', folder: '/r/nights/n', database: 'hardware-db', cells: results.map(({ cell }) => cell), slots: 1, resumed: false, accelerator: 'tcg' },
    finishedAt: '2026-11-22T03:10:00.000Z',
    results,
    exitCode: 1,
  };
}

describe('the summary of a night over several releases', () => {
  const summary = night(on('debian-12', 'PASS'), on('debian-13', 'FAIL'));

  it('says in words where a test behaves otherwise', () => {
    const text = summaryText(summary, [], paint(false));
    expect(text).to.match(/Differs between releases debian-12, debian-13\n {2}.* usb-laser: debian-12 pass · debian-13 fail\n/);
    expect(summaryText(night(on('debian-12', 'PASS'), on('debian-13', 'PASS')), [], paint(false))).to.contain('nothing: 2 tests behave alike');
  });

  it('says it to programs', () => {
    const { releases } = summaryJson(summary, []);
    expect(releases).to.deep.include({ images: ['debian-12', 'debian-13'], kernels: { 'debian-12': 'kernel of debian-12', 'debian-13': 'kernel of debian-13' }, alike: 1, notCompared: 0 });
    expect((releases as { readonly differ: readonly unknown[] }).differ).to.have.length(1);
    expect((releases as { readonly differ: readonly unknown[] }).differ[0]).to.deep.include({ device: 'usb-laser', feature: 'printing.raw', on: { 'debian-12': 'PASS', 'debian-13': 'FAIL' } });
  });

  it('says nothing of releases where there is one', () => {
    expect(summaryText(night(on('debian-12', 'PASS')), [], paint(false))).to.not.contain('Differs between');
    expect(summaryJson(night(on('debian-12', 'PASS')), [])['releases']).to.equal(null);
  });
});
