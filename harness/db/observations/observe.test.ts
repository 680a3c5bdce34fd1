import { expect } from 'chai';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { Result } from '../generated/result.ts';
import { mergeObservations, observe } from './observe.ts';

const now = new Date('2026-11-22T12:00:00Z');
const issue: KnownIssue = { id: 'loses-pages', kind: 'errata', title: 'x', scope: { personalities: ['slow'] }, signature: { message: 'pages to equal' }, owner: 'hwlab', link: 'https://example.org/1', since: '2026-01-01', expires: '2027-01-01' };

function quirky(change: Parameters<typeof exampleResult>[0] = {}): Result {
  return exampleResult({ ...change, cell: { personalities: ['slow'], ...change.cell } });
}

describe('what is observed of quirks', () => {
  it('says what works, what fails with the known issue that explains it, and what was not tried', () => {
    const tests = [exampleTest('printing.raw', 'PASS'), exampleTest('printing.pages', 'FAIL'), exampleTest('printing.scan', 'SKIP')];
    const [first] = observe([quirky({ tests })], [issue], now).get('debian-12') ?? [];
    expect(first).to.deep.include({ personalities: ['slow'], model: 'usb-laser', suite: 'printers', seen: '2026-11-22', outcome: 'FAIL', works: ['printing.raw'], notRun: ['printing.scan'] });
    expect(first?.fails).to.deep.equal([{ feature: 'printing.pages', message: 'expected 2 pages to equal 3', knownIssues: ['loses-pages'] }]);
  });

  it('leaves out devices as they are sold, selected tests, and cells that the lab lost', () => {
    const results = [exampleResult(), quirky({ selection: 'raw' }), quirky({ outcome: 'MISS', tests: [exampleTest('printing.raw', 'MISS')] })];
    expect(observe(results, [], now).size).to.equal(0);
  });

  it('keeps the newest of a quirk, a model and a suite', () => {
    const at = (day: string, outcome: 'PASS' | 'FAIL'): Result => quirky({ night: `202611${day}-031500-abcd`, startedAt: `2026-11-${day}T03:15:00.000Z`, tests: [exampleTest('printing.raw', outcome)] });
    const newest = observe([at('22', 'FAIL'), at('20', 'PASS')], [], now).get('debian-12') ?? [];
    expect(newest.map(({ seen, outcome }) => [seen, outcome])).to.deep.equal([['2026-11-22', 'FAIL']]);
    const older = observe([at('20', 'PASS')], [], now).get('debian-12') ?? [];
    expect(mergeObservations(newest, older)).to.deep.equal(newest);
  });

  it('takes one line of what a guest says', () => {
    const test = exampleTest('printing.raw', 'FAIL');
    test.attempts[0].failure!.message = `a\u001b[31m\nb${'c'.repeat(1000)}`;
    const [first] = observe([quirky({ tests: [test] })], [], now).get('debian-12') ?? [];
    expect(first?.fails[0]?.message).to.match(/^a \[31m bc+$/).and.to.have.length(240);
  });
});
