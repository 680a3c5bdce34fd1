/** `problem`: a night cannot run; `warning`: it can, with less or slower. */
export type FindingLevel = 'ok' | 'warning' | 'problem';

/** One thing that the doctor looked at. */
export interface Finding {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly level: FindingLevel;
  /** What was looked at, a few words. */
  readonly about: string;
  /** What was found, one line. */
  readonly found: string;
  /** What to do about it, one sentence; for everything that is not ok. */
  readonly advice?: string;
}

export function ok(id: string, about: string, found: string): Finding {
  return { id, level: 'ok', about, found };
}

export function warning(id: string, about: string, found: string, advice: string): Finding {
  return { id, level: 'warning', about, found, advice };
}

export function problem(id: string, about: string, found: string, advice: string): Finding {
  return { id, level: 'problem', about, found, advice };
}
