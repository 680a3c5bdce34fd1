import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { axisOf } from './axis.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { applicationOf, findReport } from './report-descriptor.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** A mouse with three buttons, X and Y: the example of HID 1.11, appendix E.10. */
const mouse = hex('05 01 09 02 a1 01 09 01 a1 00 05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01 75 05 81 01 05 01 09 30 09 31 15 81 25 7f 75 08 95 02 81 06 c0 c0');

function failure(bytes: Uint8Array): HwlabError {
  try {
    parseReportDescriptor(bytes);
  } catch (error) {
    if (error instanceof HwlabError) return error;
    throw error;
  }
  throw new Error('parsed');
}

describe('parseReportDescriptor', () => {
  it('reads the mouse of the specification', () => {
    const descriptor = parseReportDescriptor(mouse);
    expect(descriptor.applications.map(({ usage }) => usage)).to.deep.equal([0x10002]);
    const report = findReport(descriptor, 'input', 0);
    expect(report?.bytes).to.equal(3);
    expect(report?.fields.map(({ usage, bitOffset, bits }) => [usage, bitOffset, bits])).to.deep.equal([
      [0x90001, 0, 1],
      [0x90002, 1, 1],
      [0x90003, 2, 1],
      [0x10030, 8, 8],
      [0x10031, 16, 8],
    ]);
    const x = report?.fields[3];
    expect([x?.logicalMin, x?.logicalMax, x?.relative]).to.deep.equal([-127, 127, true]);
    expect(x && applicationOf(x)).to.equal(0x10002);
  });

  it('restores globals at pop and takes 0xff as 255 where the minimum is 0', () => {
    const descriptor = parseReportDescriptor(hex('05 0d 09 04 a1 01 85 05 15 00 25 ff 75 08 95 01 a4 65 11 55 0e 46 10 27 75 10 05 01 09 30 81 02 b4 09 42 81 02 c0'));
    const [x, tip] = findReport(descriptor, 'input', 5)?.fields ?? [];
    expect(x && axisOf(x)).to.deep.equal({ min: 0, max: 255, millimetres: 1000, resolution: 0 });
    expect([tip?.usage, tip?.bits, tip?.unit, tip?.logicalMax]).to.deep.equal([0xd0042, 8, 0, 255]);
  });

  it('repeats the last usage, keeps full usages, and skips constants', () => {
    const descriptor = parseReportDescriptor(hex('06 00 ff 09 01 a1 01 0b 30 00 01 00 09 07 15 00 75 04 95 03 81 02 75 08 95 02 81 03 c0'));
    const report = findReport(descriptor, 'input', 0);
    expect(report?.fields.map(({ usage }) => usage)).to.deep.equal([0x10030, 0xff000007, 0xff000007]);
    expect(report?.bytes).to.equal(4);
  });

  const broken: readonly (readonly [what: string, bytes: string, code: string, offset: number])[] = [
    ['nothing', '', 'hid-empty', 0],
    ['an item cut short', '05 0d 26 ff', 'hid-truncated', 2],
    ['a long item', '05 01 fe 02 00 aa bb', 'hid-long-item', 2],
    ['a reserved type', '0d 00', 'hid-reserved-item', 0],
    ['report id 0', '85 00', 'hid-report-id', 0],
    ['a report id of two bytes', '86 01 01', 'hid-report-id', 0],
    ['a field of 4 Gbit', '77 ff ff ff ff', 'hid-report-size', 0],
    ['4 Gi fields', '97 ff ff ff ff', 'hid-report-count', 0],
    ['a pop without push', '05 01 b4', 'hid-pop', 2],
    ['pushes without end', 'a4 a4 a4 a4 a4', 'hid-push', 4],
    ['an end without a collection', '05 01 c0', 'hid-end-collection', 2],
    ['a collection left open', '05 01 09 02 a1 01', 'hid-open-collection', 6],
    ['a field outside', '75 08 95 01 81 02', 'hid-outside-collection', 4],
    ['a usage range backwards', '19 05 29 03', 'hid-usage-range', 2],
    ['an unknown main item', 'd0', 'hid-unknown-item', 0],
  ];
  for (const [what, bytes, code, offset] of broken) {
    it(`refuses ${what} and says where`, () => {
      const error = failure(hex(bytes));
      expect([error.code, error.facts['offset'], error.blame]).to.deep.equal([code, offset, 'usage']);
    });
  }

  it('stays small and quick on hostile counts', () => {
    const fields = '81 02 '.repeat(1000);
    expect(failure(hex(`05 0d 09 04 a1 01 75 08 96 00 30 ${fields}`)).code).to.be.oneOf(['hid-fields', 'hid-report-bits']);
    expect(failure(hex('a1 01 '.repeat(2000))).code).to.equal('hid-collections');
    expect(failure(new Uint8Array(5000)).code).to.equal('hid-too-long');
    const everyUsage = parseReportDescriptor(hex('06 00 ff 09 01 a1 01 1b 00 00 00 00 2b ff ff ff ff 15 00 75 01 95 08 81 02 c0'));
    expect(everyUsage.reports[0]?.fields.at(-1)?.usage).to.equal(7);
  });

  it('answers every cut and every flipped byte with a result or an HwlabError', () => {
    for (let cut = 5; cut < mouse.length; cut++) expect(failure(mouse.subarray(0, cut)).code).to.match(/^hid-/);
    for (let at = 0; at < mouse.length; at++) {
      for (let value = 0; value < 256; value++) {
        const bytes = mouse.slice();
        bytes[at] = value;
        try {
          parseReportDescriptor(bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(HwlabError);
        }
      }
    }
  });
});
