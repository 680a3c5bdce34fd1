import { hidError } from './hid-error.ts';

/** One short item of a report descriptor (HID 1.11, 6.2.2.2). */
export interface HidItem {
  /** Of the item's first byte in the descriptor. */
  readonly offset: number;
  readonly type: 'main' | 'global' | 'local';
  /** bTag, 0..15. */
  readonly tag: number;
  /** Bytes of data: 0, 1, 2 or 4. */
  readonly size: number;
  readonly unsigned: number;
  readonly signed: number;
}

const types = ['main', 'global', 'local'] as const;

/** The items of a report descriptor in order. Long items are refused, as Linux does: no device class uses them. */
export function* readItems(bytes: Uint8Array): Generator<HidItem, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset < bytes.length; ) {
    const prefix = view.getUint8(offset);
    if (prefix === 0xfe) throw hidError('hid-long-item', 'report descriptor has a long item, which no driver takes', offset);
    const size = [0, 1, 2, 4][prefix & 3] ?? 0;
    const type = types[(prefix >> 2) & 3];
    if (!type) throw hidError('hid-reserved-item', `report descriptor has an item of the reserved type: 0x${prefix.toString(16)}`, offset);
    if (offset + 1 + size > bytes.length) {
      throw hidError('hid-truncated', `report descriptor ends within an item: ${size} bytes of data wanted, ${bytes.length - offset - 1} there`, offset);
    }
    const at = offset + 1;
    const unsigned = size === 4 ? view.getUint32(at, true) : size === 2 ? view.getUint16(at, true) : size === 1 ? view.getUint8(at) : 0;
    const signed = size === 4 ? view.getInt32(at, true) : size === 2 ? view.getInt16(at, true) : size === 1 ? view.getInt8(at) : 0;
    yield { offset, type, tag: prefix >> 4, size, unsigned, signed };
    offset = at + size;
  }
}
