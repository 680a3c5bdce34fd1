import { decodeStreamControl, encodeStreamControl, type StreamControl } from '../../wire/uvc/stream-control.ts';
import type { VideoFormat, VideoFrame } from '../../wire/uvc/video-formats.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { layoutOf, type CameraLayout } from './camera-layout.ts';
import { ControlValues, uvcRequests } from './control-values.ts';
import { uvcCameraBehaviour, type UvcCameraBehaviour } from './uvc-camera-behaviour.ts';
import { VideoStream, type SentPicture } from './video-stream.ts';

/** What a suite sees and does at an emulated camera. */
export interface UvcCameraControls {
  /** The formats and sizes of its descriptors. */
  readonly formats: readonly VideoFormat[];
  /** The newest pictures that were sent whole since the test began, oldest first: at most 64. */
  readonly pictures: readonly SentPicture[];
  /** Whether the driver streams now. */
  readonly streaming: boolean;
  /** What was agreed on last; undefined before. */
  readonly agreed: StreamControl | undefined;
  /** The value of a control of the model, by its name. */
  setting(name: string): number | undefined;
  /** Presses and lets go of the button that takes a still picture. */
  pressButton(): void;
  /** Between tests: controls at their defaults, no pictures kept. */
  reset(): void;
}

const selectors = { probe: 1, commit: 2 } as const;
const getDescriptor = 6;
const reportDescriptorType = 0x22;
/** Milliseconds that a camera says it needs for a picture. */
const delay = 32;
/** Status packet of a VideoStreaming interface: a button (UVC 1.1, 2.4.2.2). */
const statusFromStreaming = 0x02;
const buttonEvent = 0x00;

/**
 * A camera of the USB video class: probe and commit, controls of its units, pictures over an isochronous endpoint, a button.
 * @throws HwlabError usage `bad-model` if the descriptors are not those of such a camera.
 */
export function createUvcCamera(model: EmulatedModel): EmulatedUnit<UvcCameraControls> {
  const unit = new UvcCamera(layoutOf(model), uvcCameraBehaviour(model));
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event) => unit.decode(event) };
}

class UvcCamera implements UvcCameraControls, UsbFunction {
  readonly #layout: CameraLayout;
  readonly #behaviour: UvcCameraBehaviour;
  readonly #values: ControlValues;
  readonly #stream: VideoStream;
  #alternate = 0;
  #probe: StreamControl;
  #pipes: UsbInPipes | undefined;
  agreed: StreamControl | undefined;

  constructor(layout: CameraLayout, behaviour: UvcCameraBehaviour) {
    this.#layout = layout;
    this.#behaviour = behaviour;
    this.#values = new ControlValues(behaviour.controls, behaviour.defects?.deafControls ?? false);
    this.#stream = new VideoStream(layout.clockFrequency, behaviour.defects, () => performance.now());
    this.#probe = this.#fitted(undefined);
  }

  get formats(): readonly VideoFormat[] {
    return this.#layout.formats;
  }

  get pictures(): readonly SentPicture[] {
    return this.#stream.sent;
  }

  get streaming(): boolean {
    return this.#stream.open;
  }

  setting(name: string): number | undefined {
    return this.#values.value(name);
  }

  pressButton(): void {
    const { statusEndpoint, streamInterface } = this.#layout;
    if (statusEndpoint === undefined || this.#behaviour.defects?.deadButton) return;
    for (const pressed of [1, 0]) void this.#pipes?.send(statusEndpoint, Uint8Array.of(statusFromStreaming, streamInterface, buttonEvent, pressed));
  }

  reset(): void {
    this.#values.reset();
    this.#stream.forget();
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#pipes = pipes;
    this.#powerOn();
    return this;
  }

  /** A camera of this class takes no data but control requests. */
  out(): OutReply {
    return { status: 'stall', accepted: 0 };
  }

  isochronous(): Uint8Array | undefined {
    return this.#stream.next(this.#layout.payloadBytes[this.#alternate] ?? 0);
  }

  onPolling(endpoint: number, polled: boolean): void {
    if (endpoint !== this.#layout.streamEndpoint) return;
    if (polled) this.#stream.start();
    else this.#stream.stop();
  }

  onAlternate(interfaceNumber: number, alternate: number): void {
    if (interfaceNumber === this.#layout.streamInterface) this.#alternate = alternate;
  }

  onReset(): void {
    this.#powerOn();
  }

  onUnplug(): void {
    this.#stream.stop();
    this.#pipes = undefined;
  }

  decode({ kind, setup }: WireEvent): string | undefined {
    if (kind !== 'control' || !setup || (setup.requestType & 0x60) !== 0x20) return undefined;
    const request = Object.entries(uvcRequests).find(([, code]) => code === setup.request)?.[0];
    if (request === undefined) return undefined;
    const name = request.replace(/[A-Z]/, (letter) => `_${letter}`).toUpperCase();
    if ((setup.index & 0xff) === this.#layout.streamInterface) return `${name} ${setup.value >> 8 === selectors.probe ? 'PROBE' : setup.value >> 8 === selectors.commit ? 'COMMIT' : `selector ${setup.value >> 8}`}`;
    const control = this.#behaviour.controls.find(({ entity, selector }) => entity === setup.index >> 8 && selector === setup.value >> 8);
    return `${name} ${control?.name ?? `entity ${setup.index >> 8} selector ${setup.value >> 8}`}`;
  }

  #powerOn(): void {
    this.#stream.stop();
    this.#alternate = 0;
    this.#probe = this.#fitted(undefined);
    this.agreed = undefined;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const interfaceNumber = setup.index & 0xff;
    const report = this.#behaviour.reportDescriptors?.[String(interfaceNumber)];
    if (report !== undefined) return answerHid(setup, report);
    if ((setup.requestType & 0x7f) !== 0x21) return undefined;
    if (interfaceNumber === this.#layout.controlInterface) return this.#values.control(setup, data);
    return interfaceNumber === this.#layout.streamInterface ? this.#streamRequest(setup, data) : undefined;
  }

  #streamRequest({ request, value }: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const selector = value >> 8;
    if (selector !== selectors.probe && selector !== selectors.commit) return undefined;
    const length = this.#layout.version < 0x0110 ? 26 : 34;
    switch (request) {
      case uvcRequests.setCur: {
        const asked = decodeStreamControl(data);
        if (!asked) return undefined;
        this.#probe = this.#fitted(asked);
        if (selector === selectors.commit) this.#commit();
        return { status: 'ok', data: new Uint8Array(0) };
      }
      case uvcRequests.getCur:
        return this.#told(this.#probe, length);
      case uvcRequests.getMin:
      case uvcRequests.getMax:
        return this.#told(this.#probe, length);
      case uvcRequests.getDef:
        return this.#told(this.#fitted(undefined), length);
      case uvcRequests.getLen:
        return { status: 'ok', data: Uint8Array.of(length, 0) };
      case uvcRequests.getInfo:
        return { status: 'ok', data: Uint8Array.of(3) };
      default:
        return undefined;
    }
  }

  #told(control: StreamControl, length: 26 | 34): ControlReply {
    return { status: 'ok', data: encodeStreamControl(control, length, this.#layout.clockFrequency) };
  }

  #commit(): void {
    const [format, frame] = this.#chosen(this.#probe);
    this.agreed = this.#probe;
    this.#stream.agree(format, frame, this.#probe);
  }

  /** The nearest that the camera can do, as it answers a probe (UVC 1.1, 4.3.1.1). */
  #fitted(asked: StreamControl | undefined): StreamControl {
    const [format, frame] = this.#chosen(asked);
    const wanted = asked?.interval ?? 0;
    const interval = wanted === 0 ? frame.intervals[0] : [...frame.intervals].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
    return { hint: asked?.hint ?? 1, format: format.index, frame: frame.index, interval: interval ?? 333_333, delay, maxFrameBytes: frame.maxBytes, maxPayloadBytes: Math.max(...this.#layout.payloadBytes) };
  }

  #chosen(asked: StreamControl | undefined): readonly [VideoFormat, VideoFrame] {
    const [first] = this.#layout.formats;
    const format = this.#layout.formats.find(({ index }) => index === asked?.format) ?? first;
    const frame = format?.frames.find(({ index }) => index === asked?.frame) ?? format?.frames[0];
    if (!format || !frame) throw new RangeError('a camera without a format');
    return [format, frame];
  }
}

function answerHid({ requestType, request, value }: SetupPacket, report: string): ControlReply | undefined {
  if (requestType === 0x81 && request === getDescriptor && value >> 8 === reportDescriptorType) return { status: 'ok', data: Buffer.from(report.replace(/\s+/g, ''), 'hex') };
  // SET_IDLE and SET_PROTOCOL change nothing for a button.
  return requestType === 0x21 ? { status: 'ok', data: new Uint8Array(0) } : undefined;
}
