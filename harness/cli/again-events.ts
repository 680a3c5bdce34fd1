import { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { TypedEvents } from '../base/typed-events.ts';
import type { NightEvents } from '../report/night-events.ts';
import { exitCodes } from '../run/exit-code.ts';
import { askHold } from '../run/hold/ask-hold.ts';

export interface AgainEvents {
  readonly events: TypedEvents<NightEvents>;
  readonly signal: AbortSignal;
}

/**
 * What a developer's run tells its person, a line a thing on standard error, and Ctrl-C: while a machine is kept it lets that go and the run ends by
 * itself; otherwise it ends the run; twice ends the process.
 */
export function againEvents(): AgainEvents {
  const events = new TypedEvents<NightEvents>((error, event) => process.stderr.write(`hwlab: ${event}: ${messageOf(error)}\n`));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const stop = new AbortController();
  let held: string | undefined;
  tellHolds(events);
  events.on('held', ({ hold }) => void (held = hold));
  events.on('released', () => void (held = undefined));
  events.on('preparing', ({ step }) => say(`  ${step}`));
  events.on('warning', ({ message }) => say(`  warning: ${message}`));
  events.on('cell-phase', ({ phase }) => (phase === 'restore' || phase === 'attach' ? say(`  ${phase === 'restore' ? 'restoring the machine' : 'plugging the device in'}`) : undefined));
  events.on('test-finished', ({ title, attempt }) => {
    say(`  ${attempt.outcome.padEnd(5)} ${title} (${(attempt.durationMs / 1000).toFixed(1)} s)`);
    const said = attempt.failure?.message ?? attempt.skipReason;
    if (said !== undefined) say(`        ${said.split('\n')[0]?.slice(0, 300) ?? ''}`);
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exitCodes.interrupted);
      if (held !== undefined && name === 'SIGINT') {
        void askHold(held, { do: 'release' }, Deadline.after(5000)).catch(() => stop.abort(interrupted(name)));
        return;
      }
      say(`hwlab: ${name}, cleaning up; once more to end at once`);
      stop.abort(interrupted(name));
    });
  }
  return { events, signal: stop.signal };
}

/** Prints how to get in to each machine that is kept. */
export function tellHolds(events: TypedEvents<NightEvents>): void {
  events.on('held', ({ lines }) => void process.stderr.write(`\n${lines.join('\n')}\n\n`));
  events.on('released', ({ hold, why }) => void process.stderr.write(`${hold}: ${why}, the machine is discarded\n`));
}

function interrupted(name: string): HwlabError {
  return new HwlabError({ code: 'interrupted', blame: 'lab', message: `interrupted by ${name}` });
}
