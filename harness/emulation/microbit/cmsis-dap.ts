/** What an interface says about itself. */
export interface DapFacts {
  readonly product: string;
  readonly serial: string;
  readonly firmware: string;
}

const info = 0x00;
const hostStatus = 0x01;
const unknownCommand = 0xff;
const capabilitySwd = 0x01;
const packets = 1;
const packetSize = 64;

/** The answer to one CMSIS-DAP command (Arm CMSIS-DAP 1.x): what it is, and that nothing else is known; no chip is debugged. */
export function dapAnswer(command: Uint8Array, facts: DapFacts): Buffer {
  if (command[0] === hostStatus) return Buffer.from([hostStatus, 0]);
  if (command[0] !== info) return Buffer.from([unknownCommand]);
  const value = infoOf(command[1] ?? 0, facts);
  return Buffer.concat([Buffer.from([info, value.length]), value]);
}

function infoOf(id: number, { product, serial, firmware }: DapFacts): Buffer {
  switch (id) {
    case 0x01:
      return text('ARM');
    case 0x02:
      return text(product);
    case 0x03:
      return text(serial);
    case 0x04:
      return text(firmware);
    case 0xf0:
      return Buffer.from([capabilitySwd]);
    case 0xfe:
      return Buffer.from([packets]);
    case 0xff:
      return Buffer.from([packetSize & 0xff, packetSize >>> 8]);
    default:
      return Buffer.alloc(0);
  }
}

/** At most 61 characters, with the zero that ends them. */
function text(value: string): Buffer {
  return Buffer.from(`${value.slice(0, 61)}\0`, 'latin1');
}
