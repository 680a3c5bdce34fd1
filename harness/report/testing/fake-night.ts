import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Artefact, CellId, Failure, Outcome, Result, TestAttempt, TestResult } from '../../db/generated/result.ts';
import type { NightInfo, NightSummary } from '../night-events.ts';
import { fakeJournal, fakeKernelLog, fakeScreenshot, fakeSerial, fakeWireTrace, hostileStrings } from './fake-evidence.ts';
import { fakeModels, fakeProductFailure, fakeTests } from './fake-products.ts';
import { seededRandom, type Random } from './random.ts';

export interface FakeNightOptions {
  readonly seed: number;
  readonly cells: number;
  /** Guest and device say things that must stay text. */
  readonly hostile?: boolean;
  /** Everything passes. */
  readonly green?: boolean;
  readonly folder: string;
  readonly id?: string;
  readonly startedAt?: string;
  /** A newer image with newer packages, for the second of two nights. */
  readonly newer?: boolean;
  readonly stopped?: NightSummary['stopped'];
}

export interface FakeNight {
  readonly summary: NightSummary;
  /** Artefacts by their path relative to the night's folder; made only when they are written. */
  readonly files: ReadonlyMap<string, () => string | Buffer>;
}

const requirements = ['required', 'required', 'required', 'recommended', 'optional', 'trial'] as const;

/** A night that never ran but looks as if: all outcomes, flakes, skips with reasons, evidence. The same for the same seed. */
export function fakeNight(options: FakeNightOptions): FakeNight {
  const random = seededRandom(options.seed);
  const files = new Map<string, () => string | Buffer>();
  const startedAt = options.startedAt ?? '2026-11-22T03:15:00.000Z';
  const id = options.id ?? '20261122-031500-k3xq';
  const cells = fakeCells(options.cells);
  const night: NightInfo = {
    id,
    plan: 'smoke-1f0c9a8b7d6e5f40',
    startedAt,
    folder: options.folder,
    database: 'hardware-db',
    cells,
    slots: 2,
    resumed: false,
    accelerator: 'tcg',
    names: Object.fromEntries(fakeModels.map((model) => [model.id, model.name])),
  };
  const ran = options.stopped ? cells.slice(0, Math.ceil(cells.length / 2)) : cells;
  let clock = Date.parse(startedAt) + 4000;
  const results = ran.map((cell, index) => {
    const result = fakeResult(cell, index, { random, files, options, id, startedAt: clock });
    clock += (result.timings['total'] ?? 0) / 2;
    return result;
  });
  const failed = results.some((result) => result.outcome === 'FAIL');
  return {
    files,
    summary: {
      night,
      finishedAt: new Date(clock + 2500).toISOString(),
      results,
      exitCode: options.stopped ? 3 : failed ? 1 : 0,
      ...(options.stopped ? { stopped: options.stopped } : {}),
    },
  };
}

/** Writes a fake night's artefacts, as the run would have. */
export function writeFakeArtefacts(night: FakeNight): void {
  for (const [path, make] of night.files) {
    const target = join(night.summary.night.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, make());
  }
}

export function fakeCells(count: number): CellId[] {
  const images = ['debian-12.8', 'debian-13.2', 'school-os-2026.3', 'school-os-2026.4'];
  const machines = ['vm-q35', 'vm-i440fx'];
  const columns = Math.max(1, Math.min(images.length * machines.length, Math.ceil(count / fakeModels.length)));
  return Array.from({ length: count }, (_item, index) => {
    const row = Math.floor(index / columns);
    const column = index % columns;
    const model = fakeModels[row % fakeModels.length] ?? fakeModels[0];
    const turn = Math.floor(row / fakeModels.length);
    const modelId = turn === 0 ? model.id : `${model.id}-v${turn + 1}`;
    const image = images[column % images.length] ?? 'debian-12.8';
    const machine = machines[Math.floor(column / images.length)] ?? 'vm-q35';
    return { id: `${image}/${machine}/${modelId}/${model.suite}`, image, machine, model: modelId, device: model.id, suite: model.suite, attachment: 'emulated' };
  });
}

interface Making {
  readonly random: Random;
  readonly files: Map<string, () => string | Buffer>;
  readonly options: FakeNightOptions;
  readonly id: string;
  readonly startedAt: number;
}

function fakeResult(cell: CellId, index: number, making: Making): Result {
  const { random, options } = making;
  const folder = `cells/${String(index + 1).padStart(4, '0')}`;
  const missed = !options.green && (index % 17 === 5 || index % 23 === 21);
  const tests = missed ? [] : fakeTests(cell.suite).map((entry, number) => fakeTest(cell, entry, number, index, folder, making));
  const timings = { restore: 700 + random.below(400), connect: 1500 + random.below(900), attach: 800 + random.below(600), tests: missed ? 0 : tests.reduce((sum, test) => sum + test.attempts.reduce((all, attempt) => all + attempt.durationMs, 0), 0), collect: 200 + random.below(300), discard: 150 + random.below(100) };
  const total = Object.values(timings).reduce((sum, value) => sum + value, 0);
  const outcome: Outcome = missed ? 'MISS' : worst(tests);
  return {
    schema: 'hwlab/result/1',
    id: `${making.id}-${String(index + 1).padStart(4, '0')}`,
    night: making.id,
    cell,
    startedAt: new Date(making.startedAt).toISOString(),
    finishedAt: new Date(making.startedAt + total).toISOString(),
    outcome,
    ...(missed ? { reason: missReason(index) } : {}),
    evidence: 'E2',
    environment: {
      imageSha256: hash(cell.image + (options.newer && cell.image.endsWith('.4') ? 'newer' : '')),
      modelSha256: hash(cell.model),
      descriptorsSha256: hash(`${cell.model} descriptors`),
      suiteRevision: hash(cell.suite).slice(0, 16),
      kernel: options.newer && cell.image.endsWith('.4') ? '6.12.9-1' : '6.12.6-1',
      osRelease: cell.image,
      packages: { cups: options.newer && cell.image.endsWith('.4') ? '2.4.12-1' : '2.4.10-3', 'ipp-usb': '0.9.23-1', 'sane-airscan': '0.99.29-1', libinput: '1.26.2-1', avrdude: '7.1+dfsg-3' },
      harness: '0.1.0 (eb3aa4e)',
      accelerator: 'tcg',
      qemu: '10.0.2',
      plan: 'smoke-1f0c9a8b7d6e5f40',
    },
    tests,
    timings: { ...timings, total },
    artefacts: missed ? keep(making, folder, ['console'], index) : [],
  };
}

function fakeTest(cell: CellId, entry: { readonly title: string; readonly feature: string }, number: number, index: number, folder: string, making: Making): TestResult {
  const { random, options } = making;
  const dice = options.green ? 100 : (index * 13 + number * 29 + options.seed * 7) % 100;
  // The newer image breaks duplex in every cell that has it; the other troubles are spread.
  const regression = !options.green && options.newer === true && cell.image.endsWith('.4') && entry.feature === 'printing.duplex';
  const outcome: Outcome = regression || dice < 4 ? 'FAIL' : dice === 5 ? 'ERROR' : dice === 6 ? 'MISS' : dice > 6 && dice < 12 ? 'SKIP' : number === 5 ? 'DONE' : 'PASS';
  const flake = outcome === 'PASS' && dice > 12 && dice < 16;
  const startedAt = new Date(making.startedAt + 3000 + number * 900).toISOString();
  const attempt = (count: number, result: Outcome): TestAttempt => ({
    attempt: count,
    outcome: result,
    startedAt,
    durationMs: 180 + random.below(2600),
    ...(result === 'FAIL' || result === 'ERROR' || result === 'MISS' ? { failure: fakeFailure(entry, result, index, options.hostile === true) } : {}),
    ...(result === 'SKIP' ? { skipReason: index % 2 ? 'needs a device with an automatic document feeder' : 'needs sane-airscan >= 0.99.30 in the image' } : {}),
    ...(result === 'DONE' ? { measurements: { 'throughput.mb_per_s': Number((12 + random.next() * 5).toFixed(2)), 'latency.p99.ms': Number((8 + random.next() * 4).toFixed(1)) } } : {}),
    artefacts: result === 'FAIL' || result === 'ERROR' ? keep(making, `${folder}/${number + 1}-${count}`, cell.suite === 'panels' ? ['kernel-log', 'wire-trace', 'journal', 'screenshot'] : ['kernel-log', 'wire-trace', 'journal', 'console'], index) : [],
  });
  const attempts: [TestAttempt, ...TestAttempt[]] = flake ? [attempt(1, 'FAIL'), attempt(2, 'PASS')] : outcome === 'FAIL' ? [attempt(1, 'FAIL'), attempt(2, 'FAIL')] : [attempt(1, outcome)];
  return { id: `${cell.suite}/${entry.feature}/${entry.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`, title: entry.title, feature: entry.feature, requirement: requirements[number % requirements.length] ?? 'required', outcome, flake, attempts };
}

function fakeFailure(entry: { readonly title: string; readonly feature: string }, outcome: Outcome, index: number, hostile: boolean): Failure {
  const said = hostile ? ` ${hostileStrings[index % hostileStrings.length] ?? ''}` : '';
  if (outcome === 'MISS') return { code: 'ssh-lost', blame: 'lab', message: `the connection to the guest broke during "${entry.title}"${said}`, advice: 'look at the console; if the guest panicked this is the image, else the host was too slow' };
  if (outcome === 'ERROR') return { code: 'test-error', blame: 'harness', message: `TypeError: Cannot read properties of undefined (reading 'pages')${said}`, stack: `TypeError: Cannot read properties of undefined (reading 'pages')\n    at suites/printers/duplex.suite.ts:41:27` };
  return fakeProductFailure(entry.feature, said);
}

function missReason(index: number): Failure {
  if (index % 17 === 5) return { code: 'ssh-unreachable', blame: 'lab', message: 'the guest did not answer on SSH within 60 s; last seen: connection refused', advice: 'look at the last console lines; if the host is busy, run with fewer slots' };
  return { code: 'cell-process-died', blame: 'harness', message: 'the process of the cell ended with SIGKILL before it was done', advice: 'its output is in cells/0022/worker.log' };
}

function keep(making: Making, folder: string, names: readonly string[], index: number): Artefact[] {
  const { random, files, options } = making;
  const hostile = options.hostile === true;
  return names.map((name): Artefact => {
    const own = seededRandom(random.below(2 ** 31));
    if (name === 'screenshot') {
      files.set(`${folder}/screenshot.png`, () => fakeScreenshot(own));
      return { name, path: `${folder}/screenshot.png`, mediaType: 'image/png' };
    }
    const wire = name === 'wire-trace';
    const path = `${folder}/${name}.${wire ? 'jsonl' : 'log'}`;
    const make = wire ? () => fakeWireTrace(own, 30 + (index % 5) * 90, hostile) : name === 'kernel-log' ? () => fakeKernelLog(own, 26, hostile) : name === 'journal' ? () => fakeJournal(own, 40) : () => fakeSerial(own, 260, hostile);
    files.set(path, make);
    return { name, path, mediaType: wire ? 'application/jsonl' : 'text/plain' };
  });
}

function worst(tests: readonly TestResult[]): Outcome {
  for (const outcome of ['FAIL', 'ERROR', 'MISS'] as const) if (tests.some((test) => test.outcome === outcome && test.requirement !== 'trial')) return outcome;
  return tests.every((test) => test.outcome === 'SKIP') ? 'SKIP' : 'PASS';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
