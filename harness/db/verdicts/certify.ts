import type { Certificate } from '../generated/certificate.ts';

/** A run of a cell on a real device in which nothing failed. */
export interface GreenRun {
  readonly result: string;
  readonly night: string;
}

/** Why a certificate does not hold. */
export type CertificateGap = 'revoked' | 'not-yet-decided' | 'expired' | 'not-a-real-device' | 'required-not-working' | 'runs-missing' | 'too-few-runs' | 'too-few-nights' | 'artefacts-not-hashed';

export interface CertificateFacts {
  readonly certificate: Certificate;
  /** The headline without the certificate is `works`: every required feature works on a real device. */
  readonly works: boolean;
  /** The evidence of the headline is E4 or better. */
  readonly real: boolean;
  /** A required feature has no result yet. */
  readonly incomplete: boolean;
  readonly greenRuns: readonly GreenRun[];
  readonly now: Date;
}

const leastRuns = 3;
const leastNights = 2;

/** Why a certificate does not hold; empty when it does (VERDICTS.md, 3, E5: full plan, three green runs on two nights, named reviewer, artefacts hashed). */
export function certificateGaps({ certificate, works, real, incomplete, greenRuns, now }: CertificateFacts): readonly CertificateGap[] {
  const today = now.toISOString().slice(0, 10);
  const named = greenRuns.filter(({ result }) => certificate.results.includes(result));
  const gaps: readonly (readonly [CertificateGap, boolean])[] = [
    ['revoked', certificate.revoked !== undefined && certificate.revoked.at <= today],
    ['not-yet-decided', certificate.decidedAt > today],
    ['expired', certificate.expires < today],
    ['not-a-real-device', !real],
    ['required-not-working', !works || incomplete],
    ['runs-missing', named.length < certificate.results.length],
    ['too-few-runs', named.length < leastRuns],
    ['too-few-nights', new Set(named.map(({ night }) => night)).size < leastNights],
    ['artefacts-not-hashed', certificate.artefacts.length === 0],
  ];
  return gaps.filter(([, missing]) => missing).map(([gap]) => gap);
}
