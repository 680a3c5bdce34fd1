/** One test on one device and bench (machine), with at least one scored run. */
export interface FlakeObservation {
  readonly test: string;
  readonly device: string;
  /** Devices of one family are related: a vendor's share firmware. */
  readonly family: string;
  readonly bench: string;
  /** Unstable, or suspect of one isolated fail. */
  readonly flaky: boolean;
}

/** Whose fault a flaky test is when it is not the product's. */
export type FlakeFault = 'test' | 'bench';

/** From so many unrelated devices on, a flaky test is at fault itself. */
const manyFamilies = 3;

/**
 * Whose fault the flaky tests are (VERDICTS.md, 2): the test's when it is flaky on three or more unrelated devices, the bench's when
 * the same device does the same test steadily on another bench. Then the verdict stays as it was without the fails.
 */
export function flakeFaults(observations: readonly FlakeObservation[]): (test: string, device: string, bench: string) => FlakeFault | undefined {
  const flaky = observations.filter((observation) => observation.flaky);
  const faulty = new Set(
    [...Map.groupBy(flaky, ({ test }) => test)].filter(([, own]) => new Set(own.map(({ family }) => family)).size >= manyFamilies).map(([test]) => test),
  );
  const benches = Map.groupBy(observations, ({ test, device }) => `${test}\n${device}`);
  return (test, device, bench) => {
    const seen = benches.get(`${test}\n${device}`) ?? [];
    const flakyBenches = new Set(seen.filter((observation) => observation.flaky).map((observation) => observation.bench));
    if (!flakyBenches.has(bench)) return undefined;
    if (faulty.has(test)) return 'test';
    const steady = seen.some((observation) => !flakyBenches.has(observation.bench));
    return flakyBenches.size === 1 && steady ? 'bench' : undefined;
  };
}
