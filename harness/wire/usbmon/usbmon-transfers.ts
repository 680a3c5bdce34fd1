import { captureError } from '../capture/capture-error.ts';
import type { CassetteEvent } from '../cassette/cassette.ts';
import type { UsbEvent } from './usb-event.ts';

/** What a capture gives for a cassette. */
export interface UsbmonTransfers {
  readonly events: readonly CassetteEvent[];
  /** Transfers of which the capture kept only the first bytes: their rest is unknown, so a replay of them proves nothing. */
  readonly cut: number;
  /** Isochronous transfers, which a cassette does not hold. */
  readonly isochronous: number;
  /** Milliseconds since 1970 of the first event. */
  readonly start: number;
}

/** How Linux says that a transfer ended; see Documentation/driver-api/usb/error-codes.rst of the kernel. */
const statuses: Readonly<Record<number, string>> = { 0: 'ok', [-32]: 'stall', [-2]: 'cancelled', [-104]: 'cancelled', [-108]: 'cancelled', [-71]: 'io-error', [-84]: 'io-error', [-110]: 'timeout', [-75]: 'babble', [-121]: 'ok' };
const mostPending = 10_000;

/**
 * The transfers of one device of a capture, each at the time when it completed, after the plug that the capture begins with.
 * @throws HwlabError usage `capture-not-enumerated` when the device has no transfer
 */
export function usbmonTransfers(captured: Iterable<UsbEvent>, bus: number, device: number): UsbmonTransfers {
  const pending = new Map<string, UsbEvent>();
  const events: CassetteEvent[] = [];
  let start: number | undefined;
  let cut = 0;
  let isochronous = 0;
  for (const event of captured) {
    if (event.bus !== bus || event.device !== device) continue;
    if (event.transfer === 'isochronous') {
      isochronous += event.type === 'completed' ? 1 : 0;
      continue;
    }
    start ??= event.time;
    if (event.type === 'submitted') {
      if (pending.size < mostPending) pending.set(event.id, event);
      continue;
    }
    const submitted = pending.get(event.id);
    pending.delete(event.id);
    const made = transferOf(event, submitted, Math.max(0, event.time - start) / 1000);
    if (!made) continue;
    cut += made.cut ? 1 : 0;
    events.push({ ...made.event, t: Math.max(made.event.t, events.at(-1)?.t ?? 0) });
  }
  if (start === undefined) throw captureError('capture-not-enumerated', `device ${device} of bus ${bus} has no transfer in this capture`, {});
  return { events: [{ t: 0, from: 'suite', kind: 'plug' }, ...events], cut, isochronous, start: start / 1000 };
}

function transferOf(completed: UsbEvent, submitted: UsbEvent | undefined, t: number): { readonly event: CassetteEvent; readonly cut: boolean } | undefined {
  const { transfer, endpoint } = completed;
  if (transfer === 'isochronous') return undefined;
  const status = statuses[completed.status] ?? 'io-error';
  if (transfer === 'control') {
    const setup = submitted?.setup;
    if (!setup) return undefined;
    const isIn = (setup.requestType & 0x80) !== 0;
    const from = isIn ? completed : submitted;
    return { event: { t, from: 'host', kind: 'control', endpoint: setup.requestType & 0x80, setup, status, ...bytesOf(from) }, cut: from.data.length < from.length && (isIn || setup.length > 0) };
  }
  const isIn = (endpoint & 0x80) !== 0;
  const from = isIn ? completed : submitted;
  if (!from) return undefined;
  // What was cancelled before a byte moved is the driver's affair; the device said nothing.
  if (status === 'cancelled' && completed.length === 0) return undefined;
  return { event: { t, from: isIn ? 'device' : 'host', kind: transfer, endpoint, status, ...bytesOf(from) }, cut: from.data.length < from.length };
}

function bytesOf({ data }: UsbEvent): { data?: Uint8Array } {
  return data.length > 0 ? { data } : {};
}
