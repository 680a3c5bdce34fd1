import { endpointIndex, redirEndpointTypes, redirSpeeds, type PacketOf } from '../wire/usbredir/packet.ts';
import { bytesPerInterval } from './usb-device.ts';
import type { UsbDeviceCore } from './usb-device-core.ts';

const slots = 32;

/** ep_info of the active alternate settings. Endpoint 0 is control both ways, what does not exist is invalid. */
export function endpointInfo(core: UsbDeviceCore): PacketOf<'epInfo'> {
  const types = new Array<number>(slots).fill(redirEndpointTypes.invalid);
  const intervals = new Array<number>(slots).fill(0);
  const interfaces = new Array<number>(slots).fill(0);
  const maxPacketSizes = new Array<number>(slots).fill(0);
  for (const index of [endpointIndex(0), endpointIndex(0x80)]) {
    types[index] = redirEndpointTypes.control;
    maxPacketSizes[index] = core.usb.maxPacketSize0;
  }
  for (const endpoint of core.activeEndpoints()) {
    const index = endpointIndex(Number(endpoint.address));
    types[index] = redirEndpointTypes[endpoint.type];
    intervals[index] = endpoint.interval;
    interfaces[index] = endpoint.interface;
    maxPacketSizes[index] = bytesPerInterval(endpoint);
  }
  return { name: 'epInfo', id: 0n, types, intervals, interfaces, maxPacketSizes };
}

/** interface_info of the active alternate settings. */
export function interfaceInfo(core: UsbDeviceCore): PacketOf<'interfaceInfo'> {
  const active = core.activeAlternates();
  return {
    name: 'interfaceInfo',
    id: 0n,
    count: active.length,
    numbers: active.map(({ number }) => number),
    classes: active.map(({ alternate }) => alternate.class[0]),
    subclasses: active.map(({ alternate }) => alternate.class[1]),
    protocols: active.map(({ alternate }) => alternate.class[2]),
  };
}

/** device_connect; the last of the three packets that plug a device in. */
export function deviceConnect({ usb }: UsbDeviceCore): PacketOf<'deviceConnect'> {
  return {
    name: 'deviceConnect',
    id: 0n,
    speed: redirSpeeds[usb.speed],
    deviceClass: usb.class[0],
    deviceSubclass: usb.class[1],
    deviceProtocol: usb.class[2],
    vendorId: Number(usb.vendorId),
    productId: Number(usb.productId),
    deviceVersion: Number(usb.deviceVersion),
  };
}
