import { describeRequest } from '../../wire/usb/describe-request.ts';
import type { EmulatedUnit, SetupPacket, WireEvent } from '../usb-device.ts';
import { shownBytes } from './divergence.ts';
import { isWrite } from './tape.ts';

const hex = (number: number, digits: number): string => `0x${number.toString(16).padStart(digits, '0')}`;

/** `0xa1 0x01, value 0x0303, index 0x0000`: the fields of a request as usbmon and Wireshark show them. */
export function setupWords({ requestType, request, value, index }: SetupPacket): string {
  return `${hex(requestType, 2)} ${hex(request, 2)}, value ${hex(value, 4)}, index ${hex(index, 4)}`;
}

/** Behind bytes or fields, what they mean: ` (GET_REPORT feature 3)`; nothing where nobody knows. */
export function meaningWords(meaning: string | undefined): string {
  return meaning === undefined ? '' : ` (${meaning})`;
}

/** What a driver says, in words: the bytes, and their meaning where the decoder of the device's class knows it. */
export class TransferWords {
  readonly #unit: EmulatedUnit<unknown>;

  constructor(unit: EmulatedUnit<unknown>) {
    this.#unit = unit;
  }

  request(setup: SetupPacket, data: Uint8Array): string {
    const event = { t: 0, from: 'host', kind: 'control', endpoint: setup.requestType & 0x80, setup } as const;
    const moved = isWrite(setup) ? (data.length > 0 ? ` with ${shownBytes(data)}` : '') : ` for ${setup.length} bytes`;
    return `${setupWords(setup)}${moved}${meaningWords(describeRequest(setup) ?? this.#meaning(event, isWrite(setup) ? data : new Uint8Array(0)))}`;
  }

  /** All of the bytes are decoded; shown are at most `most` of them, from the one at `from`. */
  data(endpoint: number, data: Uint8Array, { from = 0, most }: { readonly from?: number; readonly most?: number } = {}): string {
    const event = { t: 0, from: 'host', kind: isInterrupt(this.#unit, endpoint) ? 'interrupt' : 'bulk', endpoint } as const;
    return `${shownBytes(data.subarray(from), most)}${meaningWords(data.length === 0 ? undefined : this.#meaning(event, data))}`;
  }

  /** A decoder reads what an untrusted guest sent; its errors must not end the replay. */
  #meaning(event: WireEvent, data: Uint8Array): string | undefined {
    try {
      return this.#unit.decode?.(event, data);
    } catch {
      return 'not decodable';
    }
  }
}

/** Whether an endpoint, with its direction bit, carries reports. */
export function isInterrupt(unit: EmulatedUnit<unknown>, endpoint: number): boolean {
  return unit.model.usb.configuration.interfaces.some(({ alternates }) => alternates.some(({ endpoints }) => endpoints.some(({ address, type }) => Number(address) === endpoint && type === 'interrupt')));
}
