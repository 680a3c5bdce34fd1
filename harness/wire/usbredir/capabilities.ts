/** Capability bits of the usbredir hello, by their number in the first word (usb-redirection-protocol 0.7, "usb_redir_hello"). */
export const capability = {
  bulkStreams: 0,
  connectDeviceVersion: 1,
  filter: 2,
  deviceDisconnectAck: 3,
  epInfoMaxPacketSize: 4,
  ids64: 5,
  bulkLength32: 6,
  bulkReceiving: 7,
} as const;

/** The first capability word as a bit set. */
export type CapabilitySet = number;

/**
 * What the emulator advertises: all but streams and buffered bulk. Packet sizes, 64-bit ids and 32-bit lengths are what QEMU
 * demands on an xHCI port.
 */
export const emulatorCapabilities: CapabilitySet = 0x7e;

/** What QEMU 7.2 advertises. */
export const qemuCapabilities: CapabilitySet = 0xff;

/** Whether `set` has capability `bit`. */
export function has(set: CapabilitySet, bit: number): boolean {
  return ((set >>> bit) & 1) === 1;
}
