import { HwlabError } from '../base/hwlab-error.ts';

/** Aborts at the first Ctrl-C or SIGTERM, so that work ends by its own teardown; a second Ctrl-C ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      process.stderr.write(`hwlab: ${name}, cleaning up; once more to end at once\n`);
      controller.abort(new HwlabError({ code: 'interrupted', blame: 'lab', message: `interrupted by ${name}` }));
    });
  }
  return controller.signal;
}
