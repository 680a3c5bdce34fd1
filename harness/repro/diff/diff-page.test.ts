import { expect } from 'chai';
import type { WireEvent } from '../../emulation/usb-device.ts';
import { alignWire } from './align-wire.ts';
import { diffPage, type DiffView } from './diff-page.ts';

const hostile = '</script><img src=x onerror=alert(1)>\u202e';
const event = (meaning: string): WireEvent => ({ t: 0, from: 'host', kind: 'control', endpoint: 0, meaning });
const view = (more: Partial<DiffView> = {}): DiffView => ({ kind: 'result', a: { name: 'A', said: 'PASS' }, b: { name: 'B', said: 'FAIL' }, sections: [], ...more });

describe('the page of a comparison', () => {
  it('says that nothing differs, in both languages', () => {
    expect(diffPage(view())).to.contain('Nothing differs.').and.to.contain('Различий нет.');
    const moved = diffPage(view({ sections: [{ id: 'measures', rows: [{ name: 'total, ms', was: '1', is: '2' }] }] }));
    expect(moved).to.contain('Nothing differs but measurements.').and.to.not.contain('Nothing differs.');
    expect(diffPage(view({ sections: [{ id: 'packages', rows: [{ name: 'cups', was: '1', is: '2' }] }] }))).to.not.contain('Nothing differs');
  });

  it('shows few rows at first and the rest on demand, what is hot before all', () => {
    const rows = Array.from({ length: 40 }, (_, n) => ({ name: `row ${n}`, was: '1', is: '2', hot: n === 39 }));
    const page = diffPage(view({ sections: [{ id: 'packages', rows }] }));
    const fold = page.indexOf('<details>');
    expect(page.indexOf('row 39')).to.be.below(page.indexOf('row 0')).and.to.be.below(fold);
    expect(page.indexOf('row 30')).to.be.above(fold);
    expect(page).to.contain('25 more').and.to.contain('ещё 25');
  });

  it('puts the cable side by side, with ten before what differs and the others folded', () => {
    const same = Array.from({ length: 50 }, (_, n) => event(`SAME ${n}`));
    const page = diffPage(view({ wire: alignWire([...same, event('OLD')], [...same, event('NEW')]) }));
    expect(page).to.contain('40 the same');
    expect(page.slice(page.indexOf('</details>'))).to.contain('SAME 40').and.to.contain('OLD').and.to.contain('NEW').and.to.not.contain('SAME 39');
    expect(page).to.contain('50 things on the cable are the same, then they part; 2 differ.');
  });

  it('escapes what came from a guest or a device, everywhere', () => {
    const page = diffPage(view({ a: { name: hostile, said: hostile }, sections: [{ id: 'kernelLog', rows: [{ name: hostile, was: hostile, is: undefined }], quiet: [{ name: hostile, was: hostile, is: hostile }] }], wire: alignWire([event(hostile)], [event('x')]) }));
    expect(page).to.not.contain('<img').and.to.not.contain('\u202e');
    expect(page.match(/<\/script>/g)).to.have.length(1);
  });

  it('stays bounded and says how many rows are left out', () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => ({ name: `alias ${n}`, was: undefined, is: 'x'.repeat(9000) }));
    const page = diffPage(view({ sections: [{ id: 'moduleAliases', rows }] }));
    expect(page.match(/<tr /g)).to.have.length(5000);
    expect(page).to.contain('25000 more are left out here');
  });
});
