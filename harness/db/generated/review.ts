// Generated from hardware-db/schemas/review.schema.json by scripts/generate-types.ts; do not edit.

/**
 * A named person read a public report of a real device in use, and says what it reports: evidence E3. hardware-db/reviews/<id>.json, written by hwlab db review.
 */
export interface Review {
  id: string;
  vendor: string;
  /**
   * of the model, without the maker
   */
  name: string;
  says: 'works' | 'limited' | 'broken';
  /**
   * in the reviewer's own words: what was reported, on which system
   */
  text?: string;
  /**
   * name of the person who read it
   */
  reviewer: string;
  reviewedAt: string;
  source: ReviewSource;
}
export interface ReviewSource {
  name: string;
  url: string;
  /**
   * of the report
   */
  date: string;
  /**
   * under which terms its facts may be passed on
   */
  licence: string;
}
