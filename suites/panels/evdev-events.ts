/** One event of the kernel's evdev interface (linux/input.h, struct input_event). */
export interface InputEvent {
  /** Milliseconds on the guest's clock. */
  readonly time: number;
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

/** Event types and codes of linux/input-event-codes.h that a touch screen or a pen uses. */
export const evdev = {
  syn: 0,
  key: 1,
  abs: 3,
  synReport: 0,
  synDropped: 3,
  toolPen: 0x140,
  toolRubber: 0x141,
  btnTouch: 0x14a,
  absX: 0x00,
  absY: 0x01,
  absPressure: 0x18,
  mtSlot: 0x2f,
  mtX: 0x35,
  mtY: 0x36,
  mtToolType: 0x37,
  mtDistance: 0x3b,
  mtTrackingId: 0x39,
} as const;

/**
 * Reads what `od -An -v -w24 -tx8` printed of an evdev node of a 64-bit kernel: seconds, microseconds, then value, code and type in
 * one little-endian word. Lines of anything else are passed over.
 */
export function parseEvents(dump: string): readonly InputEvent[] {
  const events: InputEvent[] = [];
  for (const match of dump.matchAll(/^ ([0-9a-f]{16}) ([0-9a-f]{16}) ([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})$/gm)) {
    const [, seconds = '', micros = '', value = '', code = '', type = ''] = match;
    events.push({ time: parseInt(seconds, 16) * 1000 + parseInt(micros, 16) / 1000, type: parseInt(type, 16), code: parseInt(code, 16), value: parseInt(value, 16) | 0 });
  }
  return events;
}

/** Reads what an evdev node of a 64-bit kernel gave: 24 bytes an event, in the byte order of the usual machines. A piece of an event at the end is left out. */
export function readEvents(bytes: Uint8Array): readonly InputEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 24) }, (_, index) => {
    const at = index * 24;
    return {
      time: Number(view.getBigInt64(at, true)) * 1000 + Number(view.getBigInt64(at + 8, true)) / 1000,
      type: view.getUint16(at + 16, true),
      code: view.getUint16(at + 18, true),
      value: view.getInt32(at + 20, true),
    };
  });
}

/** A contact as a program sees it in one slot. */
export interface SlotState {
  readonly trackingId: number;
  readonly x: number | undefined;
  readonly y: number | undefined;
}

/** What a program knows after one SYN_REPORT (Linux, multi-touch protocol type B). */
export interface TouchSnapshot {
  readonly time: number;
  /** Contacts that are down, by slot. */
  readonly slots: ReadonlyMap<number, SlotState>;
}

/** Plays events back and gives the state at each SYN_REPORT at which something of the contacts changed. */
export function snapshotsOf(events: readonly InputEvent[]): readonly TouchSnapshot[] {
  const snapshots: TouchSnapshot[] = [];
  const slots = new Map<number, { trackingId: number; x: number | undefined; y: number | undefined }>();
  let current = 0;
  let changed = false;
  for (const { time, type, code, value } of events) {
    if (type === evdev.syn && code === evdev.synReport) {
      if (changed) snapshots.push({ time, slots: new Map([...slots].filter(([, slot]) => slot.trackingId >= 0).map(([number, slot]) => [number, { ...slot }])) });
      changed = false;
    }
    if (type !== evdev.abs) continue;
    if (code === evdev.mtSlot) current = value;
    const slot = slots.get(current) ?? { trackingId: -1, x: undefined, y: undefined };
    slots.set(current, slot);
    if (code === evdev.mtTrackingId) slot.trackingId = value;
    else if (code === evdev.mtX) slot.x = value;
    else if (code === evdev.mtY) slot.y = value;
    else continue;
    changed = true;
  }
  return snapshots;
}

/** Values of one event code in order. */
export function valuesOf(events: readonly InputEvent[], type: number, code: number): readonly number[] {
  return events.filter((event) => event.type === type && event.code === code).map(({ value }) => value);
}
