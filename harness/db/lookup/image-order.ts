import type { ImageRecord } from '../generated/image.ts';
import { imageName } from '../answers/device-answer.ts';
import type { ImageFacts } from './lookup-source.ts';

/** What is said of images, the newest release first; those without a date by id, after the others. */
export function imageFacts(ids: Iterable<string>, records: ReadonlyMap<string, ImageRecord>): readonly ImageFacts[] {
  return [...ids]
    .map((id): ImageFacts => {
      const record = records.get(id);
      return { id, name: imageName(id, records), line: record?.line ?? null, releasedAt: record?.releasedAt ?? null, supportedUntil: record?.supportedUntil ?? null };
    })
    .sort((left, right) => (right.releasedAt ?? '').localeCompare(left.releasedAt ?? '') || left.id.localeCompare(right.id, 'en'));
}
