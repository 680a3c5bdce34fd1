import type { BuiltModel } from './built-model.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { fitUsb } from './fit-usb.ts';
import type { ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

interface KnownBoard {
  readonly emulator: 'arduino-uno' | 'usb-serial';
  readonly vendor: string;
  readonly product: string;
  /** What cannot be seen on USB and is therefore assumed. */
  readonly assumed: string;
  readonly behaviour: Readonly<Record<string, unknown>>;
}

const optiboot = { answers: true, baud: 115200, window: 2000, signature: '1e950f', version: [4, 4] };
const echo = { sketch: 'echo', greeting: 'hwlab echo\r\n' };
const uno: KnownBoard = { emulator: 'arduino-uno', vendor: 'Arduino', product: 'Uno', assumed: 'Optiboot 4.4 at 115200 baud on an ATmega328P', behaviour: { bootloader: optiboot, ...echo } };
const behindChip = (chip: 'ch340' | 'ft232r' | 'cp210x', vendor: string, fastest: number, version: number): KnownBoard => ({
  emulator: 'usb-serial',
  vendor,
  product: `board with ${chip.toUpperCase()}`,
  assumed: `a board behind the chip ${chip} with Optiboot 4.4 at 115200 baud on an ATmega328P, reset by DTR; the id is the chip's and many products have it`,
  behaviour: { chip, reset: 'dtr', fastest, version, bootloader: optiboot, ...echo },
});

/** By vendor and product id (usb.ids of linux-usb.org). */
const boards: Readonly<Record<string, KnownBoard>> = {
  '2341:0043': uno,
  '2341:0001': uno,
  '2341:0243': uno,
  '2a03:0043': uno,
  '1a86:7523': behindChip('ch340', 'QinHeng', 2_000_000, 0x31),
  '0403:6001': behindChip('ft232r', 'FTDI', 3_000_000, 6),
  '10c4:ea60': behindChip('cp210x', 'Silicon Labs', 3_000_000, 2),
};

/** The board that this id is known to be; undefined for other devices. */
export function knownBoard({ device }: CapturedFacts): KnownBoard | undefined {
  const id = device && [device.vendorId, device.productId].map((each) => each.toString(16).padStart(4, '0')).join(':');
  return id !== undefined && Object.hasOwn(boards, id) ? boards[id] : undefined;
}

/** A board from its descriptors; what is behind the USB chip cannot be seen in them. */
export function buildBoard(facts: CapturedFacts, board: KnownBoard, notes: ImportNotes, filler: SerialFiller): BuiltModel {
  const { device } = facts;
  if (!device) throw new RangeError('a board is known by its USB descriptors');
  const usb = fitUsb(device, notes, filler);
  notes.assume(`boot loader and sketch cannot be seen on USB: ${board.assumed}, and a sketch that echoes, are taken`);
  const product = usb.strings.product ?? board.product;
  return { emulator: board.emulator, folder: 'robotics', suites: ['robotics'], classes: ['robotics'], usb, behaviour: board.behaviour, vendor: usb.strings.manufacturer ?? board.vendor, product, idWords: [board.vendor, product, usb.vendorId.slice(2), usb.productId.slice(2)], reports: [] };
}
