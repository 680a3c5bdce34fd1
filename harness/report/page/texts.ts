import type { Investigation, InvestigationCheck } from '../../db/generated/investigations.ts';
import type { State } from '../night-counts.ts';

export type Language = 'en' | 'ru';

/** Every word of the night page that is ours. Text of the guest, of devices and of suites is shown as it is. */
export interface Texts {
  readonly language: Language;
  /** For Intl: `en-GB`, `ru-RU`. */
  readonly locale: string;
  readonly fileName: string;
  readonly otherLanguage: string;
  readonly title: (plan: string, date: string) => string;
  readonly allNights: string;
  readonly skipLink: string;
  readonly verdict: {
    readonly nothing: string;
    readonly allPassed: (tests: number, cells: number) => string;
    /** Follows when all that counts passed and tests on trial did not. */
    readonly trials: (tests: number) => string;
    readonly passedFlaky: (flaky: number, tests: number) => string;
    readonly failed: (failures: number, fresh: number | undefined) => string;
    readonly labOnly: (cells: number) => string;
    readonly errorsOnly: (tests: number) => string;
    readonly stopped: (run: number, planned: number) => string;
  };
  readonly state: Readonly<Record<State, string>>;
  readonly stateLong: Readonly<Record<State, string>>;
  readonly requirement: Readonly<Record<'required' | 'recommended' | 'optional' | 'trial', string>>;
  readonly blame: Readonly<Record<'product' | 'lab' | 'harness' | 'usage', string>>;
  readonly section: Readonly<Record<'returned' | 'issues' | 'failures' | 'releases' | 'changes' | 'matrix' | 'lab' | 'flakes' | 'trials' | 'skips' | 'tests' | 'timings' | 'environment', string>>;
  /** Known issues: what is said of one that is back, seen, in the place of which something else fails, or looked for in vain. */
  readonly issueState: Readonly<Record<'returned' | 'present' | 'otherwise' | 'absent', string>>;
  /** Before the issue that names a failure, and before a failure's signature. */
  readonly knownIssue: Readonly<Record<'present' | 'returned' | 'signature', string>>;
  /** Names for the row of links, where the section's own is too long. */
  readonly jump: Readonly<Partial<Record<keyof Texts['section'], string>>> & { readonly label: string };
  /** One night, several releases. */
  readonly releases: {
    readonly compared: (tests: number) => string;
    readonly notCompared: (tests: number) => string;
    readonly none: string;
    readonly alike: (tests: number) => string;
    /** In place of a state, where a release gave no verdict. */
    readonly unknown: string;
  };
  readonly cells: (count: number) => string;
  readonly tests: (count: number) => string;
  readonly lines: (shown: number, more: boolean) => string;
  readonly events: (shown: number, total: number) => string;
  readonly slots: (count: number) => string;
  readonly attempts: (count: number) => string;
  readonly fact: Readonly<Record<'plan' | 'started' | 'took' | 'slots' | 'acceleration' | 'database' | 'evidence', string>>;
  readonly tcg: string;
  readonly kvm: string;
  readonly emulatedNote: string;
  readonly noFailures: string;
  readonly noFailuresHint: (tests: number) => string;
  readonly failsOn: (failing: number, of: number) => string;
  readonly failsEverywhere: (of: number) => string;
  readonly fresh: string;
  readonly expected: string;
  readonly actual: string;
  readonly inAttempt: (attempt: number, of: number) => string;
  readonly runAgain: string;
  readonly copy: string;
  readonly copied: string;
  readonly evidence: Readonly<Record<'kernel-log' | 'console' | 'journal' | 'wire-trace' | 'screenshot' | 'stack' | 'file', string>>;
  readonly wholeFile: string;
  /** The link to the time line of a cell. */
  readonly trace: string;
  readonly missingFile: string;
  readonly notInlined: string;
  readonly emptyFile: string;
  readonly unreadable: (lines: number) => string;
  readonly wire: Readonly<Record<'time' | 'direction' | 'kind' | 'endpoint' | 'meaning' | 'bytes' | 'status' | 'host' | 'device' | 'caption', string>>;
  readonly advice: string;
  readonly filter: { readonly label: string; readonly placeholder: string; readonly all: string; readonly trouble: string; readonly shown: (shown: number, total: number) => string; readonly nothing: string };
  readonly changes: Readonly<Record<'newFailures' | 'fixed' | 'stillFailing' | 'newFlakes' | 'newlySkipped' | 'newlyUntested' | 'goneTests' | 'newTests' | 'newMisses' | 'goneCells' | 'newCells' | 'environment', string>>;
  readonly since: (date: string) => string;
  readonly noChange: string;
  readonly firstNight: string;
  readonly was: string;
  readonly now: string;
  readonly absent: string;
  readonly more: (count: number) => string;
  readonly matrixCaption: string;
  readonly model: string;
  readonly cellRatio: (good: number, of: number) => string;
  readonly noCell: string;
  readonly labIntro: string;
  readonly noLab: string;
  readonly noFlakes: string;
  readonly flakeIntro: string;
  readonly noSkips: string;
  readonly skipNoReason: string;
  readonly notRunIntro: (code: string) => string;
  readonly testColumns: Readonly<Record<'test' | 'feature' | 'requirement' | 'outcome' | 'took' | 'measured', string>>;
  readonly timings: { readonly phases: string; readonly slowestTests: string; readonly slowestCells: string; readonly phase: Readonly<Record<string, string>>; readonly share: string; readonly sum: string; readonly median: string };
  readonly environment: Readonly<Record<'image' | 'hash' | 'release' | 'kernel' | 'packages' | 'machines' | 'qemu' | 'harness' | 'suites', string>>;
  /** What was found out about a failure. */
  readonly investigation: {
    readonly title: string;
    readonly verdict: Readonly<Record<Investigation['verdict'], string>>;
    readonly check: Readonly<Record<InvestigationCheck['check'], string>>;
    readonly answer: Readonly<Record<InvestigationCheck['answer'], string>>;
    readonly runs: (count: number) => string;
    /** Stands before the id of another result, whose failure is the same. */
    readonly of: string;
  };
  readonly reports: Readonly<Record<'allure' | 'junit' | 'title', string>>;
  readonly keyboard: string;
  readonly footer: string;
  readonly nights: { readonly title: string; readonly intro: string; readonly night: string; readonly none: string };
}
