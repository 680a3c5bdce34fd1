import { AssertionError } from 'chai';
import * as allure from 'allure-js-commons';
import type { Deadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/hwlab-error.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { Shell } from '../../capabilities/shell.ts';
import { deviceWord } from '../../db/cell-device.ts';
import { failureSignature } from '../../db/failure-signature.ts';
import type { Artefact, TestAttempt } from '../../db/generated/result.ts';
import { isOnNetwork } from '../../emulation/create-network-device.ts';
import type { EmulatedModel } from '../../emulation/usb-device.ts';
import type { CellContext, CellFacts } from '../cell-context.ts';
import type { DeclaredFeature } from '../cell-runtime.ts';
import { classifyOutcome, SkipTest } from '../classify-outcome.ts';
import { testId } from '../test-id.ts';
import type { Trace } from '../trace/cell-trace-file.ts';
import { traceWait } from '../trace/trace-waits.ts';
import type { AttachedUnit } from './attached-unit.ts';
import type { EvidenceFolder } from './evidence.ts';
import { gatherFailureEvidence } from './failure-evidence.ts';
import type { CellMessage, CellOrder, GuestFacts } from './protocol.ts';
import { seededBytes } from './seeded-bytes.ts';
import { TestGuest } from './test-guest.ts';

/** Milliseconds that a test has beyond its own limit to say why it ran out. */
const spare = 8000;

export interface FeatureRunnerParts {
  readonly order: CellOrder;
  readonly shell: Shell;
  readonly facts: GuestFacts;
  readonly cellDeadline: Deadline;
  readonly unit: AttachedUnit;
  readonly evidence: EvidenceFolder;
  /** Guest uptime in seconds now. */
  readonly uptime: () => number;
  readonly reboot: (deadline: Deadline) => Promise<void>;
  readonly addUnit: (model: EmulatedModel, deadline: Deadline) => Promise<AttachedUnit>;
  readonly removeAddedUnits: () => Promise<void>;
  readonly send: (message: CellMessage) => void;
  readonly trace: Trace;
  /** Why no further test of this cell is to run; undefined as long as they are. */
  readonly ended: () => string | undefined;
  /** Called with all that the test left still there: its units, what it wrote, the state of the guest. */
  readonly afterTest: (test: string, attempt: TestAttempt) => Promise<void>;
}

/** Runs one declared test in the cell: its context, its deadline, its outcome, and the evidence when it does not pass. */
export async function runFeature(parts: FeatureRunnerParts, declared: DeclaredFeature, skip: () => never): Promise<void> {
  const { order, shell, unit, evidence } = parts;
  const id = testId(declared.suite, declared.id, declared.title);
  const about = { id, title: declared.title, feature: declared.id };
  const requirement = order.requirements[declared.id] ?? 'trial';
  parts.send({ type: 'test-started', ...about });
  parts.trace({ kind: 'test', ...about });
  await labelForAllure(order, declared, requirement);

  const startedAt = new Date();
  const started = performance.now();
  const since = parts.uptime() - 0.3;
  const measurements: Record<string, number> = {};
  const artefacts: Artefact[] = [];
  let kernelLog: string | undefined;
  const limit = (declared.options.within ?? 30) * 1000 * order.patience;
  const deadline = parts.cellDeadline.within(limit);
  // A wait or a command that runs out says itself what it waited for and whose fault that is; this only ends what does not watch its deadline.
  const outer = parts.cellDeadline.within(limit + spare * order.patience);
  const guest = new TestGuest(shell, cellFacts(parts), deadline, order.patience, since, parts.reboot);
  const keep = async (name: string, content: string | Uint8Array, mediaType: string): Promise<void> => {
    if (name === 'kernel-log' && typeof content === 'string') kernelLog = content;
    const artefact = await evidence.keep(name, content, mediaType);
    artefacts.push(artefact);
    parts.trace({ kind: 'kept', name, path: artefact.path, mediaType });
    await allure.attachment(name, typeof content === 'string' ? content : Buffer.from(content), mediaType);
  };
  const context: CellContext<never> = {
    guest,
    unit,
    deadline,
    plugAnother: async (edit) => await parts.addUnit(edit ? edit(unit.model) : anotherUnitOf(unit.model), deadline),
    waitFor: async (what, look, within) =>
      await traceWait(parts.trace, what, look, async (watched) => await waitFor(what, watched, { deadline: within === undefined ? deadline : deadline.within(within * 1000 * order.patience), blame: 'product' })),
    randomBytes: seededBytes(order.seed, id),
    measure: (name, value) => {
      measurements[name] = value;
      parts.trace({ kind: 'measured', name, value });
    },
    skip: (unmet) => {
      throw new SkipTest(`needs ${unmet}`);
    },
    attach: keep,
  };

  let thrown: unknown;
  try {
    const ended = parts.ended();
    if (ended !== undefined) throw new SkipTest(ended);
    await unit.beginTest(deadline);
    await outer.race(`test "${declared.title}"`, Promise.race([declared.prove(context), unit.lost]));
  } catch (error) {
    thrown = error ?? new Error('the test threw nothing');
  }
  const verdict = thrown === undefined ? { outcome: 'PASS' as const } : classifyOutcome(thrown);
  parts.trace({ kind: 'test-end', id, outcome: verdict.outcome, ...saidOf(verdict) });
  if (verdict.outcome !== 'PASS' && verdict.outcome !== 'SKIP') {
    await gatherFailureEvidence({ shell, unit, since, startedAt, patience: order.patience, keep }).catch(async (error: unknown) => {
      await keep('evidence incomplete', messageOf(error), 'text/plain');
    });
  }
  const attempt: TestAttempt = {
    attempt: order.attempt,
    outcome: verdict.outcome,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - started),
    ...('failure' in verdict && verdict.failure ? { failure: verdict.failure, signature: failureSignature(declared.id, verdict.failure, kernelLog) } : {}),
    ...('skipReason' in verdict && verdict.skipReason !== undefined ? { skipReason: verdict.skipReason } : {}),
    ...(Object.keys(measurements).length > 0 ? { measurements } : {}),
    artefacts,
  };
  parts.send({ type: 'test-finished', ...about, requirement, attempt });
  await parts.afterTest(id, attempt);
  await parts.removeAddedUnits();
  if (verdict.outcome === 'SKIP') skip();
  if (verdict.outcome === 'FAIL' && !(thrown instanceof AssertionError)) throw new AssertionError(messageOf(thrown), {}, runFeature);
  if (thrown !== undefined) throw thrown;
}

/** What a trace keeps of a verdict. */
function saidOf({ failure, skipReason }: ReturnType<typeof classifyOutcome>): { readonly said?: string; readonly expected?: string; readonly actual?: string; readonly stack?: string } {
  const said = failure?.message ?? skipReason;
  return { ...(said === undefined ? {} : { said }), ...(failure?.expected === undefined ? {} : { expected: failure.expected }), ...(failure?.actual === undefined ? {} : { actual: failure.actual }), ...(failure?.stack === undefined ? {} : { stack: failure.stack }) };
}

async function labelForAllure(order: CellOrder, declared: DeclaredFeature, requirement: string): Promise<void> {
  await allure.parentSuite(`${order.cell.image} on ${order.cell.machine}`);
  await allure.suite(deviceWord(order.cell));
  await allure.subSuite(declared.suite);
  await allure.feature(declared.id);
  await allure.tags(requirement, `attempt ${order.attempt}`);
  await allure.historyId(`${order.cell.id}/${testId(declared.suite, declared.id, declared.title)}`);
  await allure.severity(requirement === 'required' ? 'critical' : requirement === 'recommended' ? 'normal' : 'minor');
  for (const [name, value] of Object.entries(order.labels)) await allure.parameter(name, value);
}

function cellFacts({ facts, order }: Pick<FeatureRunnerParts, 'facts' | 'order'>): CellFacts {
  const { firmware, parts = [] } = order.access;
  return { ...facts, image: order.cell.image, machine: order.cell.machine, ...(firmware === undefined ? {} : { firmware }), parts };
}

/** The same model with another serial number, where it has one: two units of one type. */
function anotherUnitOf(model: EmulatedModel): EmulatedModel {
  if (isOnNetwork(model.emulator)) {
    const { hostName, serial: own } = model.behaviour;
    return { ...model, behaviour: { ...model.behaviour, hostName: `${String(hostName)}-2`, serial: `${String(own)}2` } };
  }
  const serial = model.usb.strings.serial;
  if (serial === undefined || serial === '') return model;
  const last = serial.endsWith('2') ? '3' : '2';
  return { ...model, usb: { ...model.usb, strings: { ...model.usb.strings, serial: `${serial.slice(0, -1)}${last}` } } };
}
