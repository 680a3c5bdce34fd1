import type { EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { behaviourOf, type TouchDefects } from './behaviour.ts';
import { HidInterface } from './hid-interface.ts';
import { nameTransfer } from './name-transfer.ts';
import { sendPaced, type Sent } from './paced-sender.ts';
import { readPanel, type Panel, type PanelFacts } from './panel.ts';
import { penReport, type PenState } from './pen-report.ts';
import { touchReports, type TouchFrame } from './touch-reports.ts';

/** What a suite does with an emulated panel. */
export interface HidTouchControls {
  readonly panel: PanelFacts;
  /** True while the driver takes touch reports; those sent before are lost. */
  readonly polled: boolean;
  /** Input reports sent since the test began. */
  readonly reportsSent: number;
  /** Sends touch frames, `interval` milliseconds apart (8 by default: a panel of 125 Hz). */
  touch(frames: readonly TouchFrame[], interval?: number): Promise<Sent>;
  /** Sends pen states in the same way. */
  pen(states: readonly PenState[], interval?: number): Promise<Sent>;
  /** Sends any bytes as an input report of the touch interface. */
  sendRaw(report: Uint8Array): Promise<void>;
  /** Between tests: lifts what is still down and counts from 0 again. */
  reset(): void;
}

const defaultInterval = 8;

/**
 * An interactive panel: a HID device whose report descriptor, in the model, says how touches and pen strokes are reported.
 * @throws HwlabError usage `bad-model` or `hid-...` when the model's descriptors contradict themselves
 */
export function createHidTouch(model: EmulatedModel): EmulatedUnit<HidTouchControls> {
  const panel = readPanel(model);
  const device = new HidTouchDevice(panel, behaviourOf(model).defects ?? {});
  return {
    model,
    controls: device,
    createFunction: (pipes) => device.attach(pipes),
    decode: (event, data) => nameTransfer(panel, event, data),
  };
}

class HidTouchDevice implements HidTouchControls, UsbFunction {
  readonly #panel: Panel;
  readonly #defects: TouchDefects;
  readonly #interfaces: readonly HidInterface[];
  readonly #polledEndpoints = new Set<number>();
  readonly #poweredOn = performance.now();
  #pipes: UsbInPipes | undefined;
  #unplugged = new AbortController();
  #down: TouchFrame = [];
  #reportsSent = 0;
  #touchReports = 0;

  constructor(panel: Panel, defects: TouchDefects) {
    this.#panel = panel;
    this.#defects = defects;
    this.#interfaces = panel.interfaces.map((parts) => new HidInterface(parts));
  }

  /** Begins a new connection; state of an earlier one is gone, as after a power cycle. */
  attach(pipes: UsbInPipes): UsbFunction {
    this.onUnplug();
    this.#unplugged = new AbortController();
    this.#pipes = pipes;
    for (const hid of this.#interfaces) hid.reset();
    return this;
  }

  get panel(): PanelFacts {
    return this.#panel.facts;
  }

  get polled(): boolean {
    return this.#polledEndpoints.has(this.#panel.touch.endpoint);
  }

  get reportsSent(): number {
    return this.#reportsSent;
  }

  async touch(frames: readonly TouchFrame[], interval = defaultInterval): Promise<Sent> {
    const { layout, endpoint } = this.#panel.touch;
    return await sendPaced(frames, interval, this.#unplugged.signal, async (frame) => {
      this.#down = frame.filter((contact) => contact.tip ?? true);
      const scanTime = (performance.now() - this.#poweredOn) * 10;
      let sent = 0;
      for (const report of touchReports(layout, frame, scanTime, this.#defects)) {
        const { loseEvery } = this.#defects;
        if (loseEvery !== undefined && ++this.#touchReports % loseEvery === 0) continue;
        await this.#send(endpoint, report, layout.report.id);
        sent++;
      }
      return sent;
    });
  }

  async pen(states: readonly PenState[], interval = defaultInterval): Promise<Sent> {
    const { pen } = this.#panel;
    if (!pen) return { frames: 0, reports: 0, longestGap: 0, milliseconds: 0 };
    return await sendPaced(states, interval, this.#unplugged.signal, async (state) => {
      await this.#send(pen.endpoint, penReport(pen.layout, state, this.#defects), pen.layout.report.id);
      return 1;
    });
  }

  async sendRaw(report: Uint8Array): Promise<void> {
    await this.#send(this.#panel.touch.endpoint, report, report[0] ?? 0);
  }

  reset(): void {
    const lifted = this.#down.map((contact) => ({ ...contact, tip: false }));
    if (lifted.length > 0 && this.polled) void this.touch([lifted]);
    this.#down = [];
    this.#reportsSent = 0;
    this.#touchReports = 0;
  }

  control(setup: SetupPacket, data: Uint8Array): ReturnType<UsbFunction['control']> {
    const recipient = setup.requestType & 0x1f;
    return recipient === 1 ? this.#interfaces.find((hid) => hid.parts.number === (setup.index & 0xff))?.control(setup, data) : undefined;
  }

  out(_endpoint: number, data: Uint8Array): { status: 'ok'; accepted: number } {
    return { status: 'ok', accepted: data.length };
  }

  onPolling(endpoint: number, polled: boolean): void {
    if (polled) this.#polledEndpoints.add(endpoint);
    else this.#polledEndpoints.delete(endpoint);
  }

  onReset(): void {
    this.#polledEndpoints.clear();
    for (const hid of this.#interfaces) hid.reset();
  }

  onUnplug(): void {
    this.#unplugged.abort();
    this.#polledEndpoints.clear();
    this.#pipes = undefined;
    this.#down = [];
  }

  async #send(endpoint: number, report: Uint8Array, id: number): Promise<void> {
    this.#reportsSent++;
    this.#interfaces.find((hid) => hid.parts.endpoint === endpoint)?.sent(report, id);
    if (this.#polledEndpoints.has(endpoint)) await this.#pipes?.send(endpoint, report);
  }
}
