import type { DescriptorSet } from './descriptors.ts';
import { noBytes } from './transfer.ts';
import type { ControlReply, SetupPacket, TransferStatus } from './usb-device.ts';

/** What the standard requests read and change (USB 2.0, 9.4). */
export interface StandardTarget {
  readonly descriptors: DescriptorSet;
  readonly selfPowered: boolean;
  remoteWakeup: boolean;
  readonly configurationValue: number;
  setConfiguration(value: number): TransferStatus;
  /** undefined for an interface that does not exist. */
  alternateOf(interfaceNumber: number): number | undefined;
  setAlternate(interfaceNumber: number, alternate: number): TransferStatus;
  /** undefined for an endpoint that does not exist now; 0 is never halted. */
  isHalted(address: number): boolean | undefined;
  setHalted(address: number, halted: boolean): void;
}

const stall: ControlReply = { status: 'stall', data: noBytes };
const done: ControlReply = { status: 'ok', data: noBytes };
const endpointHalt = 0;
const deviceRemoteWakeup = 1;

function reply(...bytes: number[]): ControlReply {
  return { status: 'ok', data: Uint8Array.from(bytes) };
}

/**
 * Answers a standard request; undefined if it is for the device class: class and vendor requests, and descriptors that the core does
 * not hold. SET_ADDRESS is accepted: transports answer it or do without.
 */
export function answerStandard(setup: SetupPacket, device: StandardTarget): ControlReply | undefined {
  if ((setup.requestType & 0x60) !== 0) return undefined;
  const recipient = setup.requestType & 0x1f;
  switch (`${(setup.requestType & 0x80) === 0 ? 'out' : 'in'} ${setup.request}`) {
    case 'in 0':
      return getStatus(recipient, setup.index, device);
    case 'out 1':
    case 'out 3':
      return setFeature(recipient, setup, device, setup.request === 3);
    case 'out 5':
      return done;
    case 'in 6':
      return getDescriptor(setup, device);
    case 'in 8':
      return reply(device.configurationValue);
    case 'out 9':
      return { status: device.setConfiguration(setup.value & 0xff), data: noBytes };
    case 'in 10': {
      const alternate = device.alternateOf(setup.index);
      return alternate === undefined ? stall : reply(alternate);
    }
    case 'out 11':
      return { status: device.setAlternate(setup.index, setup.value), data: noBytes };
    default:
      return stall;
  }
}

function getStatus(recipient: number, index: number, device: StandardTarget): ControlReply {
  if (recipient === 0) return reply((device.selfPowered ? 1 : 0) | (device.remoteWakeup ? 2 : 0), 0);
  if (recipient === 1) return device.alternateOf(index & 0xff) === undefined ? stall : reply(0, 0);
  const halted = recipient === 2 ? device.isHalted(index & 0x8f) : undefined;
  return halted === undefined ? stall : reply(halted ? 1 : 0, 0);
}

function setFeature(recipient: number, setup: SetupPacket, device: StandardTarget, on: boolean): ControlReply {
  if (recipient === 0 && setup.value === deviceRemoteWakeup) {
    device.remoteWakeup = on;
    return done;
  }
  if (recipient !== 2 || setup.value !== endpointHalt || device.isHalted(setup.index & 0x8f) === undefined) return stall;
  device.setHalted(setup.index & 0x8f, on);
  return done;
}

/** Device, configuration, string and qualifier; other types are the class's, a missing one of ours is a STALL. */
function getDescriptor(setup: SetupPacket, { descriptors }: StandardTarget): ControlReply | undefined {
  const index = setup.value & 0xff;
  const found = {
    1: index === 0 ? descriptors.device : undefined,
    2: index === 0 ? descriptors.configuration : undefined,
    3: descriptors.strings[index],
    6: descriptors.qualifier,
    7: undefined,
    15: undefined,
  };
  const type = setup.value >>> 8;
  if (!(type in found)) return undefined;
  const data = found[type as keyof typeof found];
  return data ? { status: 'ok', data } : stall;
}
