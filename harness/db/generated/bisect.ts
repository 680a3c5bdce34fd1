// Generated from hardware-db/schemas/bisect.schema.json by scripts/generate-types.ts; do not edit.

/**
 * A bisection: what was asked, its runs in their order, and the answer. Below the reports, repro/bisect/<id>.json, written anew after every run.
 */
export interface Bisect {
  schema: 'hwlab/bisect/1';
  /**
   * hash of what is asked
   */
  id: string;
  /**
   * for people
   */
  asked: string;
  /**
   * @maxItems 10000
   */
  trials: BisectTrial[];
  answer?: BisectAnswer;
}
export interface BisectTrial {
  key: string;
  label: string;
  outcome: 'bad' | 'good' | 'untestable';
  result?: string;
  said?: string;
  seconds: number;
}
export interface BisectAnswer {
  /**
   * none: nothing that can be bisected explains it
   */
  kind: 'image' | 'package' | 'kernel' | 'none';
  /**
   * the first bad image, package or kernel; several where they cannot be told apart, or only fail together
   */
  what: string[];
  /**
   * what the first bad package fails together with, where it does not fail alone
   */
  together?: string[];
  /**
   * that this change alone on the good image fails was seen
   */
  alone?: boolean;
  confidence: number;
  runs: number;
  why?: string;
}
