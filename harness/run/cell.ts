import type { CellId } from '../db/generated/result.ts';
import type { EmulatedModel } from '../emulation/usb-device.ts';
import type { PackageOrder } from '../machines/install-packages.ts';
import type { TapeOrder } from './worker/cell-tape.ts';
import type { RedirectedOrder } from './worker/protocol.ts';

/** One job of a plan, ready to run. */
export interface Cell {
  readonly id: CellId;
  /** Number within the night, from 1; part of the result's id. */
  readonly number: number;
  /** With its personalities in it. */
  readonly model: EmulatedModel;
  /** Of the model's file; of that and the files of its personalities where it has some. */
  readonly modelSha256: string;
  /** What people call its personalities, by id. */
  readonly personalityNames?: Readonly<Record<string, string>>;
  readonly suiteFiles: readonly string[];
  /** sha256 of the suite's files, first 16 hex digits. */
  readonly suiteRevision: string;
  readonly requirements: Readonly<Record<string, string>>;
  /** Only these tests (ids or parts of titles); all when undefined. */
  readonly grep?: string;
  /** Only tests of these features; all when undefined. */
  readonly features?: readonly string[];
  /** Only the tests with these ids; all when undefined. */
  readonly only?: readonly string[];
  /** sha256 of the machine profile without its name. */
  readonly machineSha256?: string;
  /** sha256 of the requirement levels. */
  readonly profileSha256?: string;
  /** The negative control that is in it. */
  readonly control?: string;
  /** What random contents of the suite start from; drawn anew where it is not given. */
  readonly seed?: number;
  /** What the times of tests are multiplied by, where it is not left to the accelerator. */
  readonly patience?: number;
  /** The unit is recorded, or is a recording. */
  readonly tape?: TapeOrder;
  /** Where the unit is, when it is not emulated here; its model says what it is. */
  readonly from?: RedirectedOrder;
  /** True for a cell whose failing tests are not tried again. */
  readonly once?: boolean;
  /** So many failed tests end the cell: the others are skipped. All run when undefined. */
  readonly stopAfterFailures?: number;
  /** Modules kept from loading, for a negative control. */
  readonly blacklist: readonly string[];
  /** Command lines that break the guest on purpose, for a negative control. */
  readonly sabotage: readonly string[];
  /** Other packages than the image's; those of the image when undefined. */
  readonly packages?: PackageOrder;
}

/** The id of a cell in plans, pages and results: the coordinates joined. `device` is the model, with its personalities if it has some. */
export function cellName(image: string, machine: string, device: string, suite: string, transport?: string): string {
  return `${image}/${machine}/${device}/${suite}${transport === undefined ? '' : `@${transport}`}`;
}
