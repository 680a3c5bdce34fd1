import { usages } from './digitizer-usages.ts';
import { readItems, type HidItem } from './items.ts';

/** Digitizer usages that a device may lack. */
export const droppableUsages = {
  'in-range': usages.inRange,
  confidence: usages.touchValid,
  'contact-id': usages.contactId,
  'contact-count': usages.contactCount,
  'contact-count-maximum': usages.contactCountMaximum,
  'scan-time': usages.scanTime,
  certification: usages.certification,
} as const;

/** Changes to a report descriptor that keep its length and the place of every field. */
export interface DescriptorEdits {
  /** Usages that become the reserved usage 0 of their page, so that no driver knows the field. */
  readonly drop?: readonly (keyof typeof droppableUsages)[];
  /** Contact ids are declared constant. */
  readonly constantContactId?: boolean;
  /** Factor on the physical maximum of X and Y: the device tells a wrong size. */
  readonly physicalScale?: number;
}

/** A changed copy of a report descriptor. @throws HwlabError usage `hid-...` of a descriptor that cannot be read */
export function editDescriptor(descriptor: Uint8Array, edits: DescriptorEdits): Uint8Array {
  const bytes = descriptor.slice();
  const dropped = new Set<number>((edits.drop ?? []).map((name) => droppableUsages[name]));
  const scaled = new Set<HidItem>();
  let page = 0;
  let physicalMax: HidItem | undefined;
  let local: number[] = [];
  for (const item of readItems(descriptor)) {
    if (item.type === 'global' && item.tag === 0) page = item.unsigned;
    if (item.type === 'global' && item.tag === 4) physicalMax = item;
    if (item.type === 'local' && item.tag === 0) {
      const usage = item.size === 4 ? item.unsigned : page * 0x10000 + item.unsigned;
      local.push(usage);
      if (dropped.has(usage)) bytes.fill(0, item.offset + 1, item.offset + 1 + Math.min(2, item.size));
    }
    if (item.type !== 'main') continue;
    if (item.tag === 8 && edits.constantContactId === true && local.includes(usages.contactId)) bytes[item.offset + 1] = (bytes[item.offset + 1] ?? 0) | 1;
    if (item.tag === 8 && edits.physicalScale !== undefined && physicalMax && local.some((usage) => usage === usages.x || usage === usages.y)) scaled.add(physicalMax);
    local = [];
  }
  for (const item of scaled) putNumber(bytes, item, Math.round(item.signed * (edits.physicalScale ?? 1)));
  return bytes;
}

function putNumber(bytes: Uint8Array, item: HidItem, value: number): void {
  const most = 2 ** (8 * item.size - 1) - 1;
  let rest = Math.max(0, Math.min(most, value));
  for (let index = 0; index < item.size; index++, rest = Math.floor(rest / 256)) bytes[item.offset + 1 + index] = rest & 0xff;
}
