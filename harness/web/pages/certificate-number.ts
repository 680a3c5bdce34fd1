import { createHash } from 'node:crypto';
import type { AnsweredDevice, ImageAnswer } from '../../db/answers/device-answer.ts';

/** Letters that are hard to mistake for one another (Crockford's base 32). */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Number of a statement: `HWL-7K3M-Q2ZD-5RVX`. The same device, release, headline, runs and limits have the same number on every server; any other answer
 * has another, so that a number that is not the one on the page says that the answer has changed.
 */
export function certificateNumber(device: AnsweredDevice, answer: ImageAnswer): string {
  const { image, headline, level, lastTestedAt, valid, limits, needs, evidence, environment } = answer;
  const digest = createHash('sha256').update(JSON.stringify([device.id, image, headline, level, lastTestedAt, valid?.date, limits, needs, evidence.map((each) => each.result), environment?.imageSha256, environment?.suiteRevision])).digest();
  const text = [...digest.subarray(0, 12)].map((byte) => letters[byte & 31]).join('');
  return `HWL-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}`;
}
