import { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { TypedEvents } from '../base/typed-events.ts';
import type { Night } from '../db/generated/night.ts';
import type { NightEvents } from '../report/night-events.ts';
import { attachSinks } from '../report/attach-sinks.ts';
import type { Cell } from '../run/cell.ts';
import { exitCodes } from '../run/exit-code.ts';
import { realLab } from '../run/real-lab.ts';
import { startNight } from '../run/start-night.ts';
import { consentOf } from '../setup/consent.ts';
import { ensureHostPackages } from '../setup/host-packages.ts';

export interface RunAndReportOptions {
  readonly cells: readonly Cell[];
  readonly plan: string;
  readonly deadlineMinutes: number;
  readonly database: string;
  readonly reports: string;
  readonly slots?: number;
  readonly resume?: Night;
  readonly yes: boolean;
  readonly json: boolean;
}

const setupMinutes = 60;

/** Set-up, night, reports: what `nightly` and `run` share. Returns the exit code. */
export async function runAndReport(options: RunAndReportOptions): Promise<number> {
  const events = new TypedEvents<NightEvents>((error, event) => process.stderr.write(`hwlab: a report failed at ${event}: ${messageOf(error)}\n`));
  const sinks = attachSinks(events, { json: options.json, reports: options.reports });
  const signal = interruptSignal();
  const deadline = Deadline.after(setupMinutes * 60_000, signal);
  try {
    await ensureHostPackages(['guest', 'image', 'report'], { ...consentOf({ yes: options.yes }), deadline, progress: (step) => void events.emit('preparing', { step }) });
    const lab = await realLab(Deadline.after(24 * 3600_000, signal));
    const summary = await startNight({
      cells: options.cells,
      plan: options.plan,
      deadlineMinutes: options.deadlineMinutes,
      database: options.database,
      reports: options.reports,
      ...(options.slots === undefined ? {} : { slots: options.slots }),
      ...(options.resume ? { resume: options.resume } : {}),
      events,
      signal,
      lab,
    });
    return summary.exitCode;
  } finally {
    sinks.stop();
  }
}

/** Aborts at the first Ctrl-C, which ends the night cleanly; the second one ends the process at once and leaves the rest to the reaper. */
function interruptSignal(): AbortSignal {
  const control = new AbortController();
  const stop = (name: string): void => {
    if (control.signal.aborted) process.exit(exitCodes.interrupted);
    process.stderr.write(`\nhwlab: ${name}: ending the running cells; what is done is kept (once more to leave at once)\n`);
    control.abort(new HwlabError({ code: 'night-interrupted', blame: 'lab', message: `the night was interrupted (${name})`, advice: 'go on with it: ./hwlab nightly --resume NIGHT' }));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(name));
  return control.signal;
}
