import { oneLine } from '../base/one-line.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import { checkText } from '../repro/investigate/because.ts';

/** The verdict, why, and the run that shows each. */
export function investigationLines({ result, test, verdict, reasons, checks, seconds }: Investigation): readonly string[] {
  return [`${verdict}: ${result}${test === undefined ? '' : `#${test}`}`, ...reasons.map((reason) => `  because ${oneLine(reason, 400)}`), ...checks.map((check) => `  run       ${oneLine(checkText(check), 400)}`), `  took      ${Math.round(seconds)} s`];
}
