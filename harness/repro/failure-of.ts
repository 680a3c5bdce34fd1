import { HwlabError } from '../base/hwlab-error.ts';
import { cellSignature, signaturesOf } from '../db/failure-signature.ts';
import type { Result } from '../db/generated/result.ts';
import type { OpenFailure } from './investigate/new-failures.ts';
import { isFailure } from './judge-repro.ts';

/**
 * The failure of a result that is meant: that of the test, else of the first that failed, else of the cell as a whole; with its signature.
 * @throws HwlabError usage `no-failure`
 */
export function failureOf(result: Result, test: OpenFailure['test']): OpenFailure {
  const failed = test ?? result.tests.find((each) => each.outcome === 'FAIL') ?? result.tests.find(isFailure);
  const signature = failed && isFailure(failed) ? signaturesOf(failed)[0] : undefined;
  if (failed && signature) return { result, test: failed, signature: signature.id };
  const whole = test ? undefined : cellSignature(result);
  if (whole) return { result, signature: whole.id };
  throw new HwlabError({ code: 'no-failure', blame: 'usage', message: `${test ? `${result.id}#${test.id}` : result.id} has no failure to look into`, advice: './hwlab repro runs it again' });
}
