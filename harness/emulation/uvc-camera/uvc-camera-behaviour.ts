import type { EmulatedModel } from '../usb-device.ts';

/** One control of a terminal or unit of the camera (UVC 1.1, 4.2.2). Values are numbers of `size` bytes, least significant first. */
export interface CameraControl {
  readonly name: string;
  /** Terminal or unit it belongs to, and its selector there. */
  readonly entity: number;
  readonly selector: number;
  readonly size: 1 | 2 | 4;
  readonly min: number;
  readonly max: number;
  readonly resolution: number;
  readonly default: number;
}

/** `behaviour` of a model with the emulator `uvc-camera`; its schema is hardware-db/schemas/emulators/uvc-camera.schema.json. */
export interface UvcCameraBehaviour {
  readonly controls: readonly CameraControl[];
  /** HID report descriptors by interface number, hex, for cameras with buttons of that class. */
  readonly reportDescriptors?: Readonly<Record<string, string>>;
  /** Deliberate breaks, for negative controls. */
  readonly defects?: {
    /** One byte in so many of the pictures is changed on its way. */
    readonly changesOneByteIn?: number;
    /** One payload in so many is not sent. */
    readonly losesPayloadIn?: number;
    /** Streams begin and nothing comes. */
    readonly dark?: boolean;
    /** A control that is set keeps its value. */
    readonly deafControls?: boolean;
    /** The button is never told. */
    readonly deadButton?: boolean;
  };
}

/** The schema has checked the shape when the file was read. */
export function uvcCameraBehaviour(model: EmulatedModel): UvcCameraBehaviour {
  return model.behaviour as unknown as UvcCameraBehaviour;
}
