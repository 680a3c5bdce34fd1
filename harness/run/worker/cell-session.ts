import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { randomId } from '../../base/random-id.ts';
import { Scope } from '../../base/scope.ts';
import type { Artefact } from '../../db/generated/result.ts';
import { createNetworkDevice, isOnNetwork } from '../../emulation/create-network-device.ts';
import { isBuiltIn } from '../../emulation/built-in.ts';
import { createUnit } from '../../emulation/create-unit.ts';
import { openUsbPort, plug } from '../../emulation/plug.ts';
import { plugUsbip } from '../../emulation/plug-usbip.ts';
import { RedirectedUnit } from '../../emulation/redirected/redirected-unit.ts';
import { transports } from '../../emulation/transport-traits.ts';
import type { EmulatedModel, EmulatedUnit, FaultRule, WireEvent, WireListener } from '../../emulation/usb-device.ts';
import { installPackages } from '../../machines/install-packages.ts';
import { longestHold } from '../../lab/hold-record.ts';
import { connectShell } from '../../drivers/ssh/connect-shell.ts';
import type { SshShell } from '../../drivers/ssh/ssh-shell.ts';
import { runDevicePrompt } from '../hold/device-prompt.ts';
import { HoldServer } from '../hold/hold-server.ts';
import { declaredFeatures, setTestRunner } from '../cell-runtime.ts';
import { cellTraceName, CellTraceFile } from '../trace/cell-trace-file.ts';
import { ConsoleClock } from '../trace/console-clock.ts';
import { keepKernelLog } from '../trace/kernel-log.ts';
import { traceAssertions } from '../trace/trace-assertions.ts';
import { traceUsbExchanges } from '../trace/trace-exchanges.ts';
import { askFacts } from './ask-facts.ts';
import type { AttachedUnit } from './attached-unit.ts';
import { blacklistModules } from './blacklist-modules.ts';
import { BuiltInUnit } from './built-in-unit.ts';
import { CellTape } from './cell-tape.ts';
import { CellUnit, type CellUnitOptions } from './cell-unit.ts';
import { NetworkUnit } from './network-unit.ts';
import { EvidenceFolder } from './evidence.ts';
import { runFeature } from './feature-runner.ts';
import { countingFailures } from './counting-failures.ts';
import { RebootableShell } from './rebootable-shell.ts';
import { runMocha } from './mocha-host.ts';
import { ShellUsbipGuest } from './usbip-guest.ts';
import type { CellMessage, CellOrder, RedirectedOrder } from './protocol.ts';

const mostTraceBytes = 16 * 1024 * 1024;

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
  readonly #units: AttachedUnit[] = [];
  #tape: CellTape | undefined;
  #trace: WriteStream | undefined;
  #traceBytes = 0;
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
    this.#openTrace();
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
    if (order.tape) this.#tape = new CellTape(order.tape, this.#evidence.path, { image: order.cell.image, machine: order.cell.machine, suite: order.cell.suite, cell: order.cell.id, seed: String(order.seed), ...facts });
    const unit = await this.#makeUnit(order.model as EmulatedModel, shell, this.#deadline);
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
            const added = await this.#makeUnit(model, shell, deadline);
            await added.plug();
            return added;
          },
          removeAddedUnits: async () => this.#removeAddedUnits(unit),
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
    await this.#endTrace();
    await unit.pullOut();
    this.artefacts.push(...((await this.#tape?.end(order.folder)) ?? []));
    this.#send({ type: 'done', artefacts: this.artefacts, timings, ...(tape ? { tape } : {}) });
  }

  /** Keeps everything as it is until somebody lets it go. What people did to the machine is no test's fault, so that no test runs behind it. */
  async #hold(unit: AttachedUnit, test?: string, said?: string): Promise<void> {
    const { hold, access, cell } = this.#order;
    if (!hold) return;
    const start = hold.when === 'start';
    this.#held = !start;
    const now = Date.now();
    const id = randomId(4);
    const time = (): Deadline => Deadline.after(60_000, this.#signal);
    const prompted = {
      name: unit.model.name,
      controls: unit.controls as unknown,
      get plugged() {
        return unit.isPlugged;
      },
      plug: async () => {
        unit.giveTime(time());
        await unit.plug();
      },
      unplug: async () => {
        unit.giveTime(time());
        await unit.unplug();
      },
      fault: (rule: FaultRule) => unit.fault(rule),
      clearFaults: () => unit.clearFaults(),
      wire: () => unit.wire(),
    };
    const server = await HoldServer.start({
      record: {
        id,
        runId: hold.runId,
        cell: cell.id,
        ...(test === undefined ? {} : { test }),
        ...(said === undefined ? {} : { said: said.split('\n')[0]?.slice(0, 300) ?? '' }),
        since: new Date(now).toISOString(),
        until: new Date(now + hold.seconds * 1000).toISOString(),
        ssh: access.ssh,
        console: access.consoleFile,
        // Ports of QEMU are what tells a virtual machine from a lab machine here.
        ...(access.usbPorts.length > 0 ? { domain: access.name } : {}),
        evidence: this.#evidence.path,
      },
      most: longestHold,
      device: async (line) => await runDevicePrompt(prompted, line),
      signal: this.#signal,
      now: Date.now,
    });
    this.#send({ type: 'held', hold: id });
    const why = await server.ended;
    this.#send({ type: 'released', hold: id, why });
    if (start) this.#deadline = Deadline.after(this.#order.limit, this.#signal);
    else this.#over.abort();
  }

  async end(): Promise<void> {
    for (const unit of this.#units) await unit.pullOut().catch(() => undefined);
    await this.#scope.end();
    await this.#endTrace();
    await this.#tape?.end(this.#order.folder).catch(() => undefined);
    this.#story.flush();
  }

  async #makeUnit(model: EmulatedModel, shell: RebootableShell<SshShell>, deadline: Deadline): Promise<AttachedUnit> {
    if (isBuiltIn(model.emulator)) return this.#takeBuiltIn(model);
    if (isOnNetwork(model.emulator)) return await this.#makeNetworkUnit(model, shell, deadline);
    const from = this.#units.length === 0 ? this.#order.from : undefined;
    if (from) return await this.#takeRedirected(from, model, shell, deadline);
    const made = await createUnit(model);
    const taped = this.#units.length === 0 ? await this.#tape?.take(made) : undefined;
    const emulated = taped?.unit ?? made;
    return this.#keepUnit({ unit: emulated, ...this.#cableOf(emulated, shell), shell, ...(taped ? { onWire: taped.onWire } : {}) }, deadline);
  }

  #keepUnit({ onWire, ...options }: Omit<CellUnitOptions, 'onWire' | 'taken'> & { readonly onWire?: WireListener }, deadline: Deadline): CellUnit {
    const exchanges = traceUsbExchanges(options.unit.model, this.#story.write);
    const cellUnit: CellUnit = new CellUnit(
      {
        ...options,
        onWire: (event, data) => {
          this.#record(event);
          exchanges?.(event, data);
          onWire?.(event, data);
        },
        taken: () => this.#units.flatMap((other) => (other !== cellUnit && other.knownSysfs ? [other.knownSysfs] : [])),
      },
      deadline,
    );
    this.#units.push(cellUnit);
    return cellUnit;
  }

  /** A unit behind usbredir: it stays connected until the cell ends. */
  async #takeRedirected(order: RedirectedOrder, model: EmulatedModel, shell: RebootableShell<SshShell>, deadline: Deadline): Promise<AttachedUnit> {
    const redirected = await RedirectedUnit.connect({ ...order, model, createShadow: createUnit, deadline });
    this.#scope.onEnd('redirected unit', async () => Promise.resolve(redirected.close()));
    this.#tape?.takeRedirected(redirected);
    const socketPath = this.#freePort();
    return this.#keepUnit({ unit: redirected.unit, transport: transports['usb-redir'], plug: async (options) => redirected.plug(await openUsbPort(socketPath, options.deadline), options), shell }, deadline);
  }

  /** How units of this cell are plugged in: into a port of the machine, or over USB/IP into the guest's own virtual controller. */
  #cableOf(unit: EmulatedUnit<unknown>, shell: RebootableShell<SshShell>): Pick<CellUnitOptions, 'plug' | 'transport'> {
    if (this.#order.cell.transport === 'usbip') {
      return { transport: transports.usbip, plug: async (options) => plugUsbip(unit, new ShellUsbipGuest(shell, shell.inner.ports, options.deadline), options) };
    }
    const socketPath = this.#freePort();
    return { transport: transports['usb-redir'], plug: async (options) => plug(unit, socketPath, options) };
  }

  #freePort(): string {
    const socketPath = this.#order.access.usbPorts[this.#units.length];
    if (socketPath !== undefined) return socketPath;
    throw new HwlabError({ code: 'no-free-port', blame: 'usage', message: `the machine has ${this.#order.access.usbPorts.length} USB ports and all are taken` });
  }

  #takeBuiltIn(model: EmulatedModel): AttachedUnit {
    if (this.#units.length > 0) throw new HwlabError({ code: 'one-machine', blame: 'usage', message: `${model.name} is the machine itself: there is no second one` });
    const unit = new BuiltInUnit(model);
    this.#units.push(unit);
    return unit;
  }

  async #makeNetworkUnit(model: EmulatedModel, shell: RebootableShell<SshShell>, deadline: Deadline): Promise<AttachedUnit> {
    const device = await createNetworkDevice(model);
    const unit = new NetworkUnit({ device, index: this.#units.length, shell, streams: shell.inner.streams, onWire: (event) => this.#record(event) }, deadline);
    this.#units.push(unit);
    return unit;
  }

  async #removeAddedUnits(first: AttachedUnit): Promise<void> {
    for (const unit of this.#units.splice(1)) await unit.pullOut().catch(() => undefined);
    if (this.#units[0] !== first) this.#units.unshift(first);
  }

  #openTrace(): void {
    this.#trace = createWriteStream(join(this.#evidence.path, 'wire.jsonl'));
    this.#trace.on('error', () => {
      this.#trace = undefined;
    });
    this.artefacts.push({ name: 'wire-trace', path: join(this.#order.folder, 'wire.jsonl'), mediaType: 'application/jsonl' });
  }

  #record(event: WireEvent): void {
    if (!this.#trace || this.#traceBytes > mostTraceBytes) return;
    const line = `${JSON.stringify(event)}\n`;
    this.#traceBytes += line.length;
    this.#trace.write(this.#traceBytes > mostTraceBytes ? '{"kind":"cut","meaning":"trace over 16 MiB, cut by hwlab"}\n' : line);
  }

  async #endTrace(): Promise<void> {
    const trace = this.#trace;
    this.#trace = undefined;
    if (trace) await new Promise<void>((resolve) => trace.end(resolve));
  }
}
