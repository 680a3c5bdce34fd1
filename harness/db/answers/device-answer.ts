import type { Device, DeviceClass } from '../generated/device.ts';
import type { ImageRecord } from '../generated/image.ts';
import { fullName } from '../identify-device.ts';
import type { AssessedCertificate, AssessedFeature, Assessment } from '../verdicts/assess-device.ts';
import type { AppliedWaiver } from '../verdicts/applied-waiver.ts';
import type { EvidenceLevel } from '../verdicts/best-evidence.ts';
import type { Verdict } from '../verdicts/feature-verdict.ts';
import type { Freshness } from '../verdicts/freshness.ts';
import type { Headline, Requirement } from '../verdicts/headline.ts';
import type { Need } from '../verdicts/need.ts';
import type { Language } from '../verdicts/verdict-texts.ts';
import { limitsOf, type Limit } from './answer-limits.ts';
import { reasonsOf, type Reason } from './answer-reasons.ts';
import { answerText, type AnswerText } from './answer-text.ts';
import { validUntil, type ValidUntil } from './valid-until.ts';

/** What the CLI, the tender check, the API and the page say about a product. JSON-safe; what is not known is null, never left out. */
export interface DeviceAnswer {
  readonly schema: 'hwlab/answer/1';
  readonly device: AnsweredDevice;
  /** One an image, in the order of the assessments. */
  readonly images: readonly ImageAnswer[];
}

export interface AnsweredDevice {
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  /** Vendor and name. */
  readonly fullName: string;
  readonly classes: readonly DeviceClass[];
  readonly aliases: readonly string[];
  /** `0482:069d` */
  readonly usb: readonly string[];
  /** ISO date, or null while it is in the programme. */
  readonly retired: string | null;
  /** Nobody can buy it: a reference device of the lab, or a virtual machine. */
  readonly invented: boolean;
  /** Permanent path of its page without language and leading slash: `d/kyocera-ecosys-m2040dn`. */
  readonly path: string;
}

/** What is known of a device on one image. */
export interface ImageAnswer {
  readonly image: string;
  /** For people: `Debian 12`; the id where the image has no record. */
  readonly imageName: string;
  readonly headline: Headline;
  /** Before it went one step down for being stale. */
  readonly headlineWhenTested: Headline;
  /** Evidence that the headline stands on; null when there is none. */
  readonly level: EvidenceLevel | null;
  readonly freshness: Freshness | null;
  /** Newer evidence of a lower level says the opposite. */
  readonly contested: boolean;
  /** One failure that nothing has confirmed yet. */
  readonly suspect: boolean;
  /** ISO 8601, or null when nothing was run. */
  readonly firstTestedAt: string | null;
  readonly lastTestedAt: string | null;
  readonly nights: number;
  /** How many units (model, attachment and machine) the deciding runs were made with. */
  readonly units: number;
  /** Until when a buyer may lean on it, as far as can be known today; null when it cannot be leant on. */
  readonly valid: ValidUntil | null;
  readonly reasons: readonly Reason[];
  readonly limits: readonly Limit[];
  readonly needs: readonly Need[];
  /** Known issues that its newest runs show, or were looked for in vain. */
  readonly waivers: readonly AppliedWaiver[];
  readonly features: readonly FeatureAnswer[];
  /** The newest runs that it stands on, newest first, at most `mostEvidence`. */
  readonly evidence: readonly EvidenceReference[];
  /** The decision of a reviewer, and why it does not hold if it does not; or null. */
  readonly certificate: AssessedCertificate | null;
  /** With what the newest scored run was made, or null. */
  readonly environment: AnsweredEnvironment | null;
  readonly text: Readonly<Record<Language, AnswerText>>;
  /** Permanent path of this answer: `d/kyocera-ecosys-m2040dn/debian-12`. */
  readonly path: string;
}

export interface FeatureAnswer {
  readonly class: DeviceClass;
  readonly suite: string;
  readonly feature: string;
  readonly requirement: Requirement;
  readonly verdict: Verdict;
  readonly level: EvidenceLevel | null;
  readonly failing: readonly string[];
  readonly unsteady: readonly string[];
  /** It works after something was installed or set: see `needs` of the answer. */
  readonly afterSetup: boolean;
  /** ISO 8601 of the newest run, or null. */
  readonly lastAt: string | null;
}

/** What the newest scored run was made with: enough to make it again. */
export interface AnsweredEnvironment {
  readonly imageSha256: string;
  readonly modelSha256: string;
  readonly suiteRevision: string;
  readonly kernel: string | null;
  /** Plan name and the first 16 hex digits of its SHA-256. */
  readonly plan: string;
  readonly harness: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** A run of a cell that the answer stands on. */
export interface EvidenceReference {
  readonly result: string;
  readonly night: string;
  readonly at: string;
  readonly level: EvidenceLevel;
  readonly unit: string;
  /** SHA-256 of the image, hex; null when no scored run names it. */
  readonly imageSha256: string | null;
}

export interface AnswerFacts {
  readonly images: ReadonlyMap<string, Pick<ImageRecord, 'os' | 'version' | 'variant' | 'supportedUntil'>>;
  readonly now: Date;
}

/** Most references to runs that an answer carries; `hwlab db explain` has them all. */
export const mostEvidence = 20;

/** The answer for a device from its assessments. Pure. */
export function deviceAnswer(device: Device, assessments: readonly Assessment[], facts: AnswerFacts): DeviceAnswer {
  return { schema: 'hwlab/answer/1', device: answeredDevice(device), images: assessments.map((assessment) => imageAnswer(device, assessment, facts)) };
}

/** Identity of a device as answers show it. */
export function answeredDevice(device: Device): AnsweredDevice {
  return {
    id: device.id,
    vendor: device.vendor,
    name: device.name,
    fullName: fullName(device),
    classes: device.classes,
    aliases: device.aliases,
    usb: device.usb.map((id) => `${id.vendorId.slice(2)}:${id.productId.slice(2)}`),
    retired: device.retired ?? null,
    invented: device.invented !== undefined,
    path: `d/${device.id}`,
  };
}

/** The name of an image for people. */
export function imageName(id: string, images: AnswerFacts['images']): string {
  const record = images.get(id);
  return record === undefined ? id : [record.os, record.version, ...(record.variant === undefined ? [] : [record.variant])].join(' ');
}

function imageAnswer(device: Device, assessment: Assessment, { images, now }: AnswerFacts): ImageAnswer {
  const { image, features } = assessment;
  const name = imageName(image, images);
  const supportedUntil = images.get(image)?.supportedUntil;
  const ended = supportedUntil !== undefined && supportedUntil < now.toISOString().slice(0, 10);
  const invented = device.invented !== undefined;
  const reasons: readonly Reason[] = [...(invented ? [{ code: 'not-a-product' } as const] : []), ...reasonsOf(assessment, ended ? supportedUntil : undefined)];
  const limits = limitsOf(assessment);
  const { needs } = assessment;
  const valid = invented ? null : validUntil({ assessment, supportedUntil, retired: device.retired, expiries: expiriesOf(assessment), now });
  return {
    image,
    imageName: name,
    headline: assessment.headline,
    headlineWhenTested: assessment.headlineWhenTested,
    level: assessment.level ?? null,
    freshness: assessment.freshness ?? null,
    contested: assessment.contested,
    suspect: assessment.suspect,
    firstTestedAt: assessment.firstTestedAt || null,
    lastTestedAt: assessment.lastTestedAt || null,
    nights: assessment.nights,
    units: new Set(features.flatMap((feature) => feature.tests.map((test) => test.unit))).size,
    valid,
    reasons,
    limits,
    needs,
    waivers: assessment.waivers,
    features: features.map(featureAnswer),
    evidence: evidenceOf(features),
    certificate: assessment.certificate ?? null,
    environment: environmentOf(assessment),
    text: { ru: answerText({ device, imageName: name, assessment, reasons, limits, needs, language: 'ru' }), en: answerText({ device, imageName: name, assessment, reasons, limits, needs, language: 'en' }) },
    path: `d/${device.id}/${image}`,
  };
}

function featureAnswer({ class: deviceClass, suite, feature, requirement, verdict, level, needs, tests }: AssessedFeature): FeatureAnswer {
  return {
    class: deviceClass,
    suite,
    feature,
    requirement,
    verdict: verdict.verdict,
    level: level ?? null,
    failing: verdict.failing,
    unsteady: verdict.unsteady,
    afterSetup: needs.length > 0,
    lastAt: tests.map((test) => test.last.at).sort().at(-1) ?? null,
  };
}

function evidenceOf(features: readonly AssessedFeature[]): readonly EvidenceReference[] {
  const byResult = new Map<string, EvidenceReference>();
  for (const { level, tests } of features) {
    if (level === undefined) continue;
    for (const { last, unit, window } of tests) {
      const scored = window.findLast((run) => run.result === last.result);
      const before = byResult.get(last.result);
      byResult.set(last.result, { result: last.result, night: last.night, at: last.at, level, unit, imageSha256: scored?.imageSha256 ?? before?.imageSha256 ?? null });
    }
  }
  return [...byResult.values()].sort((left, right) => right.at.localeCompare(left.at) || left.result.localeCompare(right.result)).slice(0, mostEvidence);
}

function environmentOf({ environment }: Assessment): AnsweredEnvironment | null {
  if (environment === undefined) return null;
  const { imageSha256, modelSha256, suiteRevision, kernel, plan, harness, packages } = environment;
  return { imageSha256, modelSha256, suiteRevision, kernel: kernel ?? null, plan, harness, packages: packages ?? {} };
}

/** What a headline stands on that ends on a day: a certificate that holds, contingencies without which features would not count. */
function expiriesOf({ certificate, needs, waivers }: Assessment): readonly ValidUntil[] {
  const used = waivers.filter(({ issue }) => needs.some((need) => need.issue === issue));
  return [...used.map(({ expires }) => ({ date: expires, because: 'waiver-expires' as const })), ...(certificate?.gaps.length === 0 ? [{ date: certificate.expires, because: 'certificate-expires' as const }] : [])];
}
