import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { detectKind, type CaptureKind } from './detect-kind.ts';
import { readCapture } from './read-capture.ts';
import { importModel } from './import-model.ts';
import { capabilities, descriptorFile, foomatic, hidRecording, httpAnswer, ippAnswer, ipptoolText, lsusbPanel, lsusbPrinter, modelFile, panel, panelReport, spaced, usbhidDump } from './testing/example-captures.ts';
import { captureFile, enumeration, usbmonText } from './testing/example-usbmon.ts';

const printer = modelFile('printers/hp-laserjet-1320.json');
const form = { file: 'pcap', linkType: 220, littleEndian: true } as const;

const captures: readonly (readonly [CaptureKind, string | Uint8Array])[] = [
  ['lsusb', lsusbPrinter],
  ['lsusb', lsusbPanel()],
  ['usb-descriptors', descriptorFile(panel)],
  ['pcap', captureFile(enumeration(printer), form)],
  ['pcap', captureFile(enumeration(panel, [new Uint8Array(14)]), { ...form, file: 'pcapng', littleEndian: false })],
  ['usbmon-text', usbmonText(enumeration(printer))],
  ['hid-descriptor', panelReport],
  ['hid-descriptor-text', spaced(panelReport)],
  ['usbhid-dump', usbhidDump],
  ['hid-recording', hidRecording],
  ['ipp', ippAnswer],
  ['ipp', httpAnswer],
  ['ipptool', ipptoolText],
  ['escl', capabilities],
  ['device-id', 'MFG:HP;MDL:LaserJet 9;CMD:PCL;'],
  ['foomatic', foomatic],
];

/** Most milliseconds for one input; a hundred times what it takes. */
const patience = 5000;

/** Either it can be read, or the error is the user's and says where. */
function check(kind: CaptureKind, bytes: Uint8Array, what: string): void {
  const started = performance.now();
  try {
    readCapture({ file: 'f', bytes, kind });
  } catch (error) {
    if (!(error instanceof HwlabError)) throw new Error(`${kind}, ${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`, { cause: error });
    expect(error.blame, `${kind}, ${what}`).to.equal('usage');
    expect([error.facts['offset'], error.facts['line'], error.facts['pointer']].some((place) => place !== undefined), `${kind}, ${what}: ${error.message} says no place`).to.equal(true);
  }
  expect(performance.now() - started, `${kind}, ${what}`).to.be.lessThan(patience);
}

/** Numbers that look random and are the same at every run. */
function* numbers(seed: number): Generator<number, never, void> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

describe('imports of damaged captures', () => {
  captures.forEach(([kind, content], index) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;

    it(`${kind} ${index}: cut off anywhere`, () => {
      const step = Math.max(1, Math.floor(bytes.length / 200));
      for (let length = 0; length < bytes.length; length += step) check(kind, bytes.subarray(0, length), `cut at ${length}`);
    });

    it(`${kind} ${index}: with changed bytes`, () => {
      const random = numbers(index + 1);
      for (let round = 0; round < 150; round++) {
        const changed = Uint8Array.from(bytes);
        for (let change = 0; change <= round % 4; change++) changed[random.next().value % changed.length] = random.next().value & 0xff;
        check(kind, changed, `round ${round}`);
      }
    });
  });

  it('has an end for long ones', () => {
    const long: readonly (readonly [CaptureKind, string])[] = [
      ['hid-descriptor-text', '05 '.repeat(300_000)],
      ['usbhid-dump', `${usbhidDump}${'00 '.repeat(300_000)}`],
      ['lsusb', `Device Descriptor:\n${' '.repeat(500_000)}x\n${'> '.repeat(300_000)}`],
      ['lsusb', lsusbPrinter + lsusbPrinter.slice(lsusbPrinter.lastIndexOf('    Interface Descriptor')).repeat(10_000)],
      ['ipptool', `${ipptoolText}a (collection) = ${'{a='.repeat(200_000)}`],
      ['escl', '<a>'.repeat(80_000)],
      ['device-id', `MFG:${'x;'.repeat(400_000)}`],
      ['hid-recording', `${hidRecording}${hidRecording.split('\n')[6] ?? ''}\n`.repeat(1000)],
    ];
    for (const [kind, content] of long) check(kind, Buffer.from(content), 'long');
    for (const piece of ['\n', '> ', '/*', ' ', '; ', 'E: 1.1 9 00\n', '\t\n', 'A ', '*1284DeviceID: " ', 'device-id ']) {
      const started = performance.now();
      detectKind(Buffer.from(piece.repeat(200_000)));
      expect(performance.now() - started, piece).to.be.lessThan(patience);
      for (const [kind] of captures) check(kind, Buffer.from(piece.repeat(100_000)), `many ${JSON.stringify(piece)}`);
    }
  }).timeout(20_000);

  it('reads each form as every other without a crash', () => {
    for (const [, content] of captures) for (const [kind] of captures) check(kind, typeof content === 'string' ? Buffer.from(content) : content, 'other form');
  });

  it('has a whole model or none of damaged ones', async () => {
    const random = numbers(77);
    for (const [kind, content] of captures) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let round = 0; round < 6; round++) {
        const changed = Uint8Array.from(bytes);
        changed[random.next().value % changed.length] = random.next().value & 0xff;
        await importModel([{ file: 'f', bytes: changed, kind }]).then(
          ({ model }) => expect(model.usb.configuration.interfaces).to.not.be.empty,
          (error: unknown) => {
            if (!(error instanceof HwlabError) || error.blame !== 'usage') throw error;
          },
        );
      }
    }
  }).timeout(20_000);
});
