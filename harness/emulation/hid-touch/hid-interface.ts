import { findReport, type HidReport, type HidReportDescriptor } from '../../wire/hid/report-descriptor.ts';
import type { ControlReply, SetupPacket } from '../usb-device.ts';

const ok = (data: Uint8Array = new Uint8Array()): ControlReply => ({ status: 'ok', data });

/** What HidInterface needs to know of one HID interface of the model. */
export interface HidInterfaceParts {
  readonly number: number;
  /** Number of its interrupt IN endpoint, 1..15. */
  readonly endpoint: number;
  /** The 9 bytes of the HID descriptor (HID 1.11, 6.2.1). */
  readonly hidDescriptor: Uint8Array;
  readonly reportDescriptorBytes: Uint8Array;
  readonly descriptor: HidReportDescriptor;
  /** First content of feature reports by id, id byte included. */
  readonly features: ReadonlyMap<number, Uint8Array>;
  /** GET_REPORT of features ends with a STALL. */
  readonly stallsFeatures?: boolean;
}

/** Answers the control requests of one HID interface (HID 1.11, 7) and remembers what the driver set. */
export class HidInterface {
  readonly parts: HidInterfaceParts;
  readonly #features = new Map<number, Uint8Array>();
  readonly #lastInput = new Map<number, Uint8Array>();
  readonly #asked = new Set<number>();
  #idle = 0;
  #protocol = 1;

  constructor(parts: HidInterfaceParts) {
    this.parts = parts;
    this.reset();
  }

  reset(): void {
    this.#features.clear();
    for (const [id, bytes] of this.parts.features) this.#features.set(id, bytes.slice());
    this.#lastInput.clear();
    this.#asked.clear();
    this.#idle = 0;
    this.#protocol = 1;
  }

  /** Remembers an input report for GET_REPORT. */
  sent(report: Uint8Array, id: number): void {
    this.#lastInput.set(id, report);
  }

  /** The feature report as the driver left it, id byte included. */
  feature(id: number): Uint8Array | undefined {
    return this.#features.get(id);
  }

  /** Whether the driver has read the feature report since power-on. */
  asked(id: number): boolean {
    return this.#asked.has(id);
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const high = setup.value >> 8;
    const low = setup.value & 0xff;
    switch ((setup.requestType << 8) | setup.request) {
      case 0x8106: // GET_DESCRIPTOR of the interface
        if (high === 0x22) return ok(this.parts.reportDescriptorBytes);
        return high === 0x21 ? ok(this.parts.hidDescriptor) : undefined;
      case 0xa101: // GET_REPORT
        return this.#getReport(high, low);
      case 0xa102: // GET_IDLE
        return ok(Uint8Array.of(this.#idle));
      case 0xa103: // GET_PROTOCOL
        return ok(Uint8Array.of(this.#protocol));
      case 0x2109: // SET_REPORT
        return this.#setReport(high, low, data);
      case 0x210a: // SET_IDLE; reports are sent on change only, whatever the rate
        this.#idle = high;
        return ok();
      case 0x210b: // SET_PROTOCOL
        if (low > 1) return undefined;
        this.#protocol = low;
        return ok();
      default:
        return undefined;
    }
  }

  #getReport(type: number, id: number): ControlReply | undefined {
    const report = this.#report(type, id);
    if (!report) return undefined;
    if (report.kind === 'feature') {
      this.#asked.add(id);
      if (this.parts.stallsFeatures) return undefined;
    }
    const kept = report.kind === 'feature' ? this.#features.get(id) : this.#lastInput.get(id);
    return ok(kept ?? blank(report));
  }

  #setReport(type: number, id: number, data: Uint8Array): ControlReply | undefined {
    const report = this.#report(type, id);
    if (!report || data.length > report.bytes || (id !== 0 && data[0] !== id)) return undefined;
    const bytes = blank(report);
    bytes.set(data);
    if (report.kind === 'feature') this.#features.set(id, bytes);
    return ok();
  }

  /** Report types of GET_REPORT and SET_REPORT: 1 input, 2 output, 3 feature. */
  #report(type: number, id: number): HidReport | undefined {
    const kind = type === 1 ? 'input' : type === 2 ? 'output' : type === 3 ? 'feature' : undefined;
    return kind && findReport(this.parts.descriptor, kind, id);
  }
}

function blank(report: HidReport): Uint8Array {
  const bytes = new Uint8Array(report.bytes);
  if (report.id !== 0) bytes[0] = report.id;
  return bytes;
}
