import type { Result } from '../db/generated/result.ts';
import type { Judgement } from '../repro/judge-repro.ts';
import type { Difference } from '../repro/plan-repro.ts';

/** What is not as it was, before anything starts. */
export function differenceLines(was: Result, differences: readonly Difference[]): readonly string[] {
  const line = ({ what, was: before, is, asked }: Difference): string => `  ${what}: ${before || 'none'} -> ${is || 'none'}${asked ? ' (asked for)' : ''}`;
  const head = `${was.id}: ${was.cell.id}, ${was.outcome}`;
  if (was.manifest === undefined) return [head, 'it was recorded without a manifest: seed, patience and machine profile cannot be compared', ...(differences.length > 0 ? ['what is not as it was:', ...differences.map(line)] : [])];
  return differences.length === 0 ? [head, 'everything is as it was'] : [head, 'what is not as it was:', ...differences.map(line)];
}

/** The answer, per test what it says now and what it said, and where the evidence is. */
export function judgementLines({ answer, tests }: Judgement, is: Result, folder: string): readonly string[] {
  const lines = tests
    .filter((each) => tests.length === 1 || each.answer !== 'passes' || answer === 'passes')
    .slice(0, 40)
    .flatMap((each) => [
      `  ${each.answer.padEnd(14)}${each.test ?? 'the cell as a whole'}`,
      ...(each.is === undefined ? [] : [`                now ${each.is.id}: ${each.is.text}${each.is.kernel.length > 0 ? ` [kernel: ${each.is.kernel.join('; ')}]` : ''}`]),
      ...(each.was === undefined || each.was.id === each.is?.id ? [] : [`                was ${each.was.id}: ${each.was.text}${each.was.kernel.length > 0 ? ` [kernel: ${each.was.kernel.join('; ')}]` : ''}`]),
    ]);
  return [answer, ...lines, `  result    ${is.id}`, `  evidence  ${folder}`, `  time line ./hwlab trace ${is.id}`];
}
