import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { TypedEvents } from '../base/typed-events.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import { listImageIds } from '../images/catalogue.ts';
import type { NightEvents } from '../report/night-events.ts';
import { investigateFailures, type InvestigateParts } from '../repro/investigate/investigate-failures.ts';
import { newFailures } from '../repro/investigate/new-failures.ts';
import { loadCatalogue } from '../run/catalogue.ts';
import type { NightRequest } from '../run/start-night.ts';

/** Looks into what a night found anew, once its cells have run. What goes wrong in that is a warning: the night and its results are done. */
export function nightInvestigation(parts: Pick<InvestigateParts, 'database' | 'folder' | 'lab' | 'events' | 'signal' | 'budget' | 'limit'>): NonNullable<NightRequest['investigate']> {
  return async (results, before, issues): Promise<readonly Investigation[]> => {
    const failures = newFailures(results, before, issues, new Date());
    if (failures.length === 0) return [];
    const { events, signal } = parts;
    // The cells of these runs are none of the night's: its sinks hear of their steps only.
    const own = new TypedEvents<NightEvents>(() => undefined);
    own.on('warning', (warning) => void events.emit('warning', warning));
    try {
      return await investigateFailures(failures, { ...parts, events: own, night: results, catalogue: await loadCatalogue(await listImageIds()), deadline: Deadline.after(24 * 3600_000, signal), progress: (step) => void events.emit('preparing', { step }) });
    } catch (error) {
      // Interrupted: what was decided until then is kept, and the night still gets its reports.
      if (signal.aborted) return [];
      if (!(error instanceof HwlabError)) throw error;
      await events.emit('warning', { message: `the new failures were not looked into: ${error.message}`, advice: `./hwlab investigate ${failures[0]?.result.id ?? 'RESULT'}` });
      return [];
    }
  };
}
