import type { Duplex } from 'node:stream';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { JobHider } from '../cassette/job-scrubber.ts';
import { NameScrubber } from '../cassette/scrub.ts';
import { valuesMark, watchControls } from '../cassette/watch-controls.ts';
import { buildDescriptors } from '../descriptors.ts';
import type { PluggedDevice, PlugOptions } from '../plug.ts';
import { noBytes } from '../transfer.ts';
import type { EmulatedModel, EmulatedUnit, TransferStatus, WireEvent } from '../usb-device.ts';
import { WireTrace } from '../wire-trace.ts';
import { GuestSide } from './guest-side.ts';
import { Onlooker } from './onlooker.ts';
import { readUnit, type ReadUnit } from './read-unit.ts';
import { RedirTap } from './redir-tap.ts';
import { RedirectedDevice, type RedirEndpoint } from './redirected-device.ts';

/** How long an unplug waits for QEMU's acknowledgement before it closes the connection, which unplugs as well. */
const acknowledgeWithin = 5000;

export interface RedirectedOptions {
  readonly endpoint: RedirEndpoint;
  /** The model that the unit is one of; its class looks on, so that the suite can ask it what came. */
  readonly model: EmulatedModel;
  readonly createShadow: (model: EmulatedModel) => Promise<EmulatedUnit<unknown>>;
  /** Leaves the unit's serial number as it is in what is written down. */
  readonly keepSerial?: boolean;
  /** Leaves what is printed, and names of hosts and users, as they are in what is written down. */
  readonly keepContents?: boolean;
  readonly deadline: Deadline;
}

/** A unit behind usbredir, whose life at a guest's port can be written down. It stays connected from the first plug to `close`. */
export class RedirectedUnit {
  readonly unit: EmulatedUnit<unknown>;
  /** What is made unreadable in what is written down, in words. */
  readonly scrubbed: readonly string[];
  /** What a replay has to show otherwise than the unit is. */
  readonly notes: readonly string[];
  /** Gets what crosses the cable and what the suite does, scrubbed. */
  append: (event: CassetteEvent) => void = () => undefined;
  readonly #device: RedirectedDevice;
  readonly #read: ReadUnit;
  readonly #shadow: EmulatedUnit<unknown>;
  readonly #names: NameScrubber;
  readonly #jobs: JobHider | undefined;
  readonly #start = performance.now();
  #tap: RedirTap | undefined;

  private constructor(device: RedirectedDevice, read: ReadUnit, shadow: EmulatedUnit<unknown>, keepContents: boolean) {
    this.#device = device;
    this.#read = read;
    this.#shadow = shadow;
    this.#names = new NameScrubber(read.replacements);
    const jobs = new JobHider({ usb: read.usb });
    this.#jobs = keepContents || !jobs.isPrinter ? undefined : jobs;
    this.scrubbed = [...(read.replacements.length > 0 ? ['serial number'] : []), ...(this.#jobs ? ['contents of print jobs', 'names of hosts, users and jobs'] : [])];
    this.notes = read.notes;
    this.unit = {
      ...shadow,
      ...(shadow.decode ? { decode: shadow.decode.bind(shadow) } : {}),
      controls: watchControls(shadow.controls, (name, body, values) => {
        if (body()) this.#beside({ from: 'suite', kind: 'call', name, with: valuesMark(values) });
      }),
    };
  }

  /** Connects and asks the unit what it is. @throws HwlabError lab `unit-...`; usage `unit-is-another` */
  static async connect({ endpoint, model, createShadow, keepSerial = false, keepContents = false, deadline }: RedirectedOptions): Promise<RedirectedUnit> {
    const device = await RedirectedDevice.connect(endpoint, deadline);
    try {
      const read = await readUnit(device, keepSerial, deadline);
      const ids = ({ vendorId, productId }: EmulatedModel['usb']): string => [vendorId, productId].map((id) => Number(id).toString(16).padStart(4, '0')).join(':');
      if (ids(read.usb) !== ids(model.usb)) throw new HwlabError({ code: 'unit-is-another', blame: 'usage', message: `what is at ${endpoint.host}:${endpoint.port} is ${ids(read.usb)}, and ${model.id} is ${ids(model.usb)}`, advice: 'name the model that it is with --device; a new one is made with ./hwlab model import' });
      return new RedirectedUnit(device, read, await createShadow({ ...model, usb: read.usb }), keepContents);
    } catch (error) {
      device.close();
      throw error;
    }
  }

  /** Plugs the unit into a port of QEMU. @throws HwlabError lab */
  async plug(port: Duplex, { deadline, onWire }: PlugOptions): Promise<PluggedDevice> {
    // What the class would say is thrown away.
    const onlooker = new Onlooker(this.#shadow.createFunction({ send: async () => Promise.resolve(), halt: () => undefined }));
    const trace = new WireTrace(this.unit, onWire);
    const tap = new RedirTap((event) => this.#take(event, onlooker, trace), this.#read.reports, () => performance.now() - this.#start);
    this.#tap = tap;
    tap.event({ from: 'suite', kind: 'plug' });
    const guest = new GuestSide(port, this.#device, tap);
    try {
      await guest.plug(deadline);
    } catch (error) {
      await guest.unplug(Deadline.after(0));
      throw error;
    }
    let unplugged: Promise<void> | undefined;
    return {
      descriptorsSha256: buildDescriptors(this.unit.model.usb).sha256,
      configured: guest.configured,
      lost: Promise.race([guest.lost, this.#device.lost]),
      fault: () => {
        throw new HwlabError({ code: 'unit-is-real', blame: 'usage', message: `${this.unit.model.name} is redirected from elsewhere: it cannot be told to show a fault` });
      },
      clearFaults: () => undefined,
      unplug: async () => {
        unplugged ??= (async () => {
          await guest.unplug(Deadline.after(acknowledgeWithin));
          this.#beside({ from: 'device', kind: 'unplug' });
          onlooker.unplugged();
        })();
        await unplugged;
      },
    };
  }

  /** A test begins. */
  mark(name: string): void {
    this.#beside({ from: 'suite', kind: 'mark', name });
  }

  /** Gives the device back; usbredirect ends with it. */
  close(): void {
    this.#device.close();
  }

  #beside(event: Omit<CassetteEvent, 't'>): void {
    this.#tap?.event(event);
  }

  #take(event: CassetteEvent, onlooker: Onlooker, trace: WireTrace): void {
    // First: what a transfer means may depend on what the class makes of it.
    onlooker.see(event);
    const named = this.#names.scrub(event);
    const clean = this.#jobs?.hide(named) ?? named;
    const wire = onTheWire(clean);
    if (wire) trace.record(wire, clean.data);
    const meaning = clean.meaning ?? (wire ? this.#meaningOf({ t: clean.t, ...wire }, clean.data ?? noBytes) : undefined);
    this.append(meaning === undefined ? clean : { ...clean, meaning });
  }

  /** A decoder reads what an untrusted device and driver sent. */
  #meaningOf(event: WireEvent, data: Uint8Array): string | undefined {
    try {
      return this.#shadow.decode?.(event, data);
    } catch {
      return 'not decodable';
    }
  }
}

/** The event as a wire trace has it; what the suite does is none, but a plug is. */
function onTheWire({ from, kind, endpoint, setup, status, meaning }: CassetteEvent): Omit<WireEvent, 't'> | undefined {
  if (kind === 'call' || kind === 'mark') return undefined;
  return { from: from === 'suite' ? 'device' : from, kind, ...(endpoint === undefined ? {} : { endpoint }), ...(setup ? { setup } : {}), ...(status === undefined ? {} : { status: status as TransferStatus }), ...(meaning === undefined ? {} : { meaning }) };
}
