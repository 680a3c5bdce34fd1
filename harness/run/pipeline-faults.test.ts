import { expect } from 'chai';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypedEvents } from '../base/typed-events.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Result } from '../db/generated/result.ts';
import { FakeMachine, type FakeFault } from '../machines/testing/fake-machine.ts';
import type { NightEvents } from '../report/night-events.ts';
import { runCell } from './pipeline.ts';
import { sampleCell } from './testing/sample-cell.ts';
import { scriptedProcess, type RunCellProcess } from './worker/cell-process.ts';

/** The pipeline on a machine that does everything a guest and a host can do to it. */
describe('runCell on a machine with faults', () => {
  let folder: string;
  let warnings: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-faults-'));
    warnings = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(machine: FakeMachine, runProcess: RunCellProcess, limit = 5000): Promise<Result> {
    const events = new TypedEvents<NightEvents>((error) => {
      throw error;
    });
    events.on('warning', ({ message }) => void warnings.push(message));
    return await runCell(sampleCell(1), {
      nightId: '20261122-000000-test',
      nightFolder: folder,
      events,
      machine,
      image: { sha256: 'a'.repeat(64), packages: {} },
      startProcess: scriptedProcess(runProcess),
      accelerator: 'tcg',
      qemu: '7.2',
      harness: 'hwlab test',
      plan: 'test-0000000000000000',
      slot: 0,
      signal: new AbortController().signal,
      limit,
    });
  }

  const passes: RunCellProcess = async (order, _deadline, onMessage) => {
    onMessage({ type: 'test-finished', id: 't', title: 't', feature: 'a.b', requirement: 'required', attempt: { attempt: order.attempt, outcome: 'PASS', startedAt: new Date().toISOString(), durationMs: 1, artefacts: [] } });
    onMessage({ type: 'done', artefacts: [], timings: {} });
  };

  /** A process that lets the fault happen and then waits for its deadline, as a suite does that talks to a dead guest. */
  function strikes(machine: FakeMachine): RunCellProcess {
    return async (order, deadline, onMessage) => {
      machine.started.at(-1)?.strike();
      await deadline.race('suite', new Promise<never>(() => undefined)).catch(() => undefined);
      onMessage({ type: 'failed', reason: { code: 'cell-interrupted', blame: 'lab', message: `${order.cell.id} was interrupted` }, retryable: false, artefacts: [] });
    };
  }

  const atStart: readonly [FakeFault, Result['outcome'], string][] = [
    ['start-fails', 'MISS', 'domain-not-created'],
    ['panic-at-boot', 'FAIL', 'guest-panicked'],
    ['no-ssh', 'FAIL', 'guest-never-came-up'],
    ['host-disk-full', 'MISS', 'host-disk-full'],
    ['hang', 'MISS', 'deadline-exceeded'],
  ];
  for (const [fault, outcome, code] of atStart) {
    it(`${fault}: ${outcome} by ${code}, and nothing runs afterwards`, async () => {
      const machine = new FakeMachine(fault, fault);
      const result = await run(machine, passes, fault === 'hang' ? 50 : 5000);
      expect(result.outcome).to.equal(outcome);
      expect(result.reason?.code).to.equal(code);
      expect(machine.running).to.equal(0);
    });
  }

  it('panic in mid-test: FAIL at once, long before the deadline, with the console’s last lines', async () => {
    const machine = new FakeMachine('panic', 'panic');
    const started = performance.now();
    const result = await run(machine, strikes(machine), 60_000);
    expect(performance.now() - started).to.be.below(5000);
    expect(result.outcome).to.equal('FAIL');
    expect(result.reason?.code).to.equal('guest-panicked');
    expect(result.reason?.message).to.contain('the console ends with').and.to.contain('Kernel panic');
    expect(result.artefacts.map((artefact) => artefact.name)).to.include('console');
    expect(machine.running).to.equal(0);
  });

  it('a connection that is lost: MISS, never the product’s failure', async () => {
    const machine = new FakeMachine('lost', 'lost');
    const result = await run(machine, async () => {
      machine.started.at(-1)?.strike();
      throw new HwlabError({ code: 'shell-lost', blame: 'lab', message: 'the connection ended' });
    });
    expect(result.outcome).to.equal('MISS');
    expect(result.reason?.code).to.equal('shell-lost');
  });

  it('a flooded console keeps the result small: the file is named, not copied', async () => {
    const result = await run(new FakeMachine('console-flood'), passes);
    expect(result.outcome).to.equal('PASS');
    const file = result.artefacts.find((artefact) => artefact.name === 'console')?.path ?? '';
    expect(statSync(join(folder, file)).size).to.be.greaterThan(500_000);
    expect(JSON.stringify(result).length).to.be.below(4000);
  });

  it('a machine that cannot be removed is a warning; the result stands', async () => {
    const result = await run(new FakeMachine('teardown-fails'), passes);
    expect(result.outcome).to.equal('PASS');
    expect(warnings.join()).to.contain('teardown of machine');
  });
});
