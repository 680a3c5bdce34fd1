import type { Device, DeviceClass } from '../generated/device.ts';
import type { RuleClaim } from '../generated/coverage.ts';
import type { Profile } from '../generated/profile.ts';
import type { Certificate } from '../generated/certificate.ts';
import { appliedWaivers, type AppliedWaiver } from './applied-waiver.ts';
import { bestEvidence, isReal, type EvidenceLevel, type FeatureEvidence } from './best-evidence.ts';
import { featureVerdict, type FeaturePart, type FeatureVerdict } from './feature-verdict.ts';
import type { FlakeFault } from './flake-fault.ts';
import { freshnessOf, oneStepDown, type Freshness } from './freshness.ts';
import { headlineOf, type Headline, type HeadlineFeature, type Requirement } from './headline.ts';
import { certificateGaps, type CertificateGap } from './certify.ts';
import type { Need } from './need.ts';
import { requirementOf } from './requirement-of.ts';
import { joinNeeds, setupNeeds, type FailingPart } from './setup-needs.ts';
import { withRules, type RuleEvidence } from './rule-evidence.ts';
import type { ImageHistory, LastRun, TestHistory, UnitHistory } from './test-history.ts';
import { testVerdict, windowLength, type ScoredRun, type TestVerdict } from './test-verdict.ts';

/** One test behind a feature, on the unit that decided. */
export interface AssessedTest {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly verdict: TestVerdict['verdict'];
  readonly scoredRuns: number;
  /** The scored runs that the verdict was made from, oldest first. */
  readonly window: readonly ScoredRun[];
  readonly last: LastRun;
  /** It is flaky by the fault of the test or of the bench; the verdict is what it is without. */
  readonly fault?: FlakeFault;
  readonly lastGood?: ScoredRun;
  readonly firstBad?: ScoredRun;
}

export interface AssessedFeature {
  readonly class: DeviceClass;
  readonly suite: string;
  readonly feature: string;
  readonly requirement: Requirement;
  readonly verdict: FeatureVerdict;
  /** undefined when nothing was ever attempted. */
  readonly level: EvidenceLevel | undefined;
  readonly unitsDisagree: boolean;
  readonly contested: boolean;
  /** What makes it work although it does not out of the box; empty when it works, or nothing is known to help. */
  readonly needs: readonly Need[];
  readonly tests: readonly AssessedTest[];
}

/** Everything that a page or a command says about a device on an image; JSON-safe. */
export interface Assessment {
  readonly device: string;
  readonly image: string;
  readonly headline: Headline;
  /** The headline before it went one step down for being stale. */
  readonly headlineWhenTested: Headline;
  readonly level: EvidenceLevel | undefined;
  readonly freshness: Freshness | undefined;
  readonly contested: boolean;
  readonly suspect: boolean;
  /** ISO 8601; empty when there is no result. */
  readonly firstTestedAt: string;
  readonly lastTestedAt: string;
  readonly nights: number;
  readonly features: readonly AssessedFeature[];
  /** Classes that the device claims and of which nothing was ever run. */
  readonly untestedClasses: readonly DeviceClass[];
  /** What has to be installed or set first. */
  readonly needs: readonly Need[];
  /** Known issues that its newest runs show, or were looked for in vain. */
  readonly waivers: readonly AppliedWaiver[];
  /** With what the newest scored run was made. */
  readonly environment: ImageHistory['environment'];
  /** What the image claims of classes of which no test has said anything: evidence E0, part of the headline. */
  readonly rules: readonly RuleClaim[];
  /** The decision of a person that it is certified, and why it does not hold if it does not. */
  readonly certificate: AssessedCertificate | undefined;
}

export interface AssessedCertificate extends Pick<Certificate, 'id' | 'reviewer' | 'decidedAt' | 'expires'> {
  /** Empty while it holds. */
  readonly gaps: readonly CertificateGap[];
}

export interface AssessmentFacts {
  readonly device: Device;
  readonly image: string;
  readonly history: ImageHistory;
  /** By suite. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Kernel and packages of the newest result on this image, of any device. */
  readonly current: { readonly kernel?: string | undefined; readonly packages?: Readonly<Record<string, string>> } | undefined;
  /** Whose fault a flaky test is, by test and machine. */
  readonly faultOf: (test: string, machine: string) => FlakeFault | undefined;
  readonly newerPointReleases: number;
  readonly retired: boolean;
  readonly now: Date;
  /** What was read from the image itself, if it was. */
  readonly rules?: RuleEvidence;
  readonly certificate?: Certificate;
}

/** The class of devices that a suite proves; a suite's name begins with it: `printers`, `printers-ipp`. */
export function classOfSuite(suite: string): DeviceClass | undefined {
  return (Object.keys(suitesOfClass) as DeviceClass[]).find((name) => suite === suitesOfClass[name] || suite.startsWith(`${suitesOfClass[name]}-`));
}

const suitesOfClass: Readonly<Record<DeviceClass, string>> = { printer: 'printers', scanner: 'scanners', panel: 'panels', robotics: 'robotics', storage: 'storage', camera: 'cameras', computer: 'machine' };

/** From the history of a device on an image to its headline, with everything in between (VERDICTS.md). */
export function assessDevice(facts: AssessmentFacts): Assessment {
  const { device, image, history, profiles } = facts;
  const classes = device.classes.map((name) => {
    const units = history.units.filter((unit) => classOfSuite(unit.suite) === name);
    return [...Map.groupBy(units, (unit) => unit.suite)].flatMap(([suite, own]) => assessSuite(name, suite, own, profiles.get(suite), facts.faultOf));
  });
  const features = classes.flat();
  const judged = device.classes.map((name, at) => ({ name, counted: (classes[at] ?? []).flatMap((feature) => countedFeature(feature, history.units)), verdicts: (classes[at] ?? []).map(({ verdict }) => verdict.verdict) }));
  const { counted, used: rules } = withRules(judged, facts.rules);
  const computed = headlineOf(counted);
  const certificate = facts.certificate && assessedCertificate(facts.certificate, facts, computed, features);
  const { headline, level } = certificate?.gaps.length === 0 ? ({ headline: 'certified', level: 'E5' } as const) : computed;
  const freshness = headline === 'not-tested' ? undefined : freshnessFrom(facts, features);
  return {
    device: device.id,
    image,
    headline: freshness === 'stale' ? oneStepDown[headline] : headline,
    headlineWhenTested: headline,
    level,
    freshness,
    contested: features.some((feature) => feature.contested),
    suspect: features.some((feature) => feature.verdict.suspect),
    firstTestedAt: history.firstAt,
    lastTestedAt: history.lastAt,
    nights: history.nights.size,
    features,
    untestedClasses: device.classes.filter((_name, index) => classes[index]?.length === 0),
    needs: joinNeeds(features.filter(({ requirement }) => requirement !== 'trial').flatMap((feature) => feature.needs)),
    waivers: appliedWaivers(history.units),
    environment: history.environment,
    rules,
    certificate,
  };
}

function assessedCertificate(certificate: Certificate, { history, now }: AssessmentFacts, { headline, level }: ReturnType<typeof headlineOf>, features: readonly AssessedFeature[]): AssessedCertificate {
  const gaps = certificateGaps({ certificate, works: headline === 'works', real: level !== undefined && isReal[level], incomplete: requiredUntested(features), greenRuns: history.greenRuns, now });
  const { id, reviewer, decidedAt, expires } = certificate;
  return { id, reviewer, decidedAt, expires, gaps };
}

function requiredUntested(features: readonly AssessedFeature[]): boolean {
  return features.some((feature) => feature.requirement === 'required' && (feature.level === undefined || feature.verdict.untested.length > 0));
}

/**
 * A required feature that was never attempted makes the evidence incomplete and leaves the headline, as the suite gained it since;
 * but if no run of the suite ever came to its end, it may be missing for that reason, and there is no proof.
 */
function countedFeature({ suite, requirement, verdict, level, unitsDisagree, needs }: AssessedFeature, units: readonly UnitHistory[]): readonly HeadlineFeature[] {
  if (level !== undefined) return [{ requirement, verdict: verdict.verdict, level, unitsDisagree, afterSetup: needs.length > 0 }];
  const ranWhole = units.some((unit) => unit.suite === suite && unit.current !== undefined);
  return ranWhole ? [] : [{ requirement, verdict: 'unknown', level: 'E0', unitsDisagree }];
}

function freshnessFrom({ history, current, newerPointReleases, retired, now, rules }: AssessmentFacts, features: readonly AssessedFeature[]): Freshness {
  const scored = features.flatMap((feature) => feature.tests.flatMap((test) => (test.scoredRuns > 0 ? [test.last.at] : []))).sort();
  return freshnessOf({
    // Without a scored run the headline stands on what was read from the image.
    testedAt: scored.at(-1) ?? rules?.readAt ?? history.lastAt,
    now,
    kernel: { tested: scored.length > 0 ? history.environment?.kernel : (rules?.kernel ?? history.environment?.kernel), current: current?.kernel },
    packages: { tested: history.environment?.packages ?? {}, current: current?.packages ?? {} },
    newerPointReleases,
    requiredUntested: requiredUntested(features),
    retired,
  });
}

function assessSuite(name: DeviceClass, suite: string, units: readonly UnitHistory[], profile: Profile | undefined, faultOf: AssessmentFacts['faultOf']): readonly AssessedFeature[] {
  const byFeature = new Map<string, UnitTest[]>(Object.keys(profile?.features ?? {}).map((feature) => [feature, []]));
  for (const unit of units) {
    for (const test of unit.tests.values()) {
      if (unit.current !== undefined && !unit.current.has(test.id)) continue;
      const own = byFeature.get(test.feature);
      if (own === undefined) byFeature.set(test.feature, [judged(unit, test, faultOf)]);
      else own.push(judged(unit, test, faultOf));
    }
  }
  return [...byFeature.keys()].sort().map((feature) => {
    const own = byFeature.get(feature) ?? [];
    return { class: name, suite, feature, requirement: requirementOf(feature, profile, own.at(-1)?.test.requirement), ...assessFeature(feature, own) };
  });
}

/** A test on a unit with its verdict, already without what is not the product's fault. */
interface UnitTest {
  readonly unit: UnitHistory;
  readonly test: TestHistory;
  readonly verdict: TestVerdict;
  readonly fault: FlakeFault | undefined;
}

function judged(unit: UnitHistory, test: TestHistory, faultOf: AssessmentFacts['faultOf']): UnitTest {
  const verdict = testVerdict(test.runs);
  const fault = isFlaky(verdict) ? faultOf(test.id, unit.machine) : undefined;
  return { unit, test, verdict: fault === undefined ? verdict : { verdict: 'works', suspect: false }, fault };
}

/** Passes and fails both, with nothing that settles it. A lone fail is no flake. */
export function isFlaky({ verdict, suspect }: TestVerdict): boolean {
  return verdict === 'unstable' || (verdict === 'works' && suspect);
}

function assessFeature(feature: string, tests: readonly UnitTest[]): Omit<AssessedFeature, 'class' | 'suite' | 'feature' | 'requirement'> {
  const levels = distinct(tests, levelOf);
  const found = bestEvidence(levels.map((level) => evidenceOf(level, levels.length === 1 ? tests : tests.filter(({ unit }) => unit.level === level))));
  const deciding = levels.length === 1 ? tests : tests.filter(({ unit }) => unit.level === found?.best.level);
  const verdict = found?.best.feature ?? featureVerdict([]);
  return {
    verdict,
    needs: setupNeeds(feature, verdict.verdict, deciding.filter((test) => test.verdict.verdict === 'broken' || test.verdict.verdict === 'unsupported').map(failingPart)),
    level: found?.best.level,
    unitsDisagree: found?.best.unitsDisagree ?? false,
    contested: found?.contested ?? false,
    tests: deciding.map(assessedTest),
  };
}

const levelOf = ({ unit }: UnitTest): EvidenceLevel => unit.level;
const unitOf = ({ unit }: UnitTest): string => unit.unit;

/** The few different values that tests have of something. */
function distinct<T>(tests: readonly UnitTest[], of: (test: UnitTest) => T): readonly T[] {
  const found: T[] = [];
  for (const test of tests) if (!found.includes(of(test))) found.push(of(test));
  return found;
}

function failingPart({ unit, test }: UnitTest): FailingPart {
  return { issues: unit.issues.filter(({ state, tests }) => state === 'present' && (tests.length === 0 || tests.includes(test.id))).map(({ issue }) => issue) };
}

/** Units are judged each by itself; the worst decides, and a disagreement is remembered. */
function evidenceOf(level: EvidenceLevel, tests: readonly UnitTest[]): FeatureEvidence {
  const units = distinct(tests, unitOf);
  const verdicts = units.map((name) => featureVerdict((units.length === 1 ? tests : tests.filter(({ unit }) => unit.unit === name)).map(partOf)));
  const worst = verdicts.reduce((before, each) => (severity[each.verdict] > severity[before.verdict] ? each : before), verdicts[0] ?? featureVerdict([]));
  const fails = verdicts.some(({ verdict }) => verdict === 'broken' || verdict === 'unsupported');
  const works = verdicts.some(({ verdict }) => verdict === 'works');
  return { level, feature: worst, at: newestOf(tests), unitsDisagree: fails && works };
}

/** ISO 8601 of the newest run; empty without any. */
function newestOf(tests: readonly UnitTest[]): string {
  return tests.reduce((newest, { test }) => (test.last.at > newest ? test.last.at : newest), '');
}

function partOf({ test, verdict: { verdict, suspect } }: UnitTest): FeaturePart {
  return { test: test.id, title: test.title, verdict, suspect, skipped: test.last.outcome === 'SKIP' };
}

function assessedTest({ unit, test, fault, verdict: { verdict, lastGood, firstBad } }: UnitTest): AssessedTest {
  const { id, title, last, runs } = test;
  return {
    id,
    title,
    unit: unit.unit,
    verdict,
    scoredRuns: runs.length,
    window: runs.length > windowLength ? runs.slice(-windowLength) : runs,
    last,
    ...(fault ? { fault } : {}),
    ...(lastGood ? { lastGood } : {}),
    ...(firstBad ? { firstBad } : {}),
  };
}

/** Which unit's verdict decides; one that says nothing hides none that does. */
const severity: Readonly<Record<FeatureVerdict['verdict'], number>> = { broken: 6, unsupported: 5, limited: 4, unstable: 3, works: 2, unknown: 1, not_applicable: 0 };
