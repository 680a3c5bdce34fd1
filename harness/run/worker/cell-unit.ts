import { HwlabError } from '../../base/hwlab-error.ts';
import type { Deadline } from '../../base/deadline.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { EmulatedModel, EmulatedUnit, FaultRule, WireEvent, WireListener } from '../../emulation/usb-device.ts';
import type { PluggedDevice, PlugOptions } from '../../emulation/plug.ts';
import type { TransportTraits } from '../../emulation/transport-traits.ts';
import { hasReset, type AttachedUnit } from './attached-unit.ts';

export interface CellUnitOptions {
  readonly unit: EmulatedUnit<unknown>;
  /** Plugs the unit in over the cell's transport. */
  readonly plug: (options: PlugOptions) => Promise<PluggedDevice>;
  readonly transport: TransportTraits;
  readonly shell: Shell;
  readonly onWire: WireListener;
  /** sysfs paths that belong to other units of this cell. */
  readonly taken: () => readonly string[];
}

/** One emulated unit on one USB port of the machine, plugged in and out by the suite. */
export class CellUnit implements AttachedUnit {
  readonly model: EmulatedModel;
  readonly transport: TransportTraits;
  /** What it is only the suite knows: `feature<Controls>` gives it its type. */
  readonly controls: never;
  readonly #options: CellUnitOptions;
  #plugged: PluggedDevice | undefined;
  #sysfs: string | undefined;
  #wire: WireEvent[] = [];
  #deadline: Deadline;
  readonly #lost = Promise.withResolvers<never>();
  descriptorsSha256 = '';

  constructor(options: CellUnitOptions, deadline: Deadline) {
    this.#options = options;
    this.model = options.unit.model;
    this.transport = options.transport;
    this.controls = options.unit.controls as never;
    this.#deadline = deadline;
    this.#lost.promise.catch(() => undefined);
  }

  /** Called before each test: its deadline, a clean wire trace, no faults. Plugs the unit in again if the test before left it out. */
  async beginTest(deadline: Deadline): Promise<void> {
    this.#deadline = deadline;
    this.#wire = [];
    this.#plugged?.clearFaults();
    const controls: unknown = this.controls;
    if (hasReset(controls)) controls.reset();
    if (!this.#plugged) await this.plug();
  }

  giveTime(deadline: Deadline): void {
    this.#deadline = deadline;
  }

  /** Rejects when the emulated device itself breaks: QEMU went away or refused it, or its code threw. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  get isPlugged(): boolean {
    return this.#plugged !== undefined;
  }

  get knownSysfs(): string | undefined {
    return this.#sysfs;
  }

  async sysfs(): Promise<string> {
    this.#sysfs ??= await this.#find();
    return this.#sysfs;
  }

  async plug(): Promise<void> {
    if (this.#plugged) return;
    const device = await this.#options.plug({
      deadline: this.#deadline,
      onWire: (event, data) => {
        if (this.#wire.length < 20_000) this.#wire.push(event);
        this.#options.onWire(event, data);
      },
    });
    this.#plugged = device;
    void device.lost.then((error) => {
      if (this.#plugged === device) this.#lost.reject(error);
    });
    this.descriptorsSha256 = device.descriptorsSha256;
    this.#sysfs = undefined;
    await this.sysfs();
  }

  async unplug(): Promise<void> {
    const path = this.#sysfs;
    await this.pullOut();
    if (!path) return;
    const gone = await this.#options.shell.run(`for i in $(seq 200); do [ -e ${path} ] || { echo gone; exit; }; sleep 0.05; done`, { deadline: this.#deadline });
    if (!gone.stdout.includes('gone')) {
      throw new HwlabError({ code: 'device-stayed', blame: 'product', message: `${this.model.name} was unplugged but ${path} is still there` });
    }
  }

  /** Unplugs without asking the guest. */
  async pullOut(): Promise<void> {
    const device = this.#plugged;
    this.#plugged = undefined;
    this.#sysfs = undefined;
    await device?.unplug();
  }

  fault(rule: FaultRule): void {
    if (!this.#plugged) throw new HwlabError({ code: 'not-plugged', blame: 'usage', message: `${this.model.name} is not plugged in, so it can show no fault` });
    this.#plugged.fault(rule);
  }

  clearFaults(): void {
    this.#plugged?.clearFaults();
  }

  wire(): readonly WireEvent[] {
    return this.#wire;
  }

  /** The device in the guest's sysfs with our ids that is configured and no other unit's. */
  async #find(): Promise<string> {
    const vendor = hex4(this.model.usb.vendorId);
    const product = hex4(this.model.usb.productId);
    const script = `i=0; while [ $i -lt 300 ]; do for d in /sys/bus/usb/devices/*; do
case $d in *:*) continue;; esac
{ read -r v <$d/idVendor && read -r p <$d/idProduct; } 2>/dev/null || continue
[ "$v:$p" = "${vendor}:${product}" ] || continue
case "${this.#options.taken().map((path) => ` ${path} `).join('')}" in *" $d "*) continue;; esac
{ read -r c <$d/bConfigurationValue; } 2>/dev/null && [ -n "$c" ] && { echo $d; exit; }
done; i=$((i+1)); sleep 0.1; done`;
    const { stdout } = await this.#options.shell.run(script, { deadline: this.#deadline });
    const path = stdout.trim();
    if (!/^\/sys\/bus\/usb\/devices\/[\w.:-]+$/.test(path)) {
      const log = await this.#options.shell.run('dmesg | tail -n 5', { deadline: this.#deadline.within(5000) }).then(
        (result) => result.stdout.trim(),
        () => 'no kernel log',
      );
      throw new HwlabError({
        code: 'not-enumerated',
        blame: 'product',
        message: `the guest's kernel did not configure ${this.model.name} (${vendor}:${product}); kernel log ends: ${log.slice(-600)}`,
      });
    }
    return path;
  }
}

function hex4(id: string): string {
  return Number(id).toString(16).padStart(4, '0');
}
