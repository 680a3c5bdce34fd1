import { expect } from 'chai';
import { evidenceOf } from './evidence-of.ts';

describe('the evidence of a result', () => {
  const attachments = ['emulated', 'replayed', 'redirected', 'passed-through', 'wired', 'network'] as const;
  const machines = [{ kind: 'vm' }, { kind: 'vm', simulator: true }, { kind: 'metal' }, { kind: 'metal', simulator: false }, { kind: 'metal', simulator: true }] as const;
  const units = [undefined, {}, { simulator: false }, { simulator: true }] as const;
  it('is E4 for a real unit on a real machine, and for nothing else', () => {
    const real: string[] = [];
    for (const attachment of attachments)
      for (const machine of machines)
        for (const unit of units) if (evidenceOf({ attachment, machine, ...(unit === undefined ? {} : { unit }) }) === 'E4') real.push(`${attachment} ${JSON.stringify(machine)} ${JSON.stringify(unit)}`);
    const expected = ['redirected', 'passed-through', 'wired', 'network'].flatMap((attachment) => ['{"kind":"metal"}', '{"kind":"metal","simulator":false}'].flatMap((machine) => ['{}', '{"simulator":false}'].map((unit) => `${attachment} ${machine} ${unit}`)));
    expect(real).to.deep.equal(expected);
  });
});
