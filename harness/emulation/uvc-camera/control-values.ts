import type { ControlReply, SetupPacket } from '../usb-device.ts';
import type { CameraControl } from './uvc-camera-behaviour.ts';

/** Requests of the video class (UVC 1.1, A.8). */
export const uvcRequests = { setCur: 0x01, getCur: 0x81, getMin: 0x82, getMax: 0x83, getRes: 0x84, getLen: 0x85, getInfo: 0x86, getDef: 0x87 } as const;

/** Request Error Code control (UVC 1.1, 4.2.1.2). */
const errorCodeSelector = 2;
const errors = { none: 0, invalidUnit: 5, invalidControl: 6, invalidRequest: 7, outOfRange: 4 } as const;
/** GET_INFO: may be read and set. */
const readAndSet = 0x03;

/** The controls of the terminals and units behind the VideoControl interface, and the error that the last refused request met. */
export class ControlValues {
  readonly #controls: readonly CameraControl[];
  readonly #deaf: boolean;
  readonly #values = new Map<CameraControl, number>();
  #error: number = errors.none;

  constructor(controls: readonly CameraControl[], deaf: boolean) {
    this.#controls = controls;
    this.#deaf = deaf;
  }

  reset(): void {
    this.#values.clear();
    this.#error = errors.none;
  }

  /** The value of a control as the camera has it now; undefined if it has none of that name. */
  value(name: string): number | undefined {
    const control = this.#controls.find((each) => each.name === name);
    return control && (this.#values.get(control) ?? control.default);
  }

  /** A class request whose index names entity and interface; undefined is STALL. */
  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const entity = setup.index >> 8;
    const selector = setup.value >> 8;
    if (entity === 0) return selector === errorCodeSelector && setup.request === uvcRequests.getCur ? answer(Uint8Array.of(this.#error)) : this.#refuse(errors.invalidControl);
    const control = this.#controls.find((each) => each.entity === entity && each.selector === selector);
    if (!control) return this.#refuse(this.#controls.some((each) => each.entity === entity) ? errors.invalidControl : errors.invalidUnit);
    const reply = this.#answer(control, setup.request, data);
    if (reply) this.#error = errors.none;
    return reply;
  }

  #answer(control: CameraControl, request: number, data: Uint8Array): ControlReply | undefined {
    switch (request) {
      case uvcRequests.setCur: {
        if (data.length < control.size) return this.#refuse(errors.outOfRange);
        const bytes = Buffer.from(data);
        const value = control.min < 0 ? bytes.readIntLE(0, control.size) : bytes.readUIntLE(0, control.size);
        if (value < control.min || value > control.max) return this.#refuse(errors.outOfRange);
        if (!this.#deaf) this.#values.set(control, value);
        return answer(new Uint8Array(0));
      }
      case uvcRequests.getCur:
        return this.#number(control, this.#values.get(control) ?? control.default);
      case uvcRequests.getMin:
        return this.#number(control, control.min);
      case uvcRequests.getMax:
        return this.#number(control, control.max);
      case uvcRequests.getRes:
        return this.#number(control, control.resolution);
      case uvcRequests.getDef:
        return this.#number(control, control.default);
      case uvcRequests.getInfo:
        return answer(Uint8Array.of(readAndSet));
      case uvcRequests.getLen:
        return answer(Uint8Array.of(control.size, 0));
      default:
        return this.#refuse(errors.invalidRequest);
    }
  }

  #number({ size, min }: CameraControl, value: number): ControlReply {
    const bytes = Buffer.alloc(size);
    if (min < 0) bytes.writeIntLE(value, 0, size);
    else bytes.writeUIntLE(value, 0, size);
    return answer(bytes);
  }

  #refuse(error: number): undefined {
    this.#error = error;
  }
}

function answer(data: Uint8Array): ControlReply {
  return { status: 'ok', data };
}
