import type { UsbDescriptors } from './usb-device.ts';

/** `usb` of a device that is not on USB: no id, no string, no interface. */
export const noUsb: UsbDescriptors = {
  speed: 'high',
  vendorId: '0x0000',
  productId: '0x0000',
  usbVersion: '0x0000',
  deviceVersion: '0x0000',
  class: [0, 0, 0],
  maxPacketSize0: 64,
  strings: {},
  configuration: { attributes: 0x80, maxPower: 0, interfaces: [] },
};
