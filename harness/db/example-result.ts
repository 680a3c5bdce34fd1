import type { Failure, Outcome, Result, TestAttempt, TestResult } from './generated/result.ts';

/** A result that keeps the schema, for tests; `change` replaces top-level properties, and `cell` parts of the cell. */
export function exampleResult(change: Partial<Omit<Result, 'cell'>> & { readonly cell?: Partial<Result['cell']> } = {}): Result {
  const { cell = {}, ...rest } = change;
  const at = { image: 'debian-12', machine: 'pc', model: 'usb-laser', device: 'acme-laser', suite: 'printers', attachment: 'emulated' as const, ...cell };
  const night = rest.night ?? '20261122-031500-abcd';
  return {
    schema: 'hwlab/result/1',
    id: `${night}-0001`,
    night,
    cell: { id: `${at.image}/${at.machine}/${at.model}/${at.suite}`, ...at },
    startedAt: '2026-11-22T03:15:00.000Z',
    finishedAt: '2026-11-22T03:16:00.000Z',
    outcome: 'PASS',
    evidence: 'E2',
    environment: {
      imageSha256: 'a'.repeat(64),
      modelSha256: 'b'.repeat(64),
      descriptorsSha256: 'c'.repeat(64),
      suiteRevision: '0123456789abcdef',
      kernel: '6.1.0-30-amd64',
      harness: '0.1.0',
      accelerator: 'tcg',
      plan: 'smoke 0123456789abcdef',
    },
    tests: [exampleTest('printing.raw', 'PASS')],
    timings: { total: 60_000 },
    artefacts: [],
    ...rest,
  };
}

/** A test with one attempt per outcome given; the last one is the test's. */
export function exampleTest(feature: string, ...outcomes: readonly [Outcome, ...Outcome[]]): TestResult {
  const failure: Failure = { code: 'assertion', blame: 'product', message: 'expected 2 pages to equal 3' };
  const attempts = outcomes.map((outcome, index): TestAttempt => ({
    attempt: index + 1,
    outcome,
    startedAt: '2026-11-22T03:15:10.000Z',
    durationMs: 1000,
    artefacts: [],
    ...(outcome === 'FAIL' ? { failure } : {}),
    ...(outcome === 'SKIP' ? { skipReason: 'a feeder' } : {}),
  }));
  const last = outcomes.at(-1) ?? outcomes[0];
  return {
    id: `printers/${feature}/a-page-arrives`,
    title: 'a page arrives',
    feature,
    requirement: 'required',
    outcome: last,
    flake: last === 'PASS' && outcomes.length > 1,
    attempts: attempts as [TestAttempt, ...TestAttempt[]],
  };
}
