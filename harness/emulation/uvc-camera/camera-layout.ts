import { HwlabError } from '../../base/hwlab-error.ts';
import { readVideoFormats, type VideoFormat } from '../../wire/uvc/video-formats.ts';
import { bytesPerInterval, type EmulatedModel, type UsbAlternate } from '../usb-device.ts';

/** Where the parts of a camera are in its descriptors. */
export interface CameraLayout {
  readonly controlInterface: number;
  readonly streamInterface: number;
  /** Isochronous IN endpoint of the stream, 1..15. */
  readonly streamEndpoint: number;
  /** Bytes of a payload in each alternate setting of the stream's interface; 0 carries nothing. */
  readonly payloadBytes: readonly number[];
  /** Interrupt IN endpoint for news of the camera, 1..15, where it has one. */
  readonly statusEndpoint: number | undefined;
  readonly formats: readonly VideoFormat[];
  /** bcdUVC, and dwClockFrequency in hertz. */
  readonly version: number;
  readonly clockFrequency: number;
}

const video = 0x0e;
const subclasses = { control: 1, streaming: 2 } as const;
const headerSubtype = 1;

/** Reads a camera's descriptors. @throws HwlabError usage `bad-model` that says what is missing. */
export function layoutOf(model: EmulatedModel): CameraLayout {
  const { interfaces } = model.usb.configuration;
  const control = interfaces.find(({ alternates }) => isVideo(alternates[0], subclasses.control)) ?? missing(model, 'a VideoControl interface (class 14/1)');
  const stream = interfaces.find(({ alternates }) => isVideo(alternates[0], subclasses.streaming)) ?? missing(model, 'a VideoStreaming interface (class 14/2)');
  const endpoints = stream.alternates.map((alternate) => alternate.endpoints.find(({ type, address }) => type === 'isochronous' && (Number(address) & 0x80) !== 0));
  const endpoint = endpoints.find((each) => each && bytesPerInterval(each) > 0) ?? missing(model, 'an alternate setting with an isochronous IN endpoint on its VideoStreaming interface');
  const header = descriptorsOf(control.alternates[0]).find((bytes) => bytes[1] === 0x24 && bytes[2] === headerSubtype && bytes.length >= 12) ?? missing(model, 'a VideoControl header');
  const status = control.alternates[0]?.endpoints.find(({ type }) => type === 'interrupt');
  return {
    controlInterface: control.number,
    streamInterface: stream.number,
    streamEndpoint: Number(endpoint.address) & 0x0f,
    payloadBytes: endpoints.map((each) => (each ? bytesPerInterval(each) : 0)),
    statusEndpoint: status && Number(status.address) & 0x0f,
    formats: formatsOf(model, descriptorsOf(stream.alternates[0])),
    version: header.readUInt16LE(3),
    clockFrequency: header.readUInt32LE(7),
  };
}

function isVideo(alternate: UsbAlternate | undefined, subclass: number): boolean {
  return alternate?.class[0] === video && alternate.class[1] === subclass;
}

/** Class-specific descriptors of a setting, one each: real cameras have them behind the interface's descriptor or behind its endpoint's. */
function descriptorsOf(alternate: UsbAlternate | undefined): readonly Buffer[] {
  const texts = [...(alternate?.extra ?? []), ...(alternate?.endpoints.flatMap(({ extra = [] }) => extra) ?? [])];
  return texts.flatMap((hex) => {
    const bytes = Buffer.from(hex.replace(/\s+/g, ''), 'hex');
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += Math.max(2, bytes[at] ?? 2)) parts.push(bytes.subarray(at, at + (bytes[at] ?? 0)));
    return parts;
  });
}

function formatsOf(model: EmulatedModel, descriptors: readonly Buffer[]): readonly VideoFormat[] {
  try {
    const formats = readVideoFormats(descriptors).filter(({ kind, frames }) => kind !== 'other' && frames.length > 0);
    return formats.length > 0 ? formats : missing(model, 'a format (Motion-JPEG or YUY2) with a frame');
  } catch (error) {
    if (error instanceof RangeError) return missing(model, `whole descriptors of its formats: ${error.message}`);
    throw error;
  }
}

function missing(model: EmulatedModel, what: string): never {
  throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} lacks ${what}` });
}
