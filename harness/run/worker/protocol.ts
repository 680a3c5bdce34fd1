import type { MachineAccess } from '../../machines/machine.ts';
import type { RedirEndpoint } from '../../emulation/redirected/redirected-device.ts';
import type { ReplayReport } from '../../emulation/cassette/divergence.ts';
import type { Artefact, CellId, Failure, TestAttempt } from '../../db/generated/result.ts';
import type { PackageOrder } from '../../machines/install-packages.ts';
import type { TapeOrder } from './cell-tape.ts';

/** What the night tells a cell's process, as the first message. */
export interface CellOrder {
  readonly cell: CellId;
  readonly access: MachineAccess;
  /** Model with any override applied, as JSON. */
  readonly model: unknown;
  readonly suiteFiles: readonly string[];
  /** Requirement level by feature, from the profile. */
  readonly requirements: Readonly<Record<string, string>>;
  /** Only tests with these ids; all when undefined. */
  readonly only?: readonly string[];
  /** Only tests whose title or feature contains this text. */
  readonly grep?: string;
  /** Only tests of these features. */
  readonly features?: readonly string[];
  /** So many failed tests of required to optional features end the cell: the others are skipped. */
  readonly stopAfterFailures?: number;
  /** Runs in the guest before the device is plugged in: blacklisted modules of a negative control. */
  readonly blacklist: readonly string[];
  /** Command lines run in the guest before the device is plugged in, for negative controls. */
  readonly sabotage: readonly string[];
  /** Made of the guest's packages before the device is plugged in, for a bisection. */
  readonly packages?: PackageOrder;
  /** Night's folder, and this attempt's folder relative to it. */
  readonly nightFolder: string;
  readonly folder: string;
  readonly attempt: number;
  /** Milliseconds the process may take from now. */
  readonly limit: number;
  /** Test times are multiplied by this: 1 with hardware virtualisation, 4 without. */
  readonly patience: number;
  /** What random contents of the suite start from. */
  readonly seed: number;
  /** Where and when this machine is to be kept for a person; not at all when undefined. */
  readonly hold?: HoldOrder;
  /** The cell's first unit is recorded, or is a recording; emulated and not recorded when undefined. */
  readonly tape?: TapeOrder;
  /** Where the cell's first unit is, when it is not emulated here. */
  readonly from?: RedirectedOrder;
  /** Labels for the Allure results. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A unit that is elsewhere, and whether what is printed stays readable in its cassette. */
export interface RedirectedOrder {
  readonly endpoint: RedirEndpoint;
  readonly keepContents: boolean;
}

/** `start`: before the first test. `fail`: at the first test that does not pass. `always`: there, or after the last test. */
export type HoldWhen = 'start' | 'fail' | 'always';

export interface HoldOrder {
  readonly when: HoldWhen;
  /** How long it is kept if nobody extends it. */
  readonly seconds: number;
  /** Of the night. */
  readonly runId: string;
}

export interface GuestFacts {
  readonly osRelease: string;
  readonly kernel: string;
}

/** What a cell's process tells the night. */
export type CellMessage =
  | { readonly type: 'connected'; readonly facts: GuestFacts; readonly ms: number }
  | { readonly type: 'attached'; readonly descriptorsSha256: string; readonly ms: number }
  | { readonly type: 'test-started'; readonly id: string; readonly title: string; readonly feature: string }
  | { readonly type: 'test-finished'; readonly id: string; readonly title: string; readonly feature: string; readonly requirement: string; readonly attempt: TestAttempt }
  | { readonly type: 'held'; readonly hold: string }
  | { readonly type: 'released'; readonly hold: string; readonly why: string }
  | { readonly type: 'done'; readonly artefacts: readonly Artefact[]; readonly timings: Readonly<Record<string, number>>; readonly tape?: ReplayReport }
  | { readonly type: 'failed'; readonly reason: Failure; readonly retryable: boolean; readonly artefacts: readonly Artefact[] };
