import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { newRunId } from '../base/random-id.ts';
import type { TypedEvents } from '../base/typed-events.ts';
import { openDatabase } from '../db/database.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import type { KnownIssue } from '../db/generated/known-issue.ts';
import type { Night } from '../db/generated/night.ts';
import type { Result } from '../db/generated/result.ts';
import { ResultStore } from '../db/result-store.ts';
import type { Machine } from '../machines/machine.ts';
import type { NightEvents, NightSummary, PreviousNight } from '../report/night-events.ts';
import type { Cell } from './cell.ts';
import { Durations } from './estimate.ts';
import { harnessRevision } from './harness-revision.ts';
import type { NightImage, NightLab } from './night-lab.ts';
import { runNight } from './night.ts';
import { runCell } from './pipeline.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import { scriptedProcess, startCellProcess, type RunCellProcess } from './worker/cell-process.ts';

export interface NightRequest {
  readonly cells: readonly Cell[];
  /** Plan name and hash. */
  readonly plan: string;
  readonly deadlineMinutes: number;
  /** The levels that the plan names, if it names some; `cells` are already without the others. */
  readonly requirements?: NonNullable<Night['requirements']>;
  readonly slots?: number;
  /** Folder of the database and of the reports. */
  readonly database: string;
  readonly reports: string;
  /** The night to go on with; its cells are `cells`. */
  readonly resume?: Night;
  readonly events: TypedEvents<NightEvents>;
  readonly signal: AbortSignal;
  readonly lab: NightLab;
  /** Keeps the machines of cells for a person; then their results say nothing of the product. */
  readonly hold?: PipelineParts['hold'];
  readonly runProcess?: RunCellProcess;
  /** Looks into new failures once all cells have run. `before`: the last night of the same plan. */
  readonly investigate?: (results: readonly Result[], before: readonly Result[], issues: readonly KnownIssue[]) => Promise<readonly Investigation[]>;
}

/** Seconds for a suite that never ran here, by accelerator; only for estimates. */
export const firstGuess = { kvm: 15, tcg: 45 } as const;
const minimumFree = 512 * 2 ** 20;
const prepareMinutes = 40;

/**
 * Runs a night from its plan's cells to its summary: reaps leftovers, gets images and warm machines ready, takes the night's place in the
 * database, runs the cells, keeps every result.
 * @throws HwlabError lab or product, when an image or a machine cannot be made ready; then no cell ran.
 */
export async function startNight(request: NightRequest): Promise<NightSummary> {
  try {
    return await wholeNight(request);
  } finally {
    await request.lab.idle?.();
  }
}

async function wholeNight(request: NightRequest): Promise<NightSummary> {
  const { lab, events, cells } = request;
  const resume = request.resume;
  const id = resume?.id ?? newRunId(new Date());
  const startedAt = resume?.startedAt ?? new Date().toISOString();
  const relativeFolder = resume?.folder ?? `nights/${id}`;
  const folder = join(request.reports, relativeFolder);
  const slots = request.slots ?? resume?.slots ?? defaultSlots();
  mkdirSync(folder, { recursive: true });

  await using store = ResultStore.open(request.database);
  const recovery = await store.openNight(id);
  for (const bad of recovery.badLines) await events.emit('warning', { message: `${bad.file}:${bad.line}: ${bad.reason}`, advice: 'look at it with: ./hwlab db lint' });
  const requirements = request.requirements ?? resume?.requirements;
  const stopAfterFailures = cells.find((cell) => cell.stopAfterFailures !== undefined)?.stopAfterFailures;
  const record: Night = { schema: 'hwlab/night/1', id, plan: request.plan, startedAt, accelerator: lab.accelerator, slots, deadlineMinutes: request.deadlineMinutes, ...(requirements ? { requirements } : {}), ...(stopAfterFailures === undefined ? {} : { stopAfterFailures }), folder: relativeFolder, cells: cells.map((cell) => cell.id) };
  await store.writeNight(record);

  for (const left of await lab.reap()) await events.emit('preparing', { step: `removed what a killed run left: ${left}` });
  const { images, machines } = await prepare(request, cells.filter((cell) => !recovery.results.some((result) => result.cell.id === cell.id.id)));
  const durations = new Durations(firstGuess[lab.accelerator]);
  const before = await learnFromHistory(store, durations, request.plan, id);
  const patience = lab.accelerator === 'kvm' ? 1 : 4;
  const harness = await harnessRevision();

  const issues = await (await openDatabase(request.database)).knownIssues();
  const summary = await runNight({
    info: { id, plan: request.plan, startedAt, folder, database: request.database, resumed: resume !== undefined, accelerator: lab.accelerator, names: namesOf(cells) },
    cells,
    earlier: recovery.results,
    slots,
    events,
    results: store,
    durations,
    signal: request.signal,
    minimumFree,
    ...(before ? { before } : {}),
    issues,
    ...(request.investigate && !request.hold ? { investigate: async (results) => (await request.investigate?.(results, before?.results ?? [], issues)) ?? [] } : {}),
    runCell: async (cell, slot, signal) =>
      await runCell(cell, {
        nightId: id,
        nightFolder: folder,
        events,
        machine: found(machines, machineKey(cell)),
        image: found(images, cell.id.image),
        startProcess: request.runProcess ? scriptedProcess(request.runProcess) : startCellProcess,
        accelerator: lab.accelerator,
        qemu: lab.qemu,
        harness,
        plan: request.plan,
        slot,
        ...(request.hold ? { hold: request.hold, purpose: 'repro' as const } : {}),
        signal,
        limit: request.deadlineMinutes * 60_000 * patience,
      }),
  });
  await store.writeNight({ ...record, finishedAt: summary.finishedAt, exitCode: summary.exitCode, ...(summary.stopped ? { stopped: summary.stopped } : {}) });
  return summary;
}

/** What people call the models and personalities of the cells, by id. */
function namesOf(cells: readonly Cell[]): Readonly<Record<string, string>> {
  return Object.fromEntries(cells.flatMap((cell) => [[cell.model.id, cell.model.name], ...Object.entries(cell.personalityNames ?? {})]));
}

/** Cells side by side where nobody says: one a core, at most four. */
export function defaultSlots(): number {
  return Math.max(1, Math.min(4, availableParallelism()));
}

async function prepare(request: NightRequest, cells: readonly Cell[]): Promise<{ images: Map<string, NightImage>; machines: Map<string, Machine> }> {
  const { lab, events } = request;
  const deadline = Deadline.after(prepareMinutes * 60_000, request.signal);
  const images = new Map<string, NightImage>();
  const machines = new Map<string, Machine>();
  const progress = (step: string): void => void events.emit('preparing', { step });
  for (const cell of cells) {
    if (!images.has(cell.id.image)) images.set(cell.id.image, await lab.image(cell.id.image, deadline, progress));
    if (machines.has(machineKey(cell))) continue;
    const machine = await lab.machine(cell.id.image, cell.id.machine);
    await machine.prepare(deadline, progress);
    machines.set(machineKey(cell), machine);
  }
  return { images, machines };
}

function machineKey(cell: Cell): string {
  return `${cell.id.image}\n${cell.id.machine}`;
}

function found<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new HwlabError({ code: 'not-prepared', blame: 'harness', message: `nothing was prepared for ${key.replace('\n', ' on ')}` });
  return value;
}

/** Reads earlier results once: how long cells take, and the night before of the same plan. */
async function learnFromHistory(store: ResultStore, durations: Durations, plan: string, thisNight: string): Promise<PreviousNight | undefined> {
  const planName = plan.replace(/-[0-9a-f]{16}$/, '');
  const byNight = new Map<string, Result[]>();
  const nights = (await store.nights()).filter((night) => night < thisNight).slice(-20);
  for (const night of nights) {
    for await (const result of store.results({ night }, () => undefined)) {
      durations.learn(result);
      if (result.environment.plan.replace(/-[0-9a-f]{16}$/, '') === planName) byNight.set(night, [...(byNight.get(night) ?? []), result]);
    }
  }
  const last = [...byNight.entries()].at(-1);
  return last ? { id: last[0], startedAt: last[1][0]?.startedAt ?? '', results: last[1] } : undefined;
}
