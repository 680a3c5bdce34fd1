import type { NightSummary } from './night-events.ts';

/** Where a writer says what it could not do; the night goes on. */
export type Warn = (message: string, advice?: string) => void;

/** One kind of report of a finished night. */
export interface ReportWriter {
  readonly kind: 'page' | 'allure' | 'junit' | 'index';
  /** Writes the report; returns the path of what a person opens, or undefined if it could not be written and `warn` has said why. */
  write(summary: NightSummary, warn: Warn): Promise<string | undefined>;
}
