// Generated from hardware-db/schemas/certificate.schema.json by scripts/generate-types.ts; do not edit.

/**
 * The decision of a named person that a device is certified on an image. It holds only while the results bear it out (VERDICTS.md, 3). hardware-db/certificates/<id>.json.
 */
export interface Certificate {
  id: string;
  device: string;
  image: string;
  /**
   * name of the person who looked at the runs
   */
  reviewer: string;
  decidedAt: string;
  /**
   * the last day on which it holds
   */
  expires: string;
  reason: string;
  /**
   * ids of the green runs on the real device that it stands on
   *
   * @minItems 1
   */
  results: [string, ...string[]];
  /**
   * what was kept of these runs, with hashes
   */
  artefacts: CertifiedArtefact[];
  revoked?: CertificateRevocation;
}
export interface CertifiedArtefact {
  path: string;
  sha256: string;
}
export interface CertificateRevocation {
  at: string;
  reason: string;
}
