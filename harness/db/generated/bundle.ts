// Generated from hardware-db/schemas/bundle.schema.json by scripts/generate-types.ts; do not edit.

export type Outcome = 'PASS' | 'FAIL' | 'ERROR' | 'MISS' | 'SKIP' | 'DONE';

/**
 * What stands first in a bundle, bundle.json: one result with all that it takes to run it elsewhere.
 */
export interface Bundle {
  schema: 'hwlab/bundle/1';
  madeAt: string;
  /**
   * hwlab version and revision
   */
  madeBy: string;
  result: Result;
  /**
   * the emulated model, with its personalities and the break of a negative control in it
   */
  model: {
    [k: string]: unknown;
  };
  /**
   * the machine profile
   */
  machine: {
    [k: string]: unknown;
  };
  image: BundleImage;
  suite: BundleSuite;
  /**
   * what was not any more as the result had it when the bundle was made
   */
  differs?: string[];
  /**
   * every other file of the bundle
   */
  files: {
    [k: string]: BundleFile;
  };
}
/**
 * What one cell of a night left behind. One JSON line in hardware-db/results.
 */
export interface Result {
  schema: 'hwlab/result/1';
  /**
   * night id plus the cell's number
   */
  id: string;
  night: string;
  cell: CellId;
  startedAt: string;
  finishedAt: string;
  outcome: Outcome;
  reason?: Failure;
  /**
   * Only tests whose title or feature contains this text were to run (--test). Such a result says nothing of the tests that it lacks.
   */
  selection?: string;
  evidence: 'E0' | 'E1' | 'E2' | 'E3' | 'E4' | 'E5';
  environment: ResultEnvironment;
  manifest?: ResultManifest;
  tape?: TapeResult;
  tests: TestResult[];
  /**
   * milliseconds by phase: restore, connect, attach, tests, process (our own), collect, discard, total
   */
  timings: {
    [k: string]: number;
  };
  artefacts: Artefact[];
}
export interface CellId {
  /**
   * image/machine/model/suite; the model with its personalities, model+id+id; with @usbip where the transport is that
   */
  id: string;
  image: string;
  machine: string;
  /**
   * id of the emulated model
   */
  model: string;
  /**
   * ids of the quirks that the model was given, sorted; left out when it had none. Such a cell says nothing of the device's own headline
   *
   * @minItems 1
   */
  personalities?: [string, ...string[]];
  /**
   * id of the product in hardware-db/devices
   */
  device: string;
  suite: string;
  attachment: 'emulated' | 'replayed' | 'redirected' | 'passed-through' | 'wired' | 'network';
  /**
   * how an emulated device reached the guest, where that was not usb-redir
   */
  transport?: 'usbip';
}
/**
 * Why an attempt did not pass, or why the cell as a whole is MISS, ERROR or SKIP.
 */
export interface Failure {
  code: string;
  blame: 'product' | 'lab' | 'harness' | 'usage';
  message: string;
  advice?: string;
  expected?: string;
  actual?: string;
  stack?: string;
}
export interface ResultEnvironment {
  imageSha256: string;
  modelSha256: string;
  descriptorsSha256?: string;
  /**
   * sha256 of the suite's files, first 16 hex digits
   */
  suiteRevision: string;
  kernel?: string;
  osRelease?: string;
  /**
   * driver and userland packages with their versions
   */
  packages?: {
    [k: string]: string;
  };
  /**
   * hwlab version and revision
   */
  harness: string;
  accelerator: 'kvm' | 'tcg' | 'none';
  qemu?: string;
  metal?: ResultMetal;
  /**
   * plan name and the first 16 hex digits of its sha256
   */
  plan: string;
}
/**
 * the machine of the lab file, as its firmware calls itself; not there for a virtual machine of ours
 */
export interface ResultMetal {
  vendor: string;
  product: string;
  /**
   * its product in hardware-db/devices, by the lab file
   */
  model?: string;
  /**
   * why it is taken for one that only pretends: such a result is never E4
   */
  simulator?: string;
}
/**
 * With cell and environment, all that it takes to run the same again. Results from before it was written have none.
 */
export interface ResultManifest {
  /**
   * repro: run again by a developer, kept in a folder of its own; no verdict is ever made of it
   */
  purpose: 'night' | 'repro';
  /**
   * of the machine profile, without its name
   */
  machineSha256?: string;
  transport: 'usb-redir' | 'usbip' | 'lan';
  /**
   * what the time of each test was multiplied by
   */
  patience: number;
  /**
   * for the whole cell, patience included
   */
  limitSeconds: number;
  /**
   * what the random contents of the suite start from
   */
  seed: number;
  /**
   * of the requirement levels by feature
   */
  profileSha256?: string;
  /**
   * only tests of these features were to run; all when left out
   */
  features?: string[];
  /**
   * only these tests, by id
   */
  tests?: string[];
  stopAfterFailures?: number;
  /**
   * the negative control whose break was in it
   */
  control?: string;
  blacklist?: string[];
  sabotage?: string[];
  packages?: PackagesOfRun;
  /**
   * added to the kernel's command line
   */
  kernelParameters?: string[];
  /**
   * id of the result that this one runs again
   */
  repeats?: string;
}
/**
 * packages of the guest that were made other ones than the image's before the tests, for a bisection
 */
export interface PackagesOfRun {
  /**
   * names of .deb files
   */
  installed: string[];
  removed: string[];
  /**
   * the guest was booted anew with them
   */
  rebooted?: true;
}
/**
 * What the cassette says of the driver, where one was played instead of the device; a verdict of its own beside that of the tests.
 */
export interface TapeResult {
  verdict: 'match' | 'benign-difference' | 'divergence' | 'stalled' | 'incomplete';
  divergences: number;
  /**
   * differences of order, number or cut
   */
  benign: number;
  /**
   * plugs and tests in which the emulated original answered what the cassette does not have
   */
  episodes?: number;
  consumed: TapeConsumed;
  first?: TapeDivergence;
}
export interface TapeConsumed {
  events: number;
  of: number;
}
export interface TapeDivergence {
  /**
   * event of the cassette, from 0
   */
  index?: number;
  what: 'request' | 'data' | 'call' | 'plug' | 'test';
  expected: string;
  found: string;
  before: string[];
}
/**
 * One test with all its attempts; its outcome is that of the last attempt.
 */
export interface TestResult {
  /**
   * suite/feature/slug of the title; stable over nights
   */
  id: string;
  title: string;
  /**
   * printing.raw
   */
  feature: string;
  requirement: 'required' | 'recommended' | 'optional' | 'trial';
  outcome: Outcome;
  /**
   * an earlier attempt failed and a later one passed
   */
  flake: boolean;
  /**
   * @minItems 1
   */
  attempts: [TestAttempt, ...TestAttempt[]];
}
export interface TestAttempt {
  attempt: number;
  outcome: Outcome;
  startedAt: string;
  durationMs: number;
  failure?: Failure;
  signature?: FailureSignature;
  skipReason?: string;
  measurements?: {
    [k: string]: number;
  };
  artefacts: Artefact[];
}
/**
 * What a failure is recognised by: without numbers, times, addresses and ids.
 */
export interface FailureSignature {
  /**
   * of feature, code, text and kernel
   */
  id: string;
  text: string;
  /**
   * kinds of trouble in the kernel log of the test, sorted
   */
  kernel: string[];
}
export interface Artefact {
  /**
   * console, kernel-log, journal, wire-trace, screenshot, ...
   */
  name: string;
  /**
   * relative to the night's folder
   */
  path: string;
  mediaType: string;
}
/**
 * The image itself is not in the bundle.
 */
export interface BundleImage {
  id: string;
  sha256: string;
  /**
   * what it is built from; a build has the same packages only while the archive has them
   */
  recipe?: string;
  packages?: {
    [k: string]: string;
  };
}
export interface BundleSuite {
  name: string;
  revision: string;
  /**
   * those that declare it, in order
   *
   * @minItems 1
   */
  files: [string, ...string[]];
  requirements: {
    [k: string]: string;
  };
}
export interface BundleFile {
  size: number;
  sha256: string;
}
