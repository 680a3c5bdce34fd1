import { HwlabError } from '../base/hwlab-error.ts';
import { exitCodes } from '../run/exit-code.ts';

export interface Interruption {
  /** Code of the error that the work ends with. */
  readonly code: string;
  /** What the person is told when it begins. */
  readonly says: string;
  /** How to go on later. */
  readonly advice?: string;
}

const cleanUp: Interruption = { code: 'interrupted', says: 'cleaning up' };

/** Aborts at the first Ctrl-C or SIGTERM, so that work ends by its own teardown; a second Ctrl-C ends the process at once and leaves the rest to the reaper. */
export function interruptSignal({ code, says, advice }: Interruption = cleanUp): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      process.stderr.write(`hwlab: ${name}, ${says}; once more to end at once\n`);
      controller.abort(new HwlabError({ code, blame: 'lab', message: `interrupted by ${name}`, ...(advice === undefined ? {} : { advice }) }));
    });
  }
  return controller.signal;
}
