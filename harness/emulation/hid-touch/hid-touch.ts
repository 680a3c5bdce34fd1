import type { EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { behaviourOf, type TouchDefects } from './behaviour.ts';
import { HidInterface } from './hid-interface.ts';
import { nameTransfer } from './name-transfer.ts';
import { sendPaced, type Sent } from './paced-sender.ts';
import { mouseReport } from './mouse-report.ts';
import { readPanel, type Panel, type PanelFacts } from './panel.ts';
import { penReport, type PenState } from './pen-report.ts';
import type { TouchQuirks } from './quirks.ts';
import { readModelRecording, replay, replayFacts, type Replayed, type ReplayFacts, type ReplayOptions } from './replay.ts';
import { readReport } from '../../wire/hid/report-bytes.ts';
import { Sensor } from './sensor.ts';
import { touchReports, type TouchContact, type TouchFrame } from './touch-reports.ts';

/** What a suite does with an emulated panel. */
export interface HidTouchControls {
  readonly panel: PanelFacts;
  /** True while the driver takes touch reports; those sent before are lost. */
  readonly polled: boolean;
  /** Input reports sent since the test began. */
  readonly reportsSent: number;
  /** What the driver has set as Input Mode (Microsoft: 0 mouse, 2 touch screen, 3 touch pad); undefined where the panel has no such feature. */
  readonly inputMode: number | undefined;
  /** Sends touch frames, `interval` milliseconds apart (8 by default: a panel of 125 Hz). */
  touch(frames: readonly TouchFrame[], interval?: number, how?: TouchHow): Promise<Sent>;
  /** Sends pen states in the same way. */
  pen(states: readonly PenState[], interval?: number): Promise<Sent>;
  /** Sends any bytes as an input report of an interface, of that for touches by default. */
  sendRaw(report: Uint8Array, interfaceNumber?: number): Promise<void>;
  /** What is in the recording of the model (`behaviour.recording`). @throws HwlabError usage `no-recording` */
  recording(): Promise<ReplayFacts>;
  /** Sends what the real device sent when it was recorded, with its timing. @throws HwlabError usage `no-recording` */
  replay(options?: ReplayOptions): Promise<Replayed>;
  /** Between tests: lifts what is still down and counts from 0 again. */
  reset(): void;
}

/** How touch frames are sent otherwise than in the normal way. */
export interface TouchHow {
  /** Stands in Contact Count instead of the number of contacts in the frame. */
  readonly contactCount?: number;
  /** Between tests these contacts are not lifted: the gesture leaves the driver to do it. */
  readonly left?: boolean;
}

const defaultInterval = 8;

/**
 * An interactive panel: a HID device whose report descriptor, in the model, says how touches and pen strokes are reported.
 * @throws HwlabError usage `bad-model` or `hid-...` when the model's descriptors contradict themselves
 */
export function createHidTouch(model: EmulatedModel): EmulatedUnit<HidTouchControls> {
  const panel = readPanel(model);
  const device = new HidTouchDevice(panel, model);
  return {
    model,
    controls: device,
    createFunction: (pipes) => device.attach(pipes),
    decode: (event, data) => nameTransfer(panel, event, data),
  };
}

class HidTouchDevice implements HidTouchControls, UsbFunction {
  readonly #model: EmulatedModel;
  readonly #panel: Panel;
  readonly #defects: TouchDefects;
  readonly #quirks: TouchQuirks;
  readonly #sensor: Sensor;
  readonly #held = new Map<number, TouchContact>();
  readonly #interfaces: readonly HidInterface[];
  readonly #polledEndpoints = new Set<number>();
  readonly #poweredOn = performance.now();
  #pipes: UsbInPipes | undefined;
  #unplugged = new AbortController();
  #down: TouchFrame = [];
  #reportsSent = 0;
  #touchReports = 0;
  #stops = 0;

  constructor(panel: Panel, model: EmulatedModel) {
    const { defects = {}, quirks = {} } = behaviourOf(model);
    this.#model = model;
    this.#panel = panel;
    this.#defects = defects;
    this.#quirks = quirks;
    this.#sensor = new Sensor(quirks, panel.touch?.layout.fingers[0]?.contactId?.logicalMax ?? 0);
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
    const endpoint = (this.#panel.touch ?? this.#panel.pen)?.endpoint;
    return endpoint !== undefined && this.#polledEndpoints.has(endpoint);
  }

  get reportsSent(): number {
    return this.#reportsSent;
  }

  get inputMode(): number | undefined {
    const mode = this.#panel.inputMode;
    const bytes = mode && this.#interfaceOf(mode.interfaceNumber)?.feature(mode.layout.report.id);
    return mode && bytes ? readReport(mode.layout.report, bytes).get(mode.layout.field) : undefined;
  }

  async touch(frames: readonly TouchFrame[], interval = defaultInterval, how: TouchHow = {}): Promise<Sent> {
    return await this.#paced(frames, interval, async (frame) => {
      this.#down = how.left ? [] : frame.filter((contact) => contact.tip ?? true);
      const seen = this.#sensor.sense(frame, performance.now());
      if (!seen) return 0;
      const clicks = this.#quirks.mouse === undefined ? 0 : await this.#sendMouse(seen);
      return clicks + (await this.#sendTouches(seen, how));
    });
  }

  async pen(states: readonly PenState[], interval = defaultInterval): Promise<Sent> {
    const { pen } = this.#panel;
    if (!pen) return { frames: 0, reports: 0, longestGap: 0, milliseconds: 0, stops: 0 };
    return await this.#paced(states, interval, async (state) => {
      await this.#send(pen.endpoint, penReport(pen.layout, state, this.#defects, this.#quirks), pen.layout.report.id);
      return 1;
    });
  }

  async sendRaw(report: Uint8Array, interfaceNumber?: number): Promise<void> {
    const endpoint = interfaceNumber === undefined ? (this.#panel.touch ?? this.#panel.pen)?.endpoint : this.#interfaceOf(interfaceNumber)?.parts.endpoint;
    if (endpoint !== undefined) await this.#send(endpoint, report, report[0] ?? 0);
  }

  async recording(): Promise<ReplayFacts> {
    return replayFacts(await readModelRecording(this.#model), this.#panel);
  }

  async replay(options: ReplayOptions = {}): Promise<Replayed> {
    return await replay(await readModelRecording(this.#model), options, this.#unplugged.signal, async ({ interfaceNumber, bytes }) => await this.sendRaw(bytes, interfaceNumber));
  }

  reset(): void {
    const lifted = this.#down.map((contact) => ({ ...contact, tip: false }));
    if (lifted.length > 0 && this.polled) void this.touch([lifted]);
    this.#down = [];
    this.#sensor.rest();
    this.#reportsSent = 0;
    this.#touchReports = 0;
  }

  control(setup: SetupPacket, data: Uint8Array): ReturnType<UsbFunction['control']> {
    const recipient = setup.requestType & 0x1f;
    return recipient === 1 ? this.#interfaceOf(setup.index & 0xff)?.control(setup, data) : undefined;
  }

  out(_endpoint: number, data: Uint8Array): { status: 'ok'; accepted: number } {
    return { status: 'ok', accepted: data.length };
  }

  onPolling(endpoint: number, polled: boolean): void {
    if (polled) this.#polledEndpoints.add(endpoint);
    else if (this.#polledEndpoints.delete(endpoint)) this.#stops++;
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
    this.#sensor.rest();
    this.#held.clear();
  }

  async #paced<T>(states: readonly T[], interval: number, send: (state: T) => Promise<number>): Promise<Sent> {
    const before = this.#stops;
    const sent = await sendPaced(states, interval, this.#unplugged.signal, send);
    return { ...sent, stops: this.#stops - before };
  }

  #interfaceOf(number: number): HidInterface | undefined {
    return this.#interfaces.find((hid) => hid.parts.number === number);
  }

  /** Whether touches go out as a mouse's clicks instead: until the host has shown that it knows more. */
  #asMouse(): boolean {
    const { certification } = this.#panel;
    if (this.#quirks.mouse === 'until-certified' && certification) return !this.#interfaceOf(certification.interfaceNumber)?.asked(certification.layout.report.id);
    return this.#quirks.mouse === 'until-input-mode' && this.inputMode !== undefined && this.inputMode < 2;
  }

  async #sendMouse(frame: TouchFrame): Promise<number> {
    const { mouse } = this.#panel;
    if (!mouse || (this.#quirks.mouse !== 'also' && !this.#asMouse())) return 0;
    await this.#send(mouse.endpoint, mouseReport(mouse.layout, frame), mouse.layout.report.id);
    return 1;
  }

  async #sendTouches(frame: TouchFrame, how: TouchHow): Promise<number> {
    const { touch } = this.#panel;
    if (!touch || this.#asMouse()) return 0;
    const scanTime = (performance.now() - this.#poweredOn) * 10;
    const writing = { defects: this.#defects, quirks: this.#quirks, held: this.#held, ...(how.contactCount === undefined ? {} : { contactCount: how.contactCount }) };
    let sent = 0;
    for (const report of touchReports(touch.layout, frame, scanTime, writing)) {
      const { loseEvery } = this.#defects;
      if (loseEvery !== undefined && ++this.#touchReports % loseEvery === 0) continue;
      await this.#send(touch.endpoint, report, touch.layout.report.id);
      sent++;
    }
    return sent;
  }

  async #send(endpoint: number, report: Uint8Array, id: number): Promise<void> {
    this.#reportsSent++;
    this.#interfaces.find((hid) => hid.parts.endpoint === endpoint)?.sent(report, id);
    if (this.#polledEndpoints.has(endpoint)) await this.#pipes?.send(endpoint, report);
  }
}
