import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { Scope } from '../../base/scope.ts';
import type { Artefact } from '../../db/generated/result.ts';
import type { EmulatedModel } from '../../emulation/usb-device.ts';
import { installPackages } from '../../machines/install-packages.ts';
import { connectShell } from '../../drivers/ssh/connect-shell.ts';
import type { SshShell } from '../../drivers/ssh/ssh-shell.ts';
import { holdCell } from '../hold/hold-cell.ts';
import { declaredFeatures, setTestRunner } from '../cell-runtime.ts';
import { cellTraceName, CellTraceFile } from '../trace/cell-trace-file.ts';
import { ConsoleClock } from '../trace/console-clock.ts';
import { keepKernelLog } from '../trace/kernel-log.ts';
import { traceAssertions } from '../trace/trace-assertions.ts';
import { askFacts } from './ask-facts.ts';
import type { AttachedUnit } from './attached-unit.ts';
import { blacklistModules } from './blacklist-modules.ts';
import { CellTape } from './cell-tape.ts';
import { CellUnits } from './cell-units.ts';
import { EvidenceFolder } from './evidence.ts';
import { runFeature } from './feature-runner.ts';
import { countingFailures } from './counting-failures.ts';
import { RebootableShell } from './rebootable-shell.ts';
import { runMocha } from './mocha-host.ts';
import type { CellMessage, CellOrder } from './protocol.ts';
import { WireTraceFile } from './wire-trace-file.ts';

/** One attempt of a cell, from the first SSH connection to the last artefact. */
export class CellSession {
  readonly artefacts: Artefact[] = [];
  readonly #order: CellOrder;
  readonly #send: (message: CellMessage) => void;
  readonly #signal: AbortSignal;
  /** Aborts when no further test is to run. */
  readonly #over = new AbortController();
  #deadline: Deadline;
  #held = false;
  readonly #scope = new Scope();
  readonly #evidence: EvidenceFolder;
  #units: CellUnits | undefined;
  #tape: CellTape | undefined;
  #wire: WireTraceFile | undefined;
  readonly #story: CellTraceFile;

  constructor(order: CellOrder, signal: AbortSignal, send: (message: CellMessage) => void) {
    this.#order = order;
    this.#send = send;
    this.#signal = signal;
    this.#deadline = Deadline.after(order.limit, signal);
    this.#evidence = new EvidenceFolder(order.nightFolder, order.folder);
    this.#story = new CellTraceFile(this.#evidence.path);
  }

  async run(): Promise<void> {
    const order = this.#order;
    const timings: Record<string, number> = {};
    mkdirSync(this.#evidence.path, { recursive: true });
    const wire = new WireTraceFile(join(this.#evidence.path, 'wire.jsonl'));
    this.#wire = wire;
    this.artefacts.push({ name: 'wire-trace', path: join(order.folder, 'wire.jsonl'), mediaType: 'application/jsonl' });
    const { write: trace } = this.#story;
    this.artefacts.push({ name: 'trace', path: join(order.folder, cellTraceName), mediaType: 'application/jsonl' });
    const clock = new ConsoleClock(order.access.consoleFile, trace);
    this.#scope.onEnd('console clock', async () => clock[Symbol.dispose]());
    const assertions = traceAssertions(trace);

    trace({ kind: 'phase', phase: 'connect' });
    let mark = performance.now();
    const connect = async (deadline: Deadline): Promise<SshShell> => await connectShell(order.access.ssh, deadline);
    // A system that came up once answers soon or never.
    const shell = new RebootableShell(await connect(this.#deadline.within(90_000 * order.patience)), connect, trace);
    this.#scope.onEnd('shell', async () => shell.close());
    const asked = await askFacts(shell, this.#deadline, order.access);
    const { facts } = asked;
    let { uptime } = asked;
    let logSince = uptime();
    trace({ kind: 'uptime', seconds: logSince });
    if (order.blacklist.length > 0) await blacklistModules(shell, order.blacklist, this.#deadline);
    if (order.packages) {
      await installPackages(shell, order.packages, this.#deadline);
      if (order.packages.reboot) {
        await shell.reboot(this.#deadline);
        ({ uptime } = await askFacts(shell, this.#deadline));
      }
    }
    for (const command of order.sabotage) await shell.run(command, { deadline: this.#deadline });
    timings['connect'] = Math.round(performance.now() - mark);
    this.#send({ type: 'connected', facts, ms: timings['connect'] });

    trace({ kind: 'phase', phase: 'attach' });
    mark = performance.now();
    if (order.tape) this.#tape = new CellTape(order.tape, this.#evidence.path, { image: order.cell.image, machine: order.cell.machine, suite: order.cell.suite, cell: order.cell.id, seed: String(order.seed), ...facts }, ({ what, expected, found, before }) => trace({ kind: 'divergence', what, expected, found, before: before.join('\n') }));
    const units = new CellUnits({ order, shell, scope: this.#scope, tape: this.#tape, onWire: (event) => wire.record(event), trace });
    this.#units = units;
    const unit = await units.make(order.model as EmulatedModel, this.#deadline);
    await unit.plug();
    timings['attach'] = Math.round(performance.now() - mark);
    this.#send({ type: 'attached', descriptorsSha256: unit.descriptorsSha256, ms: timings['attach'] });

    trace({ kind: 'phase', phase: 'tests' });
    mark = performance.now();
    const send = (message: CellMessage): void => {
      if (message.type === 'test-started') {
        this.#tape?.mark(message.id);
        assertions.begin();
      }
      this.#send(message);
    };
    const counting = countingFailures(send, order.stopAfterFailures);
    if (order.hold?.when === 'start') await this.#hold(unit);
    setTestRunner(async (declared, skip) => {
      await runFeature(
        {
          order,
          shell,
          facts,
          cellDeadline: this.#deadline,
          unit,
          evidence: this.#evidence,
          uptime: () => uptime(),
          reboot: async (deadline) => {
            await shell.reboot(deadline);
            ({ uptime } = await askFacts(shell, deadline));
            logSince = 0;
          },
          addUnit: async (model, deadline) => {
            const added = await units.make(model, deadline);
            await added.plug();
            return added;
          },
          removeAddedUnits: async () => units.removeAdded(unit),
          ...counting,
          trace,
          afterTest: async (test, attempt) => {
            const { outcome, failure } = attempt;
            if (order.hold && order.hold.when !== 'start' && outcome !== 'PASS' && outcome !== 'SKIP' && !this.#held) await this.#hold(unit, test, failure?.message ?? outcome);
          },
        },
        declared,
        skip,
      );
    });
    const { tests } = await runMocha({
      suite: order.cell.suite,
      files: order.suiteFiles,
      ...(order.only ? { only: order.only } : {}),
      ...(order.features ? { features: order.features } : {}),
      ...(order.grep === undefined ? {} : { grep: order.grep }),
      allureResults: join(order.nightFolder, 'allure-results'),
      featureOf: (suite, title) => declaredFeatures().find((declared) => declared.suite === suite && declared.title === title)?.id,
      signal: AbortSignal.any([this.#deadline.signal, this.#over.signal]),
    });
    if (order.hold?.when === 'always' && !this.#held) await this.#hold(unit, undefined, 'all tests have run');
    timings['tests'] = Math.round(performance.now() - mark);
    // People take their time.
    if (!this.#held) this.#deadline.check(`cell ${order.cell.id}`);
    if (tests === 0) throw new HwlabError({ code: 'no-test-ran', blame: 'harness', message: `suite ${order.cell.suite} has no test to run in ${order.suiteFiles.length} files` });
    trace({ kind: 'phase', phase: 'collect' });
    this.artefacts.push(...(await keepKernelLog({ shell, evidence: this.#evidence, trace, patience: order.patience, since: logSince })));
    const tape = this.#tape?.report();
    await wire.end();
    await unit.pullOut();
    this.artefacts.push(...((await this.#tape?.end(order.folder)) ?? []));
    this.#send({ type: 'done', artefacts: this.artefacts, timings, ...(tape ? { tape } : {}) });
  }

  /** Keeps everything as it is until somebody lets it go. What people did to the machine is no test's fault, so that no test runs behind it. */
  async #hold(unit: AttachedUnit, test?: string, said?: string): Promise<void> {
    const { hold } = this.#order;
    if (!hold) return;
    const start = hold.when === 'start';
    this.#held = !start;
    await holdCell({ hold, order: this.#order, unit, evidence: this.#evidence.path, signal: this.#signal, send: this.#send, ...(test === undefined ? {} : { test }), ...(said === undefined ? {} : { said }) });
    if (start) this.#deadline = Deadline.after(this.#order.limit, this.#signal);
    else this.#over.abort();
  }

  async end(): Promise<void> {
    await this.#units?.pullOut();
    await this.#scope.end();
    await this.#wire?.end();
    await this.#tape?.end(this.#order.folder).catch(() => undefined);
    this.#story.flush();
  }
}
