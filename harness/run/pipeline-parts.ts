import type { TypedEvents } from '../base/typed-events.ts';
import type { ResultManifest } from '../db/generated/result.ts';
import type { Machine } from '../machines/machine.ts';
import type { NightEvents } from '../report/night-events.ts';
import type { StartCellProcess } from './worker/cell-process.ts';
import type { HoldOrder } from './worker/protocol.ts';

/** What a pipeline needs from its surroundings. */
export interface PipelineParts {
  readonly nightId: string;
  readonly nightFolder: string;
  readonly events: TypedEvents<NightEvents>;
  readonly machine: Machine;
  readonly image: { readonly sha256: string; readonly packages: Readonly<Record<string, string>> };
  readonly startProcess: StartCellProcess;
  readonly accelerator: 'kvm' | 'tcg';
  readonly qemu: string;
  readonly harness: string;
  readonly plan: string;
  readonly slot: number;
  /** Of the whole night; ends when the night is interrupted. */
  readonly signal: AbortSignal;
  /** Milliseconds for the cell, retry included. */
  readonly limit: number;
  /** `night` when left out. */
  readonly purpose?: ResultManifest['purpose'];
  /** Id of the result that this run repeats. */
  readonly repeats?: string;
  /** Keeps the machine for a person; the time for that is added to the limit. */
  readonly hold?: Omit<HoldOrder, 'runId'>;
  /** Added to the kernel's command line of the machine, for the record. */
  readonly kernelParameters?: readonly string[];
}
