/** One check of a machine or a unit; a line of health.jsonl. */
export interface HealthRecord {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `machine/laptop-7`, `unit/uno-1` */
  readonly subject: string;
  /** When it was made: before or after a cell, once a night, or because somebody asked. */
  readonly when: 'before' | 'after' | 'nightly' | 'asked';
  readonly outcome: 'ok' | 'failed';
  /** Code of what failed, `power-unreachable`. */
  readonly code?: string;
  readonly message?: string;
  /** The night or the run. */
  readonly run?: string;
}

/** What a subject hangs on: `{ 'machine/laptop-7': ['outlet strip-1/1', 'strip strip-1', ...] }`, from the nearest to the farthest. */
export type Wiring = Readonly<Record<string, readonly string[]>>;
