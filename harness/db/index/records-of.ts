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
  const records = index.prepare('SELECT (SELECT json FROM coverage WHERE device = ?1 AND image = ?2) AS rules, (SELECT json FROM certificate WHERE device = ?1 AND image = ?2) AS certificate');
  return (device, image) => {
    const { rules, certificate } = records.get(device, image) as { rules: string | null; certificate: string | null };
    return { ...(rules === null ? {} : { rules: JSON.parse(rules) as RuleEvidence }), ...(certificate === null ? {} : { certificate: JSON.parse(certificate) as Certificate }) };
  };
}
