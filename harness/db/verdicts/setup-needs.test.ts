import { expect } from 'chai';
import type { Verdict } from './feature-verdict.ts';
import { joinNeeds, setupNeeds, type FailingPart } from './setup-needs.ts';

type Issue = FailingPart['issues'][number];
const plugin: Issue = { id: 'plugin', kind: 'contingency', needs: [{ kind: 'plugin', what: 'hplip-plugin' }] };
const setting: Issue = { id: 'setting', kind: 'contingency', needs: [{ kind: 'setting', what: 'usb-unidirectional' }, { kind: 'kernel', what: '6.12' }] };
const bare: Issue = { id: 'bare', kind: 'contingency' };
const errata: Issue = { id: 'errata', kind: 'errata', needs: [{ kind: 'package', what: 'never' }] };
const triage: Issue = { id: 'triage', kind: 'autotriage', needs: [{ kind: 'package', what: 'never' }] };

describe('setupNeeds', () => {
  const helps: Readonly<Record<Verdict, boolean>> = { works: false, limited: true, broken: true, unsupported: true, unstable: false, unknown: false, not_applicable: false };
  for (const [verdict, expected] of Object.entries(helps) as [Verdict, boolean][]) {
    it(`${verdict}: ${expected ? 'works after setup' : 'nothing to set up'}`, () => expect(setupNeeds('f', verdict, [{ issues: [plugin] }]).length > 0).to.equal(expected));
  }
  const table: readonly (readonly [string, readonly (readonly Issue[])[], readonly string[]])[] = [
    ['no failing part', [], []],
    ['a failure that nothing explains', [[]], []],
    ['errata', [[errata]], []],
    ['autotriage', [[triage]], []],
    ['a contingency that does not say how', [[bare]], []],
    ['a contingency', [[plugin]], ['plugin hplip-plugin']],
    ['several needs of one', [[setting]], ['setting usb-unidirectional', 'kernel 6.12']],
    ['a contingency beside errata', [[errata, plugin]], ['plugin hplip-plugin']],
    ['two parts, each explained', [[plugin], [setting]], ['plugin hplip-plugin', 'setting usb-unidirectional', 'kernel 6.12']],
    ['two parts, one not explained', [[plugin], []], []],
    ['two parts, one with errata only', [[plugin], [errata]], []],
    ['the same need twice', [[plugin], [plugin]], ['plugin hplip-plugin']],
  ];
  for (const [what, parts, needs] of table) it(`${what}: ${needs.join(', ') || 'none'}`, () => expect(setupNeeds('f', 'broken', parts.map((issues) => ({ issues }))).map((need) => `${need.kind} ${need.what}`)).to.deep.equal(needs));

  it('joins what several features need', () => {
    const joined = joinNeeds([...setupNeeds('b', 'broken', [{ issues: [plugin] }]), ...setupNeeds('a', 'broken', [{ issues: [plugin, setting] }])]);
    expect(joined.map(({ what, features }) => `${what}: ${features.join(' ')}`)).to.deep.equal(['hplip-plugin: a b', 'usb-unidirectional: a', '6.12: a']);
  });
});
