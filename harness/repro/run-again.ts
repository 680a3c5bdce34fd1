import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { newRunId } from '../base/random-id.ts';
import type { TypedEvents } from '../base/typed-events.ts';
import type { Result } from '../db/generated/result.ts';
import { ResultStore } from '../db/result-store.ts';
import type { Machine } from '../machines/machine.ts';
import type { NightEvents } from '../report/night-events.ts';
import type { Cell } from '../run/cell.ts';
import { harnessRevision } from '../run/harness-revision.ts';
import type { NightImage, NightLab } from '../run/night-lab.ts';
import { runCell } from '../run/pipeline.ts';
import type { PipelineParts } from '../run/pipeline-parts.ts';
import { labelOf } from '../run/plan-file.ts';
import { scriptedProcess, startCellProcess, type RunCellProcess } from '../run/worker/cell-process.ts';

export interface AgainParts {
  /** Results and evidence of such runs: a database of its own below the reports, which no verdict ever reads. */
  readonly folder: string;
  readonly lab: NightLab;
  readonly image: NightImage;
  readonly machine: Machine;
  readonly events: TypedEvents<NightEvents>;
  readonly signal: AbortSignal;
  /** Milliseconds for a cell. */
  readonly limit: number;
  readonly repeats?: string;
  readonly hold?: PipelineParts['hold'];
  readonly kernelParameters?: readonly string[];
  readonly runProcess?: RunCellProcess;
}

/** Where runs of developers are kept, below the folder of reports. */
export function reproFolder(reports: string): string {
  return join(reports, 'repro');
}

/** Makes an image and a machine ready for runs again. */
export async function prepareAgain(lab: NightLab, cell: Cell, deadline: Deadline, progress: (step: string) => void): Promise<Pick<AgainParts, 'image' | 'machine'>> {
  const image = await lab.image(cell.id.image, deadline, progress);
  const machine = await lab.machine(cell.id.image, cell.id.machine);
  await machine.prepare(deadline, progress);
  return { image, machine };
}

/**
 * Runs a cell on pristine clones, so many times, and gives each result as soon as it is kept. `number` of the results counts from 1 in one run of its own.
 * @throws HwlabError when it is interrupted; what is done is kept
 */
export async function* runAgain(cell: Cell, times: number, parts: AgainParts): AsyncGenerator<{ readonly result: Result; readonly folder: string }> {
  const { lab, folder } = parts;
  const id = newRunId(new Date());
  const runFolder = join(folder, 'nights', id);
  mkdirSync(runFolder, { recursive: true });
  const plan = labelOf('repro', cell.id.id);
  const harness = await harnessRevision();
  await using store = ResultStore.open(folder);
  await store.writeNight({ schema: 'hwlab/night/1', id, plan, startedAt: new Date().toISOString(), accelerator: lab.accelerator, slots: 1, folder: `nights/${id}`, cells: [cell.id] });
  for (let number = 1; number <= times; number += 1) {
    const result = await runCell(
      { ...cell, number, once: true },
      {
        nightId: id,
        nightFolder: runFolder,
        events: parts.events,
        machine: parts.machine,
        image: parts.image,
        startProcess: parts.runProcess ? scriptedProcess(parts.runProcess) : startCellProcess,
        accelerator: lab.accelerator,
        qemu: lab.qemu,
        harness,
        plan,
        slot: 0,
        signal: parts.signal,
        limit: parts.limit,
        purpose: 'repro',
        ...(parts.repeats === undefined ? {} : { repeats: parts.repeats }),
        ...(parts.hold ? { hold: parts.hold } : {}),
        ...(parts.kernelParameters ? { kernelParameters: parts.kernelParameters } : {}),
      },
    );
    await store.append(result);
    yield { result, folder: runFolder };
  }
}
