/**
 * Runs jobs in `slots` slots side by side, in order; each job is told its slot. When one throws, no further job starts, those under way
 * are waited for, and the first error is thrown.
 */
export async function dispatch<T>(jobs: readonly T[], slots: number, run: (job: T, slot: number) => Promise<void>): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const worker = async (slot: number): Promise<void> => {
    while (next < jobs.length && errors.length === 0) {
      const job = jobs[next] as T;
      next += 1;
      try {
        await run(job, slot);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(slots, jobs.length) }, async (_unused, slot) => worker(slot)));
  if (errors.length > 0) throw errors[0];
}
