import { Deadline } from '../base/deadline.ts';
import { messageOf } from '../base/hwlab-error.ts';
import { TypedEvents } from '../base/typed-events.ts';
import type { Night } from '../db/generated/night.ts';
import type { NightEvents } from '../report/night-events.ts';
import { attachSinks } from '../report/attach-sinks.ts';
import type { Cell } from '../run/cell.ts';
import { realLab } from '../run/real-lab.ts';
import { startNight, type NightRequest } from '../run/start-night.ts';
import { consentOf } from '../setup/consent.ts';
import { reproFolder } from '../repro/run-again.ts';
import { tellHolds } from './again-events.ts';
import { ensureCellPackages } from './cell-packages.ts';
import { nightInvestigation } from './night-investigation.ts';
import { interruptSignal } from './interrupt.ts';

export interface RunAndReportOptions {
  readonly cells: readonly Cell[];
  readonly plan: string;
  readonly deadlineMinutes: number;
  /** The levels that the plan names, kept for a night that is resumed. */
  readonly requirements?: NonNullable<Night['requirements']>;
  readonly database: string;
  readonly reports: string;
  readonly slots?: number;
  readonly hold?: NightRequest['hold'];
  readonly resume?: Night;
  /** For looking into new failures after the last cell; not at all when left out or 0. */
  readonly investigateMinutes?: number;
  readonly yes: boolean;
  readonly json: boolean;
}

const setupMinutes = 60;

/** Set-up, night, reports: what `nightly` and `run` share. Returns the exit code. */
export async function runAndReport(options: RunAndReportOptions): Promise<number> {
  const events = new TypedEvents<NightEvents>((error, event) => process.stderr.write(`hwlab: a report failed at ${event}: ${messageOf(error)}\n`));
  if (options.hold) tellHolds(events);
  const sinks = attachSinks(events, { json: options.json, reports: options.reports });
  const signal = interruptSignal({ code: 'night-interrupted', says: 'ending the running cells, what is done is kept', advice: 'go on with it: ./hwlab nightly --resume NIGHT' });
  const deadline = Deadline.after(setupMinutes * 60_000, signal);
  try {
    await ensureCellPackages(options.cells, ['image', 'report'], { ...consentOf({ yes: options.yes }), deadline, progress: (step) => void events.emit('preparing', { step }) });
    const lab = await realLab(Deadline.after(24 * 3600_000, signal));
    const minutes = options.investigateMinutes ?? 0;
    const summary = await startNight({
      ...(minutes > 0 ? { investigate: nightInvestigation({ database: options.database, folder: reproFolder(options.reports), lab, events, signal, budget: minutes * 60_000, limit: options.deadlineMinutes * 60_000 * (lab.accelerator === 'kvm' ? 1 : 4) }) } : {}),
      cells: options.cells,
      plan: options.plan,
      deadlineMinutes: options.deadlineMinutes,
      database: options.database,
      reports: options.reports,
      ...(options.slots === undefined ? {} : { slots: options.slots }),
      ...(options.hold ? { hold: options.hold } : {}),
      ...(options.resume ? { resume: options.resume } : {}),
      ...(options.requirements ? { requirements: options.requirements } : {}),
      events,
      signal,
      lab,
    });
    return summary.exitCode;
  } finally {
    sinks.stop();
  }
}
