import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { fitUsb } from './fit-usb.ts';
import type { ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

const sectors = 131_072;

/** A device that is a stick and nothing else: every interface is 8/6/80 (SCSI, bulk only). */
export function isStick({ device }: CapturedFacts): boolean {
  const interfaces = device?.configurations[0]?.interfaces ?? [];
  return interfaces.length === 1 && interfaces.every(({ alternates }) => alternates.every(({ class: triple }) => triple.join('/') === '8/6/80'));
}

/** A stick from its descriptors; what it answers to SCSI INQUIRY and what is on it are not in them. */
export function buildMassStorage({ device }: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  if (!device) throw new RangeError('a stick is known by its USB descriptors');
  const usb = fitUsb(device, notes, filler);
  const { manufacturer, product } = usb.strings;
  const ascii = (text: string | undefined, most: number, other: string): string => (text ?? '').replaceAll(/[^\x20-\x7e]/g, '').trim().slice(0, most) || other;
  notes.assume(`the answer to SCSI INQUIRY is made of the strings; ${sectors / 2048} MiB and a FAT volume with one file are taken`);
  return {
    emulator: 'mass-storage',
    folder: 'storage',
    suites: ['storage'],
    classes: ['storage'],
    usb,
    behaviour: { inquiry: { vendor: ascii(manufacturer, 8, 'USB'), product: ascii(product, 16, 'Disk'), revision: '1.00' }, sectors, volume: { start: 2048, label: 'SCHOOL', files: [{ name: 'README.TXT', text: 'A stick of the lab.\r\n' }] } },
    vendor: manufacturer,
    product,
    idWords: [manufacturer ?? 'stick', product ?? '', usb.vendorId.slice(2), usb.productId.slice(2)],
    reports: [],
  };
}
