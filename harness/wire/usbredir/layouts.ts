import { capability } from './capabilities.ts';

/**
 * How a field lies in the type header, little-endian and packed. `status` is a byte with a name; `high16` are the upper bits of a
 * field of the same name that came before as u16; the `[32]` kinds have one element per endpoint or interface.
 */
export type FieldKind = 'u8' | 'u16' | 'u32' | 'status' | 'high16' | 'u8[32]' | 'u16[32]' | 'u32[32]' | 'text[64]';

/** name, kind, and the capability that both peers must have for the field to exist. */
export type FieldLayout = readonly [name: string, kind: FieldKind, needs?: number];

export interface PacketLayout {
  readonly type: number;
  /** Who may send it; host = the side with the device, guest = QEMU. */
  readonly from: 'host' | 'guest' | 'both';
  readonly fields: readonly FieldLayout[];
  /** `none`; `any` bytes follow; `transfer`: as many bytes as `length` says when the endpoint's direction is the sender's, else none. */
  readonly data: 'none' | 'any' | 'transfer';
}

/** Every packet of the protocol (usb-redirection-protocol 0.7). */
export const layouts = {
  hello: { type: 0, from: 'both', fields: [['version', 'text[64]']], data: 'any' },
  deviceConnect: {
    type: 1,
    from: 'host',
    fields: [
      ['speed', 'u8'],
      ['deviceClass', 'u8'],
      ['deviceSubclass', 'u8'],
      ['deviceProtocol', 'u8'],
      ['vendorId', 'u16'],
      ['productId', 'u16'],
      ['deviceVersion', 'u16', capability.connectDeviceVersion],
    ],
    data: 'none',
  },
  deviceDisconnect: { type: 2, from: 'host', fields: [], data: 'none' },
  reset: { type: 3, from: 'guest', fields: [], data: 'none' },
  interfaceInfo: {
    type: 4,
    from: 'host',
    fields: [
      ['count', 'u32'],
      ['numbers', 'u8[32]'],
      ['classes', 'u8[32]'],
      ['subclasses', 'u8[32]'],
      ['protocols', 'u8[32]'],
    ],
    data: 'none',
  },
  epInfo: {
    type: 5,
    from: 'host',
    fields: [
      ['types', 'u8[32]'],
      ['intervals', 'u8[32]'],
      ['interfaces', 'u8[32]'],
      ['maxPacketSizes', 'u16[32]', capability.epInfoMaxPacketSize],
      ['maxStreams', 'u32[32]', capability.bulkStreams],
    ],
    data: 'none',
  },
  setConfiguration: { type: 6, from: 'guest', fields: [['configuration', 'u8']], data: 'none' },
  getConfiguration: { type: 7, from: 'guest', fields: [], data: 'none' },
  configurationStatus: { type: 8, from: 'host', fields: [['status', 'status'], ['configuration', 'u8']], data: 'none' },
  setAlternate: { type: 9, from: 'guest', fields: [['interface', 'u8'], ['alternate', 'u8']], data: 'none' },
  getAlternate: { type: 10, from: 'guest', fields: [['interface', 'u8']], data: 'none' },
  alternateStatus: { type: 11, from: 'host', fields: [['status', 'status'], ['interface', 'u8'], ['alternate', 'u8']], data: 'none' },
  startIso: { type: 12, from: 'guest', fields: [['endpoint', 'u8'], ['packetsPerUrb', 'u8'], ['urbs', 'u8']], data: 'none' },
  stopIso: { type: 13, from: 'guest', fields: [['endpoint', 'u8']], data: 'none' },
  isoStatus: { type: 14, from: 'host', fields: [['status', 'status'], ['endpoint', 'u8']], data: 'none' },
  startInterrupt: { type: 15, from: 'guest', fields: [['endpoint', 'u8']], data: 'none' },
  stopInterrupt: { type: 16, from: 'guest', fields: [['endpoint', 'u8']], data: 'none' },
  interruptStatus: { type: 17, from: 'host', fields: [['status', 'status'], ['endpoint', 'u8']], data: 'none' },
  allocStreams: { type: 18, from: 'guest', fields: [['endpoints', 'u32'], ['streams', 'u32']], data: 'none' },
  freeStreams: { type: 19, from: 'guest', fields: [['endpoints', 'u32']], data: 'none' },
  streamsStatus: { type: 20, from: 'host', fields: [['endpoints', 'u32'], ['streams', 'u32'], ['status', 'status']], data: 'none' },
  cancel: { type: 21, from: 'guest', fields: [], data: 'none' },
  filterReject: { type: 22, from: 'guest', fields: [], data: 'none' },
  filter: { type: 23, from: 'both', fields: [], data: 'any' },
  disconnectAck: { type: 24, from: 'guest', fields: [], data: 'none' },
  startBulk: { type: 25, from: 'guest', fields: [['stream', 'u32'], ['bytesPerTransfer', 'u32'], ['endpoint', 'u8'], ['transfers', 'u8']], data: 'none' },
  stopBulk: { type: 26, from: 'guest', fields: [['stream', 'u32'], ['endpoint', 'u8']], data: 'none' },
  bulkStatus: { type: 27, from: 'host', fields: [['stream', 'u32'], ['endpoint', 'u8'], ['status', 'status']], data: 'none' },
  control: {
    type: 100,
    from: 'both',
    fields: [
      ['endpoint', 'u8'],
      ['request', 'u8'],
      ['requestType', 'u8'],
      ['status', 'status'],
      ['value', 'u16'],
      ['index', 'u16'],
      ['length', 'u16'],
    ],
    data: 'transfer',
  },
  bulk: {
    type: 101,
    from: 'both',
    fields: [
      ['endpoint', 'u8'],
      ['status', 'status'],
      ['length', 'u16'],
      ['stream', 'u32'],
      ['length', 'high16', capability.bulkLength32],
    ],
    data: 'transfer',
  },
  iso: { type: 102, from: 'both', fields: [['endpoint', 'u8'], ['status', 'status'], ['length', 'u16']], data: 'transfer' },
  interrupt: { type: 103, from: 'both', fields: [['endpoint', 'u8'], ['status', 'status'], ['length', 'u16']], data: 'transfer' },
  bufferedBulk: { type: 104, from: 'host', fields: [['stream', 'u32'], ['length', 'u32'], ['endpoint', 'u8'], ['status', 'status']], data: 'transfer' },
} as const satisfies Record<string, PacketLayout>;

export type PacketName = keyof typeof layouts;
