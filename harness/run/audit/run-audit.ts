import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { TypedEvents } from '../../base/typed-events.ts';
import type { NegativeControl } from '../../db/generated/negative-controls.ts';
import type { Result } from '../../db/generated/result.ts';
import type { NightEvents } from '../../report/night-events.ts';
import type { Catalogue, KnownSuite } from '../catalogue.ts';
import type { Cell } from '../cell.ts';
import { applyNegativeControl, loadNegativeControls } from '../negative-control.ts';
import type { NightLab } from '../night-lab.ts';
import { makeCell } from '../plan.ts';
import { startNight } from '../start-night.ts';
import type { RunCellProcess } from '../worker/cell-process.ts';
import { controlRunOf, type AuditedControl, type AuditedSuite } from './audit-report.ts';
import type { AuditStore } from './audit-store.ts';
import { controlKeys, type KeyOf } from './control-key.ts';
import type { FindUnbroken, Unbroken } from './unbroken.ts';

/** One control of a suite as a cell, and what is known of it from an earlier audit. */
export interface PlannedControl {
  readonly suite: KnownSuite;
  readonly audited: AuditedControl;
  readonly cell: Cell;
}

export interface AuditPlan {
  readonly controls: readonly PlannedControl[];
  readonly suites: readonly KnownSuite[];
  readonly keyOf: KeyOf;
  readonly store: AuditStore;
}

export interface AuditScope {
  /** Names of suites; all when empty. */
  readonly suites: readonly string[];
  /** Instead of what the control names. */
  readonly image?: string;
  readonly machine?: string;
  /** Run also those whose earlier run still stands. */
  readonly again: boolean;
  /** What features come to without a break, where that is known. */
  readonly unbroken?: FindUnbroken;
  /** sha256 of an image as the store has it; undefined when it is not built. */
  readonly imageSha256: (id: string) => string | undefined;
  /** The controls of a suite; those of the checkout when left out. */
  readonly controlsOf?: (suite: string) => Promise<readonly NegativeControl[]>;
}

const reference = { image: 'debian-12', machine: 'vm-basic' } as const;

/**
 * The controls of suites as cells, with what earlier audits showed of those that nothing has changed about since.
 * @throws HwlabError usage for unknown suites, images and machines
 */
export async function planAudit(scope: AuditScope, catalogue: Catalogue, store: AuditStore): Promise<AuditPlan> {
  const suites = scope.suites.length === 0 ? [...catalogue.suites.values()] : [...new Set(scope.suites)].map((name) => catalogue.suite(name));
  const keyOf = controlKeys();
  const controls: PlannedControl[] = [];
  for (const suite of suites) {
    for (const control of await (scope.controlsOf ?? loadNegativeControls)(suite.name)) {
      const image = scope.image ?? control.image ?? reference.image;
      const machine = scope.machine ?? control.machine ?? reference.machine;
      const whole = makeCell({ image, machine, model: control.model, suite: suite.name }, controls.length + 1, catalogue);
      const cell = applyNegativeControl(whole, control);
      const unbroken = control.mustFail.flatMap((feature): readonly (readonly [string, Unbroken])[] => {
        const found = scope.unbroken?.(whole.id.id, feature);
        return found ? [[feature, found]] : [];
      });
      const sha256 = scope.imageSha256(image);
      const run = scope.again || sha256 === undefined ? undefined : await store.read(keyOf(cell, control, sha256));
      controls.push({ suite, cell, audited: { control, image, machine, run, kept: run !== undefined, unbroken: Object.fromEntries(unbroken) } });
    }
  }
  return { controls, suites, keyOf, store };
}

export interface AuditRun {
  readonly lab: NightLab;
  readonly signal: AbortSignal;
  readonly slots?: number;
  readonly runProcess?: RunCellProcess;
  /** A control was run. */
  readonly onControl: (suite: string, control: AuditedControl, progress: { readonly done: number; readonly total: number; readonly secondsLeft: number }) => void;
  readonly onPreparing: (step: string) => void;
}

/** What an audit found. */
export interface AuditOutcome {
  readonly suites: readonly AuditedSuite[];
  /** Set when it ended before all controls had run; what was done is kept. */
  readonly stopped?: { readonly code: string; readonly message: string };
}

/** Runs the controls that have no run yet, keeps each at once, and gives all. Results go to a database of their own, which is removed. */
export async function runAudit(plan: AuditPlan, run: AuditRun): Promise<AuditOutcome> {
  const found = new Map<PlannedControl, AuditedControl>(plan.controls.map((planned) => [planned, planned.audited]));
  const waiting = plan.controls.filter(({ audited }) => audited.run === undefined);
  const progress = { done: 0, total: waiting.length };
  let stopped: AuditOutcome['stopped'];
  // An image or a machine that cannot be made ready must not end the controls of the others.
  for (const [place, group] of Map.groupBy(waiting, ({ cell }) => `${cell.id.image} on ${cell.id.machine}`)) {
    if (stopped?.code === 'night-interrupted') break;
    try {
      stopped = (await runGroup(group)) ?? stopped;
    } catch (error) {
      if (run.signal.aborted || !(error instanceof HwlabError) || error.blame === 'usage' || error.blame === 'harness') throw error;
      stopped = { code: error.code, message: `${place}: ${error.message}` };
      run.onPreparing(`the controls on ${place} are left out: ${error.message}`);
    }
  }
  const suites = plan.suites.map((suite) => ({ suite, controls: plan.controls.filter((planned) => planned.suite === suite).map((planned) => found.get(planned) ?? planned.audited) }));
  return { suites, ...(stopped ? { stopped } : {}) };

  async function runGroup(group: readonly PlannedControl[]): Promise<AuditOutcome['stopped']> {
    const folder = await mkdtemp(join(tmpdir(), 'hwlab-audit-'));
    const events = new TypedEvents<NightEvents>((error) => run.onPreparing(`a report failed: ${String(error)}`));
    events.on('preparing', ({ step }) => run.onPreparing(step));
    events.on('cell-finished', async ({ result, secondsLeft }) => {
      const planned = group.find(({ cell }) => cell.id.id === result.cell.id);
      if (planned) await keep(planned, result, secondsLeft);
    });
    try {
      const cells = group.map(({ cell }, index) => ({ ...cell, number: index + 1 }));
      const common = { cells, plan: 'audit-0000000000000000', deadlineMinutes: 3, database: folder, reports: folder, events, signal: run.signal, lab: run.lab };
      const summary = await startNight({ ...common, ...(run.slots === undefined ? {} : { slots: run.slots }), ...(run.runProcess ? { runProcess: run.runProcess } : {}) });
      return summary.stopped;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function keep(planned: PlannedControl, result: Result, secondsLeft: number): Promise<void> {
    const { control } = planned.audited;
    const audited: AuditedControl = { ...planned.audited, run: controlRunOf(control, result), kept: false };
    found.set(planned, audited);
    progress.done += 1;
    if (result.outcome !== 'MISS' && audited.run) await plan.store.keep(plan.keyOf(planned.cell, control, result.environment.imageSha256), audited.run);
    run.onControl(planned.suite.name, audited, { ...progress, secondsLeft });
  }
}

