import type { IndexProgress } from '../db/index/update-index.ts';

/** Tells on the standard error how far the index is, at most twice a second, and nothing when it is quick. */
export function indexProgress(): (progress: IndexProgress) => void {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return ({ phase, done }) => {
    const now = performance.now();
    if (now - startedAt < 1000 || now - toldAt < 500) return;
    toldAt = now;
    process.stderr.write(`hwlab: index: ${phase}: ${done.toLocaleString('en-GB')} read, ${Math.round((now - startedAt) / 1000)} s\n`);
  };
}
