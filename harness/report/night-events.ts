import type { NightIssue } from '../db/night-issues.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import type { Result, TestAttempt, CellId } from '../db/generated/result.ts';

/** What is known of a night when it starts. `folder` is where its artefacts, Allure results and page go. */
export interface NightInfo {
  readonly id: string;
  readonly plan: string;
  readonly startedAt: string;
  readonly folder: string;
  readonly database: string;
  readonly cells: readonly CellId[];
  readonly slots: number;
  /** True when this continues a night that was cut off. */
  readonly resumed: boolean;
  readonly accelerator: 'kvm' | 'tcg';
  /** What people call the ids of this night's models, images, machines and suites; an id that is not here is shown as it is. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The last earlier night of the same plan in the same database, for what changed since. */
export interface PreviousNight {
  readonly id: string;
  readonly startedAt: string;
  readonly results: readonly Result[];
}

export interface NightSummary {
  readonly night: NightInfo;
  readonly finishedAt: string;
  readonly results: readonly Result[];
  /** Set when the night stopped before all cells ran: no disk space, interrupted. */
  readonly stopped?: { readonly code: string; readonly message: string };
  readonly exitCode: number;
  readonly before?: PreviousNight;
  /** What the night says of the known issues of its database. */
  readonly issues?: readonly NightIssue[];
  /** What was found out about failures. */
  readonly investigations?: readonly Investigation[];
}

/** A report that is on disk. `path` is absolute. */
export interface WrittenReport {
  readonly kind: 'page' | 'allure' | 'junit' | 'index';
  readonly path: string;
  readonly seconds: number;
}

/** Every event of a night, emitted once; sinks in report/ subscribe. */
export interface NightEvents {
  'night-started': { readonly night: NightInfo; readonly estimateSeconds: number };
  'preparing': { readonly step: string };
  'cell-started': { readonly cell: CellId; readonly slot: number; readonly attempt: number };
  'cell-phase': { readonly cell: CellId; readonly phase: 'restore' | 'connect' | 'attach' | 'tests' | 'collect' | 'discard'; readonly detail?: string };
  'test-started': { readonly cell: CellId; readonly title: string; readonly feature: string };
  'test-finished': { readonly cell: CellId; readonly title: string; readonly feature: string; readonly requirement: string; readonly attempt: TestAttempt };
  /** The machine of a cell is kept for a person; `lines` say how to get in. The cell goes on when it is released. */
  'held': { readonly cell: CellId; readonly hold: string; readonly lines: readonly string[] };
  'released': { readonly cell: CellId; readonly hold: string; readonly why: string };
  'cell-finished': { readonly cell: CellId; readonly result: Result; readonly done: number; readonly total: number; readonly secondsLeft: number };
  'warning': { readonly message: string; readonly advice?: string };
  /** A report sink has written its files; comes while `night-finished` is being delivered. */
  'report-written': { readonly report: WrittenReport };
  'night-finished': { readonly summary: NightSummary };
}
