import { basename } from 'node:path';
import type { Artefact, Failure, Result, ResultManifest } from '../db/generated/result.ts';
import { isBuiltIn } from '../emulation/built-in.ts';
import type { ReplayReport } from '../emulation/cassette/divergence.ts';
import { evidenceOf } from '../lab/evidence-of.ts';
import type { MetalIdentity } from '../machines/machine.ts';
import type { Cell } from './cell.ts';
import { cellOutcome, mergeTests, type FinishedTest } from './merge-tests.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import type { GuestFacts } from './worker/protocol.ts';

/** What is known of a cell while it runs. */
export interface CellState {
  tape?: ReplayReport;
  readonly seed: number;
  readonly finished: FinishedTest[];
  readonly artefacts: Artefact[];
  readonly timings: Record<string, number>;
  facts?: GuestFacts;
  metal?: MetalIdentity;
  descriptorsSha256?: string;
  reason?: Failure;
  retryable: boolean;
}

/** The record of a cell, as it is kept. */
export function resultOf(cell: Cell, parts: PipelineParts, state: CellState, startedAt: Date): Result {
  const tests = mergeTests(state.finished);
  const outcome = state.reason ? outcomeOfReason(state.reason) : cellOutcome(tests);
  return {
    schema: 'hwlab/result/1',
    id: `${parts.nightId}-${String(cell.number).padStart(3, '0')}`,
    night: parts.nightId,
    cell: cell.id,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    outcome,
    ...(state.reason ? { reason: state.reason } : {}),
    ...(cell.grep === undefined ? {} : { selection: cell.grep.slice(0, 500) }),
    evidence: evidenceOfCell(cell, state.metal),
    environment: {
      imageSha256: parts.image.sha256,
      modelSha256: cell.modelSha256,
      ...(state.descriptorsSha256 ? { descriptorsSha256: state.descriptorsSha256 } : {}),
      suiteRevision: cell.suiteRevision,
      ...(state.facts ? { kernel: state.facts.kernel, osRelease: state.facts.osRelease } : {}),
      packages: { ...parts.image.packages },
      harness: parts.harness,
      accelerator: parts.accelerator,
      qemu: parts.qemu,
      ...(state.metal ? { metal: state.metal } : {}),
      plan: parts.plan,
    },
    manifest: manifestOf(cell, parts, state),
    ...(state.tape ? { tape: tapeOf(state.tape) } : {}),
    tests,
    timings: state.timings,
    artefacts: state.artefacts,
  };
}

/** The devices of cells are emulated; what may be real is the machine, where it is what the cell is about and the lab file calls it that product. */
function evidenceOfCell(cell: Cell, metal: MetalIdentity | undefined): Result['evidence'] {
  const { attachment, device } = cell.id;
  if (!metal) return evidenceOf({ attachment, machine: { kind: 'vm' } });
  const simulator = metal.simulator !== undefined;
  return evidenceOf({ attachment, machine: { kind: 'metal', simulator }, ...(isBuiltIn(cell.model.emulator) && metal.model === device ? { unit: { simulator } } : {}) });
}

function manifestOf(cell: Cell, parts: PipelineParts, state: CellState): ResultManifest {
  return {
    purpose: parts.purpose ?? (cell.from || (cell.tape && 'play' in cell.tape) ? 'repro' : 'night'),
    ...(cell.machineSha256 === undefined ? {} : { machineSha256: cell.machineSha256 }),
    transport: cell.id.attachment === 'network' ? 'lan' : (cell.id.transport ?? 'usb-redir'),
    patience: patienceOf(cell, parts),
    limitSeconds: parts.limit / 1000,
    seed: state.seed,
    ...(cell.profileSha256 === undefined ? {} : { profileSha256: cell.profileSha256 }),
    ...(cell.features ? { features: [...cell.features] } : {}),
    ...(cell.only ? { tests: [...cell.only] } : {}),
    ...(cell.stopAfterFailures === undefined ? {} : { stopAfterFailures: cell.stopAfterFailures }),
    ...(cell.control === undefined ? {} : { control: cell.control }),
    ...(cell.blacklist.length > 0 ? { blacklist: [...cell.blacklist] } : {}),
    ...(cell.sabotage.length > 0 ? { sabotage: [...cell.sabotage] } : {}),
    ...(cell.packages ? { packages: { installed: cell.packages.install.map((file) => basename(file)), removed: [...cell.packages.remove], ...(cell.packages.reboot ? { rebooted: true } : {}) } } : {}),
    ...(parts.kernelParameters?.length ? { kernelParameters: [...parts.kernelParameters] } : {}),
    ...(parts.repeats === undefined ? {} : { repeats: parts.repeats }),
  };
}

/** What a result keeps of a tape that was played; what the driver sent stays in the first difference only. */
function tapeOf({ verdict, first, divergences, benign, consumed, episodes }: ReplayReport): NonNullable<Result['tape']> {
  const short = (text: string): string => text.slice(0, 500);
  return { verdict, divergences, benign, consumed, ...(episodes === undefined ? {} : { episodes }), ...(first ? { first: { ...(first.index === undefined ? {} : { index: first.index }), what: first.what, expected: short(first.expected), found: short(first.found), before: first.before.map(short) } } : {}) };
}

/** How many times the usual a wait may take on this machine. */
export function patienceOf(cell: Cell, parts: PipelineParts): number {
  return cell.patience ?? (parts.accelerator === 'kvm' ? 1 : 4);
}

/** A cell that broke as a whole: the product's fault is FAIL (an image that panics), anybody else's MISS. */
function outcomeOfReason(reason: Failure): Result['outcome'] {
  return reason.blame === 'product' ? 'FAIL' : 'MISS';
}
