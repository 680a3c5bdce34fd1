import { oneLine } from '../base/one-line.ts';
import type { QuirkAssessment } from '../db/assessor.ts';
import type { AssessedFeature, AssessedTest, Assessment } from '../db/verdicts/assess-device.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import type { ScoredRun } from '../db/verdicts/test-verdict.ts';
import { verdictTexts } from '../db/verdicts/verdict-texts.ts';

const words = verdictTexts.en;

/** The chain from the headline over features and tests to the runs, with ids, dates, image hashes and logs. */
export function explainLines(assessment: Assessment, features: readonly AssessedFeature[], investigations: readonly Investigation[] = []): readonly string[] {
  const { headline, headlineWhenTested, freshness, level, contested, device, image } = assessment;
  const lines = [`${device} on ${image}: ${words.headline[headline]}`];
  if (headline !== headlineWhenTested) lines.push(`  one step down from: ${words.headline[headlineWhenTested]}`);
  if (level !== undefined) lines.push(`  evidence: ${words.evidence[level]}`);
  if (freshness !== undefined) lines.push(`  freshness: ${words.freshness[freshness]}`);
  if (contested) lines.push('  contested: newer evidence of a lower level says the opposite');
  if (assessment.certificate !== undefined) lines.push(certificateLine(assessment.certificate));
  for (const { kind, what, features: needing, issue } of assessment.needs) lines.push(`  works after setup: ${kind} ${oneLine(what, 300)}, for ${needing.join(', ')} (known issue ${issue})`);
  for (const waiver of assessment.waivers) lines.push(...waiverLines(waiver));
  const rules = assessment.rules.flatMap(ruleLines);
  if (features.length === 0) return [...lines, ...(rules.length > 0 ? rules : ['  because there is no result'])];
  return [...lines, ...features.flatMap((feature) => featureLines(feature, investigations)), ...rules];
}

/** A certificate that holds, or why it does not. */
function certificateLine({ id, reviewer, decidedAt, expires, gaps }: NonNullable<Assessment['certificate']>): string {
  return `  certificate ${id} of ${oneLine(reviewer, 300)}, ${decidedAt}, until ${expires}: ${gaps.length === 0 ? 'holds' : `does not hold: ${gaps.join(', ')}`}`;
}

/** A known issue that was looked for: what shows it or not, until when it applies, and where it is worked on. */
function waiverLines({ issue, kind, title, link, expires, state, features, results }: Assessment['waivers'][number]): readonly string[] {
  return [`  known issue ${issue} (${kind}, until ${expires}): ${state === 'present' ? 'present' : 'looked for and absent'}${features.length === 0 ? '' : ` in ${features.join(', ')}`}: ${oneLine(title, 300)}`, `    ${link}; in ${results.join(', ')}`];
}

/** One line for a device with quirks, apart from its headline: `with personality late-answer: 3 of 4 features work; broken: scanning.cancel (...)`. */
export function quirkLine({ personalities, features, nights, lastTestedAt }: QuirkAssessment): string {
  const works = features.filter((feature) => feature.verdict.verdict === 'works').length;
  const others = Map.groupBy(features.filter((feature) => feature.verdict.verdict !== 'works'), (feature) => words.verdict[feature.verdict.verdict]);
  const parts = [...others].map(([verdict, own]) => `${verdict}: ${own.map(({ feature }) => feature).join(', ')}`);
  const which = `with ${personalities.length > 1 ? 'personalities' : 'personality'} ${personalities.join('+')}`;
  return `  ${which}: ${[`${works} of ${features.length} features work`, ...parts].join('; ')}; ${nights} ${nights === 1 ? 'night' : 'nights'}, last ${lastTestedAt.slice(0, 10)}`;
}

/** What the image claims, with the file and the pattern that says so. */
function ruleLines({ class: name, claimed, drivers }: Assessment['rules'][number]): readonly string[] {
  return [`  because ${claimed ? 'the image claims' : 'nothing in the image claims'} the ${name} (E0)`, ...drivers.map((driver) => `    ${driver.kind} ${oneLine(driver.name, 300)} (${driver.package === '' ? 'no package' : driver.package}) by ${driver.by}: ${driver.source}: ${oneLine(driver.pattern, 300)}`)];
}

function featureLines({ feature, suite, requirement, verdict, level, unitsDisagree, contested, needs, tests }: AssessedFeature, investigations: readonly Investigation[]): readonly string[] {
  const marks = [level ?? 'never attempted', ...(unitsDisagree ? ['units disagree'] : []), ...(contested ? ['contested'] : []), ...(verdict.suspect ? ['suspect'] : [])];
  return [`  because ${feature} of ${suite} (${words.requirement[requirement]}): ${words.verdict[verdict.verdict]}${needs.length > 0 ? ', works after setup' : ''} (${marks.join(', ')})`, ...tests.flatMap((test) => testLines(test, investigations))];
}

function testLines({ id, title, unit, verdict, window, last, lastGood, firstBad }: AssessedTest, investigations: readonly Investigation[]): readonly string[] {
  const found = investigations.find((each) => each.result === last.result && (each.test === undefined || each.test === id));
  return [
    `    because "${title}" on ${unit}: ${verdict}, ${window.length} scored runs`,
    ...window.map((run) => `      ${runText(run)}`),
    `      last: ${last.outcome} ${last.at} in ${last.result}${last.skipReason === undefined ? '' : `, ${oneLine(last.skipReason, 300)}`}`,
    ...(last.failure === undefined ? [] : [`        ${last.failure.code} (${last.failure.blame}): ${oneLine(last.failure.message, 300)}`]),
    ...(found === undefined ? [] : [`        investigated ${found.at}: ${found.verdict}`, ...found.reasons.map((reason) => `          because ${oneLine(reason, 300)}`)]),
    ...last.artefacts.map(({ name, path }) => `        ${name}: ${path}`),
    ...(firstBad === undefined ? [] : [`      last good: ${lastGood === undefined ? 'none' : runText(lastGood)}`, `      first bad: ${runText(firstBad)}`]),
  ];
}

/** `2026-11-22T03:15:10Z fail, pass in 20261122-031500-k3xq-0001, image 0123456789ab`. */
function runText({ at, marks, result, imageSha256 }: ScoredRun): string {
  return `${at} ${marks.map((mark) => (mark.pass ? 'pass' : mark.deterministic ? 'fail (known, deterministic)' : 'fail')).join(', ')} in ${result}, image ${imageSha256.slice(0, 12)}`;
}
