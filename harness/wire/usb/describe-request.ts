/** The eight bytes of a control request. */
export interface Setup {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

/** USB 2.0, table 9-4. */
const standard = ['GET_STATUS', 'CLEAR_FEATURE', '', 'SET_FEATURE', '', 'SET_ADDRESS', 'GET_DESCRIPTOR', 'SET_DESCRIPTOR', 'GET_CONFIGURATION', 'SET_CONFIGURATION', 'GET_INTERFACE', 'SET_INTERFACE', 'SYNCH_FRAME'];
/** USB 2.0, table 9-5; the classes' own behind them. */
const descriptors: Readonly<Record<number, string>> = { 1: 'device', 2: 'configuration', 3: 'string', 4: 'interface', 5: 'endpoint', 6: 'device qualifier', 7: 'other speed', 11: 'interface association', 15: 'BOS', 0x21: 'class', 0x22: 'HID report', 0x29: 'hub' };
const languages: Readonly<Record<number, string>> = { 0x0409: 'English', 0x0419: 'Russian' };

/** `GET_DESCRIPTOR string 2, English`; undefined for requests of a class or a vendor, which only the device's own decoder knows. */
export function describeRequest({ requestType, request, value, index }: Setup): string | undefined {
  if ((requestType & 0x60) !== 0) return undefined;
  const name = standard[request];
  if (!name) return undefined;
  switch (name) {
    case 'GET_DESCRIPTOR':
    case 'SET_DESCRIPTOR': {
      const kind = descriptors[value >> 8] ?? `0x${(value >> 8).toString(16)}`;
      const number = value & 0xff;
      return `${name} ${kind}${number > 0 ? ` ${number}` : value >> 8 === 3 ? ' languages' : ''}${value >> 8 === 3 && number > 0 ? `, ${languages[index] ?? `language 0x${index.toString(16)}`}` : ''}`;
    }
    case 'CLEAR_FEATURE':
    case 'SET_FEATURE':
      return `${name} ${(requestType & 31) === 2 && value === 0 ? `halt of endpoint ${endpointName(index & 0xff)}` : value === 1 ? 'remote wake-up' : String(value)}`;
    case 'SET_CONFIGURATION':
    case 'SET_ADDRESS':
      return `${name} ${value}`;
    case 'SET_INTERFACE':
      return `${name} ${index} alternate ${value}`;
    case 'GET_INTERFACE':
      return `${name} ${index}`;
    default:
      return name;
  }
}

/** The bits of bmRequestType in words: `device to host, class, interface`. */
export function describeRequestType(requestType: number): string {
  const kind = ['standard', 'class', 'vendor', 'reserved'][(requestType >> 5) & 3] ?? '';
  const recipient = ['device', 'interface', 'endpoint', 'other'][requestType & 31] ?? 'reserved';
  return `${requestType & 0x80 ? 'device to host' : 'host to device'}, ${kind}, ${recipient}`;
}

/** `1 IN`, `2 OUT`, `0`. */
export function endpointName(address: number): string {
  return (address & 15) === 0 ? '0' : `${address & 15} ${address & 0x80 ? 'IN' : 'OUT'}`;
}

/**
 * What the first bytes of a descriptor say, a line a field (USB 2.0, 9.6); empty where they are no descriptor that is known. A string is read whole as far
 * as its bytes are there.
 */
export function describeDescriptor(bytes: Uint8Array): readonly string[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [length = 0, type = 0] = bytes;
  if (bytes.length < 2 || length < 2) return [];
  if (type === 1 && bytes.length >= 18) {
    return [`USB ${version(view.readUInt16LE(2))}`, `class ${[4, 5, 6].map((at) => view[at]).join('/')}`, `id ${hex4(view.readUInt16LE(8))}:${hex4(view.readUInt16LE(10))}, version ${version(view.readUInt16LE(12))}`, `strings: manufacturer ${view[14]}, product ${view[15]}, serial ${view[16]}`, `configurations ${view[17]}, packets of endpoint 0: ${view[7]} bytes`];
  }
  if (type === 2 && bytes.length >= 9) return [`${view.readUInt16LE(2)} bytes in all, ${view[4]} interfaces, number ${view[5]}`, `${(view[7] ?? 0) & 0x40 ? 'self powered' : 'bus powered'}, ${(view[8] ?? 0) * 2} mA`];
  if (type === 3 && bytes.length > 2) return length === 4 && bytes.length === 4 ? [`language 0x${hex4(view.readUInt16LE(2))}`] : [`"${view.subarray(2, Math.min(length, bytes.length)).toString('utf16le')}"`];
  return [];
}

function version(bcd: number): string {
  return `${(bcd >> 8).toString(16)}.${(bcd & 0xff).toString(16).padStart(2, '0')}`;
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}
