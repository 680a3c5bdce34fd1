import { expect } from 'chai';
import { exampleResult, exampleTest } from '../db/example-result.ts';
import type { Failure, Result, TestResult } from '../db/generated/result.ts';
import { judgeRepro, type Answer } from './judge-repro.ts';

function failing(feature: string, message: string, outcome: 'FAIL' | 'MISS' = 'FAIL'): TestResult {
  const test = exampleTest(feature, outcome);
  const failure: Failure = { code: 'assertion', blame: outcome === 'MISS' ? 'lab' : 'product', message };
  return { ...test, attempts: [{ ...test.attempts[0], failure }] };
}

function result(...tests: TestResult[]): Result {
  return exampleResult({ tests, outcome: tests.some(({ outcome }) => outcome === 'FAIL') ? 'FAIL' : 'PASS' });
}

const broken = (code: string, blame: Failure['blame']): Result => exampleResult({ outcome: blame === 'product' ? 'FAIL' : 'MISS', tests: [], reason: { code, blame, message: `${code} after 12 s` } });

describe('judgeRepro', () => {
  const passes = exampleTest('a.b', 'PASS');
  const cases: readonly (readonly [string, Result, Result, Answer])[] = [
    ['the same with other numbers', result(failing('a.b', '2 pages')), result(failing('a.b', '7 pages')), 'same failure'],
    ['another text', result(failing('a.b', '2 pages')), result(failing('a.b', 'no paper')), 'other failure'],
    ['nothing fails', result(failing('a.b', '2 pages')), result(passes), 'passes'],
    ['the lab failed', result(failing('a.b', '2 pages')), result(failing('a.b', 'SSH is gone', 'MISS')), 'no answer'],
    ['it did not run', result(failing('a.b', '2 pages')), result(), 'no answer'],
    ['it was skipped', result(failing('a.b', '2 pages')), result(exampleTest('a.b', 'SKIP')), 'no answer'],
    ['one of two comes again', result(failing('a.b', 'x'), failing('c.d', 'y')), result(failing('a.b', 'x'), exampleTest('c.d', 'PASS')), 'other failure'],
    ['both come again', result(failing('a.b', 'x'), failing('c.d', 'y')), result(failing('a.b', 'x'), failing('c.d', 'y')), 'same failure'],
    ['the same, and one more', result(failing('a.b', 'x'), exampleTest('c.d', 'PASS')), result(failing('a.b', 'x'), failing('c.d', 'y')), 'same failure'],
    ['only one that did not fail before', result(failing('a.b', 'x'), exampleTest('c.d', 'PASS')), result(passes, failing('c.d', 'y')), 'other failure'],
    ['a result without a failure passes again', result(passes), result(passes), 'passes'],
    ['a result without a failure fails now', result(passes), result(failing('a.b', 'x')), 'other failure'],
    ['the image panics again', broken('guest-panicked', 'product'), broken('guest-panicked', 'product'), 'same failure'],
    ['it broke otherwise', broken('guest-panicked', 'product'), broken('not-enumerated', 'product'), 'other failure'],
    ['it broke, and now the lab', broken('guest-panicked', 'product'), broken('ssh-unreachable', 'lab'), 'no answer'],
    ['it broke, and now it runs', broken('guest-panicked', 'product'), result(passes), 'passes'],
    ['a test failed, and now the image panics', result(failing('a.b', 'x')), broken('guest-panicked', 'product'), 'other failure'],
    ['a test failed, and now the lab did', result(failing('a.b', 'x')), broken('ssh-unreachable', 'lab'), 'no answer'],
  ];
  for (const [what, was, is, answer] of cases) it(`${what}: ${answer}`, () => expect(judgeRepro(was, is).answer).to.equal(answer));

  it('looks at one test only where one is named', () => {
    const was = result(failing('a.b', 'x'), failing('c.d', 'y'));
    expect(judgeRepro(was, result(failing('a.b', 'x')), 'printers/a.b/a-page-arrives').answer).to.equal('same failure');
  });

  it('tells trouble of the kernel apart from the same words without it', () => {
    const base = failing('a.b', 'x');
    const oops: TestResult = { ...base, attempts: [{ ...base.attempts[0], signature: { id: '0'.repeat(16), text: 'x', kernel: ['oops'] } }] };
    expect(judgeRepro(result(base), result(oops)).answer).to.equal('other failure');
  });
});
