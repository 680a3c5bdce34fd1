import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Scope } from '../../base/scope.ts';
import type { SshShell } from '../../drivers/ssh/ssh-shell.ts';
import { isBuiltIn } from '../../emulation/built-in.ts';
import { createNetworkDevice, isOnNetwork } from '../../emulation/create-network-device.ts';
import { createUnit } from '../../emulation/create-unit.ts';
import { openUsbPort, plug } from '../../emulation/plug.ts';
import { plugUsbip } from '../../emulation/plug-usbip.ts';
import { RedirectedUnit } from '../../emulation/redirected/redirected-unit.ts';
import { transports } from '../../emulation/transport-traits.ts';
import type { EmulatedModel, EmulatedUnit, WireEvent, WireListener } from '../../emulation/usb-device.ts';
import { traceUsbExchanges } from '../trace/trace-exchanges.ts';
import type { Trace } from '../trace/cell-trace-file.ts';
import type { AttachedUnit } from './attached-unit.ts';
import { BuiltInUnit } from './built-in-unit.ts';
import type { CellTape } from './cell-tape.ts';
import { CellUnit, type CellUnitOptions } from './cell-unit.ts';
import { NetworkUnit } from './network-unit.ts';
import type { CellOrder, RedirectedOrder } from './protocol.ts';
import type { RebootableShell } from './rebootable-shell.ts';
import { ShellUsbipGuest } from './usbip-guest.ts';

export interface CellUnitsOptions {
  readonly order: Pick<CellOrder, 'from' | 'access' | 'cell'>;
  readonly shell: RebootableShell<SshShell>;
  /** Ends what a unit holds when the cell ends. */
  readonly scope: Scope;
  /** Records or plays the first unit. */
  readonly tape: CellTape | undefined;
  readonly onWire: (event: WireEvent) => void;
  readonly trace: Trace;
}

/** The units of a cell, in the order of the machine's ports: emulated ones, one that is elsewhere, one on the network, or the machine itself. */
export class CellUnits {
  readonly #options: CellUnitsOptions;
  readonly #units: AttachedUnit[] = [];

  constructor(options: CellUnitsOptions) {
    this.#options = options;
  }

  /**
   * A unit of the model, not plugged in yet.
   * @throws HwlabError usage `no-free-port`, `one-machine`, and what its emulator says of the model
   */
  async make(model: EmulatedModel, deadline: Deadline): Promise<AttachedUnit> {
    const { order, tape, shell } = this.#options;
    const first = this.#units.length === 0;
    if (isBuiltIn(model.emulator)) return this.#takeBuiltIn(model);
    if (isOnNetwork(model.emulator)) return await this.#makeNetworkUnit(model, deadline);
    if (first && order.from) return await this.#takeRedirected(order.from, model, deadline);
    const made = await createUnit(model);
    const taped = first ? await tape?.take(made) : undefined;
    const unit = taped?.unit ?? made;
    return this.#keep({ unit, ...this.#cableOf(unit), shell, ...(taped ? { onWire: taped.onWire } : {}) }, deadline);
  }

  /** Takes away all but the first, which comes back if a test has taken it out. */
  async removeAdded(first: AttachedUnit): Promise<void> {
    for (const unit of this.#units.splice(1)) await unit.pullOut().catch(() => undefined);
    if (this.#units[0] !== first) this.#units.unshift(first);
  }

  async pullOut(): Promise<void> {
    for (const unit of this.#units) await unit.pullOut().catch(() => undefined);
  }

  #keep({ onWire, ...options }: Omit<CellUnitOptions, 'onWire' | 'taken'> & { readonly onWire?: WireListener }, deadline: Deadline): CellUnit {
    const exchanges = traceUsbExchanges(options.unit.model, this.#options.trace);
    const cellUnit: CellUnit = new CellUnit(
      {
        ...options,
        onWire: (event, data) => {
          this.#options.onWire(event);
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
  async #takeRedirected(order: RedirectedOrder, model: EmulatedModel, deadline: Deadline): Promise<AttachedUnit> {
    const { scope, tape, shell } = this.#options;
    const redirected = await RedirectedUnit.connect({ ...order, model, createShadow: createUnit, deadline });
    scope.onEnd('redirected unit', async () => Promise.resolve(redirected.close()));
    tape?.takeRedirected(redirected);
    const socketPath = this.#freePort();
    return this.#keep({ unit: redirected.unit, transport: transports['usb-redir'], plug: async (options) => redirected.plug(await openUsbPort(socketPath, options.deadline), options), shell }, deadline);
  }

  /** How units of this cell are plugged in: into a port of the machine, or over USB/IP into the guest's own virtual controller. */
  #cableOf(unit: EmulatedUnit<unknown>): Pick<CellUnitOptions, 'plug' | 'transport'> {
    const { order, shell } = this.#options;
    if (order.cell.transport === 'usbip') {
      return { transport: transports.usbip, plug: async (options) => plugUsbip(unit, new ShellUsbipGuest(shell, shell.inner.ports, options.deadline), options) };
    }
    const socketPath = this.#freePort();
    return { transport: transports['usb-redir'], plug: async (options) => plug(unit, socketPath, options) };
  }

  #freePort(): string {
    const { usbPorts } = this.#options.order.access;
    const socketPath = usbPorts[this.#units.length];
    if (socketPath !== undefined) return socketPath;
    throw new HwlabError({ code: 'no-free-port', blame: 'usage', message: `the machine has ${usbPorts.length} USB ports and all are taken` });
  }

  #takeBuiltIn(model: EmulatedModel): AttachedUnit {
    if (this.#units.length > 0) throw new HwlabError({ code: 'one-machine', blame: 'usage', message: `${model.name} is the machine itself: there is no second one` });
    const unit = new BuiltInUnit(model);
    this.#units.push(unit);
    return unit;
  }

  async #makeNetworkUnit(model: EmulatedModel, deadline: Deadline): Promise<AttachedUnit> {
    const { shell, onWire } = this.#options;
    const device = await createNetworkDevice(model);
    const unit = new NetworkUnit({ device, index: this.#units.length, shell, streams: shell.inner.streams, onWire }, deadline);
    this.#units.push(unit);
    return unit;
  }
}
