import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { canonicalJson } from '../canonical-json.ts';
import { replaceSynced } from '../durable-file.ts';
import type { Review } from '../generated/review.ts';
import { violationsOf } from '../parse-data.ts';
import { modelId } from './entries-from-facts.ts';

/** What a person says who read a report. */
export type ReviewDraft = Omit<Review, 'id'>;

/**
 * Writes `reviews/<model>-<day>.json` of a database; a second one of a model on a day gets a number.
 * @returns the file and what is in it
 * @throws HwlabError `review-invalid` (usage) that names the first field that is wrong
 */
export async function writeReview(database: string, draft: ReviewDraft, now: Date): Promise<{ readonly file: string; readonly review: Review }> {
  const folder = join(database, 'reviews');
  const wanted = `${modelId(draft.vendor, draft.name)}-${draft.reviewedAt}`;
  let id = wanted;
  for (let number = 2; existsSync(join(folder, `${id}.json`)); number += 1) id = `${wanted}-${number}`;
  const review: Review = { ...draft, id };
  const [violation] = violationsOf(review, 'review');
  if (violation) throw invalid(`${violation.path.join('.')}: expected ${violation.expected}, found ${violation.found}`);
  const today = now.toISOString().slice(0, 10);
  if (review.reviewedAt > today || review.source.date > review.reviewedAt) throw invalid(`the report (${review.source.date}) is read after it was written and not later than today (${review.reviewedAt})`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${id}.json`);
  await replaceSynced(file, canonicalJson(review));
  return { file, review };
}

function invalid(message: string): HwlabError {
  return new HwlabError({ code: 'review-invalid', blame: 'usage', message: `the review was not written: ${message}`, advice: 'hwlab db review --help' });
}
