/**
 * The smallest part of `all` that still fails, of which nothing can be left out (A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
 * 2002). `all` itself is known to fail, and nothing of it is known to pass.
 * @param fails whether these fail; what they cannot be tested without is the caller's to add
 */
export async function minimise<T>(all: readonly T[], fails: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let rest = all;
  let parts = 2;
  while (rest.length >= 2) {
    const size = Math.ceil(rest.length / parts);
    const pieces = Array.from({ length: Math.ceil(rest.length / size) }, (_, index) => rest.slice(index * size, (index + 1) * size));
    const piece = await firstThat(pieces, fails);
    if (piece) {
      rest = piece;
      parts = 2;
      continue;
    }
    const without = pieces.length > 2 ? await firstThat(pieces.map((each) => rest.filter((one) => !each.includes(one))), fails) : undefined;
    if (without) {
      rest = without;
      parts = Math.max(parts - 1, 2);
      continue;
    }
    if (parts >= rest.length) break;
    parts = Math.min(rest.length, parts * 2);
  }
  return rest;
}

async function firstThat<T>(sets: readonly (readonly T[])[], fails: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[] | undefined> {
  for (const set of sets) if (await fails(set)) return set;
  return undefined;
}
