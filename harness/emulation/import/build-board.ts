import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { fitUsb } from './fit-usb.ts';
import type { ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

/** Boards with an ATmega328P behind a USB chip with the Arduino firmware (usb.ids of linux-usb.org). */
const boards = new Set(['2341:0043', '2341:0001', '2341:0243', '2a03:0043']);

export function isArduinoUno({ device }: CapturedFacts): boolean {
  return device !== undefined && boards.has([device.vendorId, device.productId].map((id) => id.toString(16).padStart(4, '0')).join(':'));
}

/** The board from its descriptors; what is behind the USB chip cannot be seen in them. */
export function buildArduinoUno(facts: CapturedFacts, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  const { device } = facts;
  if (!device) throw new RangeError('an Arduino is known by its USB descriptors');
  const usb = fitUsb(device, notes, filler);
  notes.assume('the boot loader and the sketch cannot be seen on USB: Optiboot 4.4 at 115200 baud on an ATmega328P, and a sketch that echoes, are taken');
  return {
    emulator: 'arduino-uno',
    folder: 'robotics',
    suites: ['robotics'],
    classes: ['robotics'],
    usb,
    behaviour: { bootloader: { answers: true, baud: 115200, window: 2000, signature: '1e950f', version: [4, 4] }, sketch: 'echo', greeting: 'hwlab echo\r\n' },
    vendor: 'Arduino',
    product: usb.strings.product ?? 'Uno',
    idWords: ['arduino', 'uno', usb.vendorId.slice(2), usb.productId.slice(2)],
    reports: [],
  };
}
