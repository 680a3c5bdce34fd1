import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { TypedEvents } from '../base/typed-events.ts';
import { violationsOf } from '../db/parse-data.ts';
import type { Outcome } from '../db/generated/result.ts';
import type { Machine, MetalIdentity, RunningMachine, StartOptions } from '../machines/machine.ts';
import type { NightEvents } from '../report/night-events.ts';
import { runCell } from './pipeline.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import type { Cell } from './cell.ts';
import { sampleCell, sampleModel } from './testing/sample-cell.ts';
import { scriptedProcess, type RunCellProcess } from './worker/cell-process.ts';
import type { CellMessage, CellOrder } from './worker/protocol.ts';

function finished(id: string, attempt: number, outcome: Outcome): CellMessage {
  return { type: 'test-finished', id, title: id, feature: 'a.b', requirement: 'required', attempt: { attempt, outcome, startedAt: new Date().toISOString(), durationMs: 1, artefacts: [] } };
}

describe('runCell', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-pipeline-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A machine that counts how often it was started and discarded. */
  function machine(onStart: (start: number) => void = () => undefined): Machine & { started: number; running: number } {
    const self = {
      started: 0,
      running: 0,
      prepare: async () => undefined,
      start: async (options: StartOptions): Promise<RunningMachine> => {
        self.started += 1;
        onStart(self.started);
        self.running += 1;
        mkdirSync(options.folder, { recursive: true });
        const consoleFile = join(options.folder, 'console.log');
        writeFileSync(consoleFile, 'booted\n');
        return {
          access: { name: 'fake', ssh: { host: '127.0.0.1', port: 1, username: 'root', hostKey: 'ssh-ed25519 AAAA' }, usbPorts: [], consoleFile },
          timings: {},
          state: async () => 'running',
          screenshot: async (file) => {
            writeFileSync(file, 'png');
            return file;
          },
          consoleTail: async () => 'booted',
          [Symbol.asyncDispose]: async () => {
            self.running -= 1;
          },
        };
      },
    };
    return self;
  }

  function parts({ runProcess = async () => undefined, ...changes }: Partial<PipelineParts> & { readonly runProcess?: RunCellProcess }): PipelineParts {
    return {
      nightId: '20261122-000000-test',
      nightFolder: folder,
      events: new TypedEvents<NightEvents>((error) => {
        throw error;
      }),
      machine: machine(),
      image: { sha256: 'a'.repeat(64), packages: { cups: '2.4.2' } },
      startProcess: scriptedProcess(runProcess),
      accelerator: 'tcg',
      qemu: '7.2',
      harness: 'hwlab test',
      plan: 'test-0000000000000000',
      slot: 0,
      signal: new AbortController().signal,
      limit: 10_000,
      ...changes,
    };
  }

  /** A cell process that plays one script per attempt. */
  function plays(...scripts: readonly (readonly CellMessage[] | HwlabError)[]): RunCellProcess & { orders: CellOrder[] } {
    const orders: CellOrder[] = [];
    const run: RunCellProcess = async (order, _deadline, onMessage) => {
      const script = scripts[orders.length];
      orders.push(order);
      if (script instanceof HwlabError) throw script;
      for (const message of script ?? []) onMessage(message);
    };
    return Object.assign(run, { orders });
  }

  const done: CellMessage = { type: 'done', artefacts: [], timings: { tests: 5 } };
  const connected: CellMessage = { type: 'connected', facts: { osRelease: 'Debian 12', kernel: '6.1' }, ms: 3 };

  it('a passing cell is one start, one discard, and a result that keeps to its schema', async () => {
    const one = machine();
    const result = await runCell(sampleCell(1), parts({ machine: one, runProcess: plays([connected, finished('t', 1, 'PASS'), done]) }));
    expect(result.outcome).to.equal('PASS');
    expect([one.started, one.running]).to.deep.equal([1, 0]);
    expect(violationsOf(result, 'result')).to.deep.equal([]);
    expect(result.environment).to.include({ kernel: '6.1', imageSha256: 'a'.repeat(64) });
    expect(result.evidence).to.equal('E2');
    expect(result.artefacts.map((artefact) => artefact.name)).to.include('console');
    expect(readFileSync(join(folder, result.artefacts.find((artefact) => artefact.name === 'console')!.path), 'utf8')).to.equal('booted\n');
  });

  it('gives evidence E4 for a real machine that is what the cell is about, and for nothing that only pretends', async () => {
    const real = { vendor: 'LENOVO', product: 'ThinkPad', model: 'laptop' };
    const itself = { ...sampleCell(1), model: { ...sampleModel('laptop', ['machine']), emulator: 'built-in' } };
    const wired: Cell = { ...itself, id: { ...itself.id, device: 'laptop', attachment: 'wired' } };
    const plugged: Cell = { ...sampleCell(1), id: { ...sampleCell(1).id, transport: 'usbip' } };
    const evidence = async (cell: Cell, metal: MetalIdentity | undefined): Promise<unknown> => {
      const one = machine();
      const start = async (options: StartOptions): Promise<RunningMachine> => Object.assign(await one.start(options), metal ? { metal } : {});
      const result = await runCell(cell, parts({ machine: { ...one, start }, runProcess: plays([connected, finished('t', 1, 'PASS'), done]) }));
      expect(violationsOf(result, 'result')).to.deep.equal([]);
      expect(result.environment.metal).to.deep.equal(metal);
      return result.evidence;
    };
    expect(await evidence(wired, real)).to.equal('E4');
    expect(await evidence(wired, { ...real, simulator: 'its firmware says that it is hwlab hwlab simulator' })).to.equal('E2');
    // Another product than the one whose parts were looked at, or an emulated device at a real machine.
    expect(await evidence(wired, { ...real, model: 'another' })).to.equal('E2');
    expect(await evidence(plugged, real)).to.equal('E2');
    expect(await evidence(wired, undefined)).to.equal('E2');
  });

  it('runs only what failed again, on another pristine machine, and calls a pass then a flake', async () => {
    const one = machine();
    const process = plays([connected, finished('good', 1, 'PASS'), finished('bad', 1, 'FAIL'), done], [connected, finished('bad', 2, 'PASS'), done]);
    const result = await runCell(sampleCell(1), parts({ machine: one, runProcess: process }));
    expect(process.orders.map((order) => order.only)).to.deep.equal([undefined, ['bad']]);
    expect(process.orders[0]?.folder).to.not.equal(process.orders[1]?.folder);
    expect([one.started, one.running]).to.deep.equal([2, 0]);
    expect(result.outcome).to.equal('PASS');
    expect(result.tests.find((test) => test.id === 'bad')).to.include({ outcome: 'PASS', flake: true });
  });

  it('does not spend a clone on a failing test on trial, which changes nothing', async () => {
    const one = machine();
    const trial = { ...finished('new', 1, 'FAIL'), requirement: 'trial' } as CellMessage;
    const result = await runCell(sampleCell(1), parts({ machine: one, runProcess: plays([finished('t', 1, 'PASS'), trial, done]) }));
    expect(one.started).to.equal(1);
    expect(result.outcome).to.equal('PASS');
    expect(result.tests.find((test) => test.id === 'new')?.outcome).to.equal('FAIL');
  });

  it('fails after two failures and keeps both attempts and a screenshot', async () => {
    const result = await runCell(sampleCell(1), parts({ runProcess: plays([finished('bad', 1, 'FAIL'), done], [finished('bad', 2, 'FAIL'), done]) }));
    expect(result.outcome).to.equal('FAIL');
    expect(result.tests[0]?.attempts).to.have.length(2);
    expect(result.artefacts.map((artefact) => artefact.name)).to.include('screenshot');
  });

  it('a lab error that may go away is tried once more, and is a MISS with its reason when it does not', async () => {
    const broken = machine(() => {
      throw new HwlabError({ code: 'restore-failed', blame: 'lab', retryable: true, message: 'virsh restore failed' });
    });
    const result = await runCell(sampleCell(1), parts({ machine: broken }));
    expect(broken.started).to.equal(2);
    expect(result).to.include({ outcome: 'MISS' });
    expect(result.reason).to.include({ code: 'restore-failed', blame: 'lab' });
  });

  it('recovers when the second start works', async () => {
    const flaky = machine((start) => {
      if (start === 1) throw new HwlabError({ code: 'restore-failed', blame: 'lab', retryable: true, message: 'virsh restore failed' });
    });
    const result = await runCell(sampleCell(1), parts({ machine: flaky, runProcess: plays([finished('t', 2, 'PASS'), done]) }));
    expect(result.outcome).to.equal('PASS');
    expect(result.reason).to.equal(undefined);
  });

  it('a crash of the cell’s process is a MISS by the harness, never a product failure, and the machine is discarded', async () => {
    const one = machine();
    const result = await runCell(sampleCell(1), parts({ machine: one, runProcess: plays(new HwlabError({ code: 'cell-process-died', blame: 'harness', message: 'exit 9' })) }));
    expect(result.outcome).to.equal('MISS');
    expect(result.reason?.blame).to.equal('harness');
    expect(one.running).to.equal(0);
  });

  it('a guest that panics is the product’s failure with the reason kept', async () => {
    const panicking = machine(() => {
      throw new HwlabError({ code: 'guest-panicked', blame: 'product', message: 'Kernel panic - not syncing: VFS' });
    });
    const result = await runCell(sampleCell(1), parts({ machine: panicking }));
    expect(result.outcome).to.equal('FAIL');
    expect(result.reason?.message).to.contain('Kernel panic');
  });

  it('a result of selected tests says so', async () => {
    const script = [connected, finished('t', 1, 'PASS'), done];
    expect((await runCell({ ...sampleCell(1), grep: 'duplex' }, parts({ runProcess: plays(script) }))).selection).to.equal('duplex');
    expect(await runCell(sampleCell(1), parts({ runProcess: plays(script) }))).not.to.have.property('selection');
  });

  it('a cell in which no test ran is a MISS', async () => {
    const result = await runCell(sampleCell(1), parts({ runProcess: plays([connected, done]) }));
    expect(result.outcome).to.equal('MISS');
  });

  it('keeps the tests that had finished when the cell broke', async () => {
    const failed: CellMessage = { type: 'failed', reason: { code: 'shell-lost', blame: 'lab', message: 'gone' }, retryable: false, artefacts: [] };
    const result = await runCell(sampleCell(1), parts({ runProcess: plays([finished('t', 1, 'PASS'), failed]) }));
    expect(result.outcome).to.equal('MISS');
    expect(result.tests.map((test) => test.outcome)).to.deep.equal(['PASS']);
  });

  it('an interrupted cell has no result and leaves no machine', async () => {
    const control = new AbortController();
    const one = machine();
    const runProcess: RunCellProcess = async (_order, deadline) => {
      control.abort();
      throw deadline.error('cell');
    };
    const thrown: unknown = await runCell(sampleCell(1), parts({ machine: one, runProcess, signal: control.signal })).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(HwlabError).with.property('code', 'cell-interrupted');
    expect(one.running).to.equal(0);
  });

  it('a cell that hangs ends with its deadline as a MISS', async () => {
    const runProcess: RunCellProcess = async (_order, deadline) => deadline.race('cell', new Promise<never>(() => undefined));
    const result = await runCell(sampleCell(1), parts({ runProcess, limit: 30 }));
    expect(result.outcome).to.equal('MISS');
    expect(result.reason?.code).to.equal('deadline-exceeded');
  });
});
