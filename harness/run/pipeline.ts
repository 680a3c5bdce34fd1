import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { Scope } from '../base/scope.ts';
import type { Result } from '../db/generated/result.ts';
import { holdLines, holdScreenshot, longestHold, readHold } from '../lab/hold-record.ts';
import type { RunningMachine } from '../machines/machine.ts';
import type { Cell } from './cell.ts';
import { patienceOf, resultOf, type CellState } from './cell-result.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import { reasonOf } from './classify-outcome.ts';
import { EvidenceFolder } from './worker/evidence.ts';
import { mergeTests, worthRetry, type FinishedTest } from './merge-tests.ts';
import { CellTraceFile, traceTime } from './trace/cell-trace-file.ts';
import type { CellProcess } from './worker/cell-process.ts';
import type { CellOrder } from './worker/protocol.ts';

/** Pictures of the screen behind failing tests, at most so many a cell. */
const mostScreenshots = 6;

/**
 * Runs one cell to its result: pristine machine, worker process, evidence, discard; then once more on another pristine clone for what failed.
 * Never throws for what a cell can meet: the lab's and the harness's faults become MISS with their reason.
 * @throws HwlabError `cell-interrupted` when the night ends, and nothing else: an interrupted cell has no result.
 */
export async function runCell(cell: Cell, parts: PipelineParts): Promise<Result> {
  const startedAt = new Date();
  const started = performance.now();
  const deadline = Deadline.after(parts.limit + (parts.hold ? longestHold * 1000 : 0), parts.signal);
  const state: CellState = { seed: cell.seed ?? randomInt(2 ** 32), finished: [], artefacts: [], timings: {}, retryable: false };
  await runAttempt(cell, parts, deadline, state, 1, cell.only);
  const failed = mergeTests(state.finished).filter((test) => test.requirement !== 'trial' && worthRetry(test.outcome)).map((test) => test.id);
  const again = state.reason ? state.retryable || state.reason.blame === 'product' : failed.length > 0;
  if (again && !cell.once && !parts.hold && !deadline.expired) {
    delete state.reason;
    await runAttempt(cell, parts, deadline, state, 2, state.finished.length > 0 && failed.length > 0 ? failed : cell.only);
  }
  if (parts.signal.aborted) throw new HwlabError({ code: 'cell-interrupted', blame: 'lab', message: `cell ${cell.id.id} was interrupted`, cause: parts.signal.reason });
  state.timings['total'] = Math.round(performance.now() - started);
  return resultOf(cell, parts, state, startedAt);
}

async function runAttempt(cell: Cell, parts: PipelineParts, deadline: Deadline, state: CellState, attempt: number, only: readonly string[] | undefined): Promise<void> {
  const { events, slot } = parts;
  const folder = `cells/${String(cell.number).padStart(3, '0')}-${cell.id.model}-${cell.id.suite}/a${attempt}`;
  const evidence = new EvidenceFolder(parts.nightFolder, folder);
  const scope = new Scope();
  await events.emit('cell-started', { cell: cell.id, slot, attempt });
  const mark = stopwatch(state.timings);
  const story = new CellTraceFile(evidence.path);
  try {
    await events.emit('cell-phase', { cell: cell.id, phase: 'restore' });
    const worker = parts.startProcess(evidence.path);
    scope.onEnd('process', worker.abandon);
    story.begin(cell.id.id, attempt);
    story.write({ kind: 'phase', phase: 'restore' });
    story.flush();
    const machine = await parts.machine.start({ runId: parts.nightId, slot, boot: 'warm', shell: 'later', deadline, folder: evidence.path });
    scope.onEnd('machine', async () => machine[Symbol.asyncDispose]());
    if (machine.metal) state.metal = machine.metal;
    mark('restore');
    const before = guestTime(state.timings);
    await workOnMachine(cell, parts, deadline, state, { attempt, folder, machine, only, worker, story });
    mark('process', guestTime(state.timings) - before);
    await takeScreenshot(cell, parts, state, evidence, machine, story);
    mark('collect');
  } catch (error) {
    state.reason = reasonOf(error);
    state.retryable = error instanceof HwlabError && error.retryable;
  } finally {
    const consoleFile = join(evidence.path, 'console.log');
    if (existsSync(consoleFile)) state.artefacts.push({ name: 'console', path: relative(parts.nightFolder, consoleFile), mediaType: 'text/plain' });
    await events.emit('cell-phase', { cell: cell.id, phase: 'discard' });
    story.write({ kind: 'phase', phase: 'discard' });
    await scope.end();
    story.write({ kind: 'phase', phase: 'end' });
    story.flush();
    mark('discard');
    for (const { name, error } of scope.failures) await events.emit('warning', { message: `${cell.id.id}: teardown of ${name}: ${reasonOf(error).message}` });
  }
}

interface AttemptPlace {
  readonly attempt: number;
  readonly folder: string;
  readonly machine: RunningMachine;
  readonly only: readonly string[] | undefined;
  readonly worker: CellProcess;
  readonly story: CellTraceFile;
}

/** Runs the cell's process for as long as the machine lives. A machine that panicked or ended says so itself, whatever the process saw of it. */
async function workOnMachine(cell: Cell, parts: PipelineParts, deadline: Deadline, state: CellState, at: AttemptPlace): Promise<void> {
  const { trouble } = at.machine;
  let thrown: unknown;
  try {
    await workInProcess(cell, parts, trouble ? deadline.alsoUntil(trouble) : deadline, state, at);
  } catch (error) {
    thrown = error;
  }
  if (parts.signal.aborted) throw thrown ?? parts.signal.reason;
  const lost = [state.reason?.code, thrown instanceof HwlabError ? thrown.code : undefined].some((code) => code === 'shell-lost' || code === 'ssh-unreachable');
  const cause: unknown = trouble?.aborted ? trouble.reason : lost ? await at.machine.diagnose?.() : undefined;
  if (cause !== undefined) throw cause;
  if (thrown !== undefined) throw thrown;
}

async function workInProcess(cell: Cell, parts: PipelineParts, deadline: Deadline, state: CellState, at: AttemptPlace): Promise<void> {
  const { events } = parts;
  const id = cell.id;
  const order: CellOrder = {
    cell: id,
    access: at.machine.access,
    model: cell.model,
    suiteFiles: cell.suiteFiles,
    requirements: cell.requirements,
    ...(at.only ? { only: at.only } : {}),
    ...(cell.grep === undefined ? {} : { grep: cell.grep }),
    ...(cell.features ? { features: cell.features } : {}),
    ...(cell.stopAfterFailures === undefined ? {} : { stopAfterFailures: cell.stopAfterFailures }),
    blacklist: cell.blacklist,
    sabotage: cell.sabotage,
    ...(cell.packages ? { packages: cell.packages } : {}),
    nightFolder: parts.nightFolder,
    folder: at.folder,
    attempt: at.attempt,
    limit: Math.min(deadline.remaining, parts.limit),
    patience: patienceOf(cell, parts),
    seed: state.seed,
    ...(cell.tape ? { tape: cell.tape } : {}),
    ...(cell.from ? { from: cell.from } : {}),
    ...(parts.hold ? { hold: { ...parts.hold, runId: parts.nightId } } : {}),
    labels: { image: id.image, machine: id.machine, model: id.model, ...(id.personalities ? { personalities: id.personalities.join(', ') } : {}), attachment: id.attachment, ...(id.transport === undefined ? {} : { transport: id.transport }), accelerator: parts.accelerator },
  };
  await events.emit('cell-phase', { cell: id, phase: 'connect' });
  let pending = Promise.resolve();
  const later = (work: () => Promise<void>): void => {
    pending = pending.then(work);
  };
  try {
    await at.worker.run(order, deadline, (message) => {
      switch (message.type) {
        case 'connected':
          state.facts = message.facts;
          state.timings['connect'] = (state.timings['connect'] ?? 0) + message.ms;
          later(async () => events.emit('cell-phase', { cell: id, phase: 'attach' }));
          return;
        case 'attached':
          state.descriptorsSha256 = message.descriptorsSha256;
          state.timings['attach'] = (state.timings['attach'] ?? 0) + message.ms;
          later(async () => events.emit('cell-phase', { cell: id, phase: 'tests' }));
          return;
        case 'test-started':
          later(async () => events.emit('test-started', { cell: id, title: message.title, feature: message.feature }));
          return;
        case 'test-finished':
          state.finished.push(message);
          later(async () => showFailure(parts, state, at, message));
          later(async () => events.emit('test-finished', { cell: id, title: message.title, feature: message.feature, requirement: message.requirement, attempt: message.attempt }));
          return;
        case 'held':
          later(async () => tellHold(cell, parts, at.machine, message.hold));
          return;
        case 'released':
          later(async () => events.emit('released', { cell: id, hold: message.hold, why: message.why }));
          return;
        case 'done':
          state.artefacts.push(...message.artefacts);
          state.timings['tests'] = (state.timings['tests'] ?? 0) + (message.timings['tests'] ?? 0);
          if (message.tape) state.tape = message.tape;
          return;
        case 'failed':
          state.artefacts.push(...message.artefacts);
          state.reason = message.reason;
          state.retryable = message.retryable;
          return;
      }
    });
  } finally {
    await pending;
  }
}

/** The screen as it was right behind a test that did not pass, of the first few of a cell. Never fails the cell. */
async function showFailure(parts: PipelineParts, state: CellState, at: AttemptPlace, { attempt }: FinishedTest): Promise<void> {
  const shown = state.artefacts.filter(({ name }) => name === 'screenshot').length;
  if (!worthRetry(attempt.outcome) || shown >= mostScreenshots) return;
  const t = traceTime();
  const file = join(parts.nightFolder, at.folder, `screenshot-${shown + 1}.png`);
  const shot = await at.machine.screenshot(file, Deadline.after(10_000)).catch(() => undefined);
  if (!shot) return;
  const path = relative(parts.nightFolder, shot);
  at.story.write({ kind: 'screenshot', path }, t);
  state.artefacts.push({ name: 'screenshot', path, mediaType: 'image/png' });
}

/** Adds a picture of the screen to what is kept of the machine, and tells people how to get in. */
async function tellHold(cell: Cell, parts: PipelineParts, machine: RunningMachine, hold: string): Promise<void> {
  await machine.screenshot(holdScreenshot(hold), Deadline.after(10_000)).catch(() => undefined);
  const record = await readHold(hold);
  if (record) await parts.events.emit('held', { cell: cell.id, hold, lines: holdLines(record) });
}

/** A screenshot where there is a display and something went wrong. Never fails the cell. */
async function takeScreenshot(cell: Cell, parts: PipelineParts, state: CellState, evidence: EvidenceFolder, machine: RunningMachine, story: CellTraceFile): Promise<void> {
  await parts.events.emit('cell-phase', { cell: cell.id, phase: 'collect' });
  const wrong = state.reason !== undefined || state.finished.some((test) => worthRetry(test.attempt.outcome));
  if (!wrong) return;
  const taken = traceTime();
  const shot = await machine.screenshot(`${evidence.path}/screenshot.png`, Deadline.after(10_000)).catch(() => undefined);
  if (shot) story.write({ kind: 'screenshot', path: relative(parts.nightFolder, shot) }, taken);
  if (shot) state.artefacts.push({ name: 'screenshot', path: relative(parts.nightFolder, shot), mediaType: 'image/png' });
}

/** Milliseconds of the cell's process in which the guest worked. */
function guestTime(timings: Readonly<Record<string, number>>): number {
  return ['connect', 'attach', 'tests'].reduce((sum, phase) => sum + (timings[phase] ?? 0), 0);
}

/** Adds the time since the last mark to a phase, less what other phases have already counted of it. */
function stopwatch(timings: Record<string, number>): (phase: string, counted?: number) => void {
  let last = performance.now();
  return (phase, counted = 0) => {
    const now = performance.now();
    timings[phase] = Math.max(0, (timings[phase] ?? 0) + Math.round(now - last - counted));
    last = now;
  };
}
