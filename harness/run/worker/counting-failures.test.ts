import { expect } from 'chai';
import { countingFailures } from './counting-failures.ts';
import type { CellMessage } from './protocol.ts';

const finished = (feature: string, outcome: 'PASS' | 'FAIL' | 'MISS', requirement = 'required'): CellMessage => ({
  type: 'test-finished',
  id: feature,
  title: feature,
  feature,
  requirement,
  attempt: { attempt: 1, outcome, startedAt: '2026-11-22T00:00:00.000Z', durationMs: 1, artefacts: [] },
});

describe('counting failed tests of a cell', () => {
  it('ends the cell after so many failures, and passes every message on', () => {
    const sent: CellMessage[] = [];
    const { send, ended } = countingFailures((message) => sent.push(message), 2);
    send(finished('printing.ipp-usb', 'FAIL'));
    expect(ended()).to.equal(undefined);
    send(finished('printing.document', 'FAIL'));
    expect(ended()).to.equal('not run: the plan ends a cell after 2 failed tests, and these failed: printing.ipp-usb, printing.document');
    expect(sent).to.have.length(2);
  });

  it("counts neither the lab's faults nor tests on trial, and no failure at all where the plan says nothing", () => {
    const { send, ended } = countingFailures(() => undefined, 1);
    send(finished('a', 'MISS'));
    send(finished('b', 'FAIL', 'trial'));
    send(finished('c', 'PASS'));
    expect(ended()).to.equal(undefined);
    const without = countingFailures(() => undefined, undefined);
    without.send(finished('d', 'FAIL'));
    expect(without.ended()).to.equal(undefined);
  });
});
