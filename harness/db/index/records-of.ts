import type { DatabaseSync } from 'node:sqlite';
import type { Certificate } from '../generated/certificate.ts';
import type { RuleEvidence } from '../verdicts/rule-evidence.ts';

/** What else is recorded of a device on an image: what was read from the image itself, and a certificate. */
export interface DeviceRecords {
  readonly rules?: RuleEvidence;
  readonly certificate?: Certificate;
}

/** Looks those records up in the index. */
export function recordsIn(index: DatabaseSync): (device: string, image: string) => DeviceRecords {
  const coverage = index.prepare('SELECT json FROM coverage WHERE device = ? AND image = ?');
  const certificates = index.prepare('SELECT json FROM certificate WHERE device = ? AND image = ?');
  return (device, image) => {
    const rules = coverage.get(device, image) as { json: string } | undefined;
    const certificate = certificates.get(device, image) as { json: string } | undefined;
    return { ...(rules === undefined ? {} : { rules: JSON.parse(rules.json) as RuleEvidence }), ...(certificate === undefined ? {} : { certificate: JSON.parse(certificate.json) as Certificate }) };
  };
}
