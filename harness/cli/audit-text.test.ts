import { expect } from 'chai';
import type { NegativeControl } from '../db/generated/negative-controls.ts';
import type { AuditedControl, AuditedSuite } from '../run/audit/audit-report.ts';
import { auditOf } from '../run/audit/audit-report.ts';
import { auditCounts, auditLines, controlLine, countsLine } from './audit-text.ts';

const control = (id: string, mustFail: [string, ...string[]]): NegativeControl => ({ id, why: 'w', model: 'm', guest: { commands: ['true'] }, mustFail });
const at = { image: 'debian-12', machine: 'vm-basic', kept: false };
const done = { at: '2026-11-22T04:00:00.000Z', seconds: 12, outcome: 'FAIL' as const, alive: {} };

const suite: AuditedSuite = {
  suite: { name: 'robotics', files: [], revision: '0', requirements: { 'serial.echo': 'required', 'serial.speed': 'required', 'serial.by-id': 'recommended' } },
  controls: [
    { ...at, control: control('no-driver', ['serial.echo', 'serial.by-id']), run: { ...done, alive: { 'serial.by-id': { outcomes: ['PASS'], saw: 'PASS' } } } },
    { ...at, control: control('lost-bytes', ['serial.echo']), run: undefined },
  ],
};

describe('auditLines', () => {
  it('says of each feature what makes it fail, what does not, and what nothing is for', () => {
    expect(auditLines(auditOf(suite))).to.deep.equal([
      'robotics',
      '  ?       required    serial.echo   no-driver, lost-bytes has not been run',
      '  none    required    serial.speed  no control can make this fail: none is for it',
      '  ALIVE   recommended serial.by-id  no-driver did NOT make it fail',
      '            no-driver: PASS',
    ]);
  });

  it('blames nothing before it was run', () => {
    expect(auditLines(auditOf(suite), true)[1]).to.equal('  -       required    serial.echo   no-driver, lost-bytes (to be run)');
  });

  it('counts', () => {
    const known = (outcome: 'PASS' | 'FAIL'): AuditedSuite => ({ ...suite, controls: [{ ...at, control: control('lost-bytes', ['serial.echo']), run: done, unbroken: { 'serial.echo': { result: 'night-1-001', outcome } } }] });
    expect(countsLine(auditCounts([known('PASS')]))).to.equal('1 of 3 features fail where they must, 1 of which the results here show to pass without a break; 2 have no control (1 required)');
    expect(countsLine(auditCounts([known('FAIL')]))).to.equal('0 of 3 features fail where they must; 1 fail without a break too; 2 have no control (1 required)');
    expect(auditLines(auditOf(known('FAIL')))[1]).to.equal('  ANYWAY  required    serial.echo   lost-bytes (it fails without that too: night-1-001)');
    expect(countsLine(auditCounts([suite]))).to.equal('0 of 3 features fail where they must; 1 did not (0 required); 1 have no control (1 required); 1 not known');
  });
});

describe('controlLine', () => {
  const [first] = suite.controls as [AuditedControl];

  it('names what did not notice a control', () => {
    expect(controlLine('robotics', first, { done: 1, total: 2, secondsLeft: 61 })).to.equal('[1/2] robotics no-driver: NOT noticed by serial.by-id (12 s, about 2 min left)');
  });

  it('says that all noticed, or that the lab could not run it, on one line', () => {
    expect(controlLine('robotics', { ...first, run: done }, { done: 2, total: 2, secondsLeft: 0 })).to.equal('[2/2] robotics no-driver: noticed by serial.echo, serial.by-id (12 s)');
    const lost = { ...done, outcome: 'MISS' as const, reason: { code: 'x', blame: 'lab' as const, message: 'gone\nfor good' }, alive: { 'serial.echo': { outcomes: [], saw: 'no test of it ran' } } };
    expect(controlLine('robotics', { ...first, run: lost }, { done: 2, total: 2, secondsLeft: 0 })).to.equal('[2/2] robotics no-driver: could not be judged: gone for good (12 s)');
  });
});
