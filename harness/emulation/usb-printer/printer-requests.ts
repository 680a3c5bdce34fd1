import { encodeDeviceId } from '../../wire/ieee1284/device-id.ts';
import type { ControlReply, SetupPacket, WireEvent } from '../usb-device.ts';
import type { UsbPrinterBehaviour } from './usb-printer-behaviour.ts';

/** Requests of the printer class (USB Device Class Definition for Printing Devices 1.1, 4.2). */
export const printerRequests = { getDeviceId: 0, getPortStatus: 1, softReset: 2 } as const;

const noData = new Uint8Array(0);

/** GET_PORT_STATUS: 0x20 paper empty, 0x10 selected, 0x08 no error. */
export function portStatus(paper: boolean): number {
  return paper ? 0x18 : 0x30;
}

/** Which class request it is; SOFT_RESET comes with the recipient `other` (0x23) from old drivers. */
export function printerRequest(setup: SetupPacket): keyof typeof printerRequests | undefined {
  if (setup.requestType === 0xa1 && setup.request === printerRequests.getDeviceId) return 'getDeviceId';
  if (setup.requestType === 0xa1 && setup.request === printerRequests.getPortStatus) return 'getPortStatus';
  if ((setup.requestType === 0x21 || setup.requestType === 0x23) && setup.request === printerRequests.softReset) return 'softReset';
  return undefined;
}

/** The device id with the fields that a personality adds. */
export function deviceIdText({ deviceId, deviceIdExtra }: Pick<UsbPrinterBehaviour, 'deviceId' | 'deviceIdExtra'>): string {
  return deviceId + (deviceIdExtra ?? '');
}

/** The answer to GET_DEVICE_ID, right or broken as the model says; undefined is STALL. */
export function deviceIdReply(behaviour: Pick<UsbPrinterBehaviour, 'deviceId' | 'deviceIdExtra' | 'deviceIdAnswer'>): ControlReply | undefined {
  const answer = encodeDeviceId(deviceIdText(behaviour));
  switch (behaviour.deviceIdAnswer ?? 'right') {
    case 'stall':
      return undefined;
    case 'empty':
      return { status: 'ok', data: noData };
    case 'little-endian-length':
      return { status: 'ok', data: Buffer.concat([answer.subarray(1, 2), answer.subarray(0, 1), answer.subarray(2)]) };
    case 'zero-length':
      return { status: 'ok', data: Buffer.concat([Buffer.alloc(2), answer.subarray(2)]) };
    case 'short':
      return { status: 'ok', data: answer.subarray(0, Math.max(2, answer.length >> 1)) };
    case 'trailing-garbage':
      return { status: 'ok', data: Buffer.concat([answer, Uint8Array.of(0xff, 0x01)]) };
    case 'blank':
      return { status: 'ok', data: encodeDeviceId('    ') };
    case 'right':
      return { status: 'ok', data: answer };
  }
}

const meanings = { getDeviceId: 'GET_DEVICE_ID', getPortStatus: 'GET_PORT_STATUS', softReset: 'SOFT_RESET' } as const;

/** The name of a printer class request for the wire trace. */
export function printerMeaning(event: WireEvent): string | undefined {
  const request = event.kind === 'control' && event.setup ? printerRequest(event.setup) : undefined;
  return request ? meanings[request] : undefined;
}
