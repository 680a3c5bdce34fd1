import type { AssessedFeature, AssessedTest, Assessment } from '../db/verdicts/assess-device.ts';
import type { ScoredRun } from '../db/verdicts/test-verdict.ts';
import { verdictTexts } from '../db/verdicts/verdict-texts.ts';

const words = verdictTexts.en;

/** The chain from the headline over features and tests to the runs, with ids, dates, image hashes and logs. */
export function explainLines(assessment: Assessment, features: readonly AssessedFeature[]): readonly string[] {
  const { headline, headlineWhenTested, freshness, level, contested, device, image } = assessment;
  const lines = [`${device} on ${image}: ${words.headline[headline]}`];
  if (headline !== headlineWhenTested) lines.push(`  one step down from: ${words.headline[headlineWhenTested]}`);
  if (level !== undefined) lines.push(`  evidence: ${words.evidence[level]}`);
  if (freshness !== undefined) lines.push(`  freshness: ${words.freshness[freshness]}`);
  if (contested) lines.push('  contested: newer evidence of a lower level says the opposite');
  if (features.length === 0) return [...lines, '  because there is no result'];
  return [...lines, ...features.flatMap(featureLines)];
}

function featureLines({ feature, suite, requirement, verdict, level, unitsDisagree, contested, tests }: AssessedFeature): readonly string[] {
  const marks = [level ?? 'never attempted', ...(unitsDisagree ? ['units disagree'] : []), ...(contested ? ['contested'] : []), ...(verdict.suspect ? ['suspect'] : [])];
  return [`  because ${feature} of ${suite} (${words.requirement[requirement]}): ${words.verdict[verdict.verdict]} (${marks.join(', ')})`, ...tests.flatMap(testLines)];
}

function testLines({ title, unit, verdict, window, last, lastGood, firstBad }: AssessedTest): readonly string[] {
  return [
    `    because "${title}" on ${unit}: ${verdict}, ${window.length} scored runs`,
    ...window.map((run) => `      ${runText(run)}`),
    `      last: ${last.outcome} ${last.at} in ${last.result}${last.skipReason === undefined ? '' : `, needs ${oneLine(last.skipReason)}`}`,
    ...(last.failure === undefined ? [] : [`        ${last.failure.code} (${last.failure.blame}): ${oneLine(last.failure.message)}`]),
    ...last.artefacts.map(({ name, path }) => `        ${name}: ${path}`),
    ...(firstBad === undefined ? [] : [`      last good: ${lastGood === undefined ? 'none' : runText(lastGood)}`, `      first bad: ${runText(firstBad)}`]),
  ];
}

/** `2026-11-22T03:15:10Z fail, pass in 20261122-031500-k3xq-0001, image 0123456789ab`. */
function runText({ at, marks, result, imageSha256 }: ScoredRun): string {
  return `${at} ${marks.map((mark) => (mark.pass ? 'pass' : mark.deterministic ? 'fail (known, deterministic)' : 'fail')).join(', ')} in ${result}, image ${imageSha256.slice(0, 12)}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim().slice(0, 300);
}
