import { expect } from 'chai';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { buildReport, readReport } from './report-bytes.ts';
import { findReport, type HidField } from './report-descriptor.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replaceAll(/(..)(?!$)/g, '$1 ');

/** Report 3: 1 bit, 12 bits unsigned, 11 bits signed, 32 bits. */
const odd = parseReportDescriptor(hex('05 0d 09 04 a1 01 85 03 15 00 25 01 75 01 95 01 09 42 81 02 26 ff 0f 75 0c 09 30 81 02 16 00 fc 26 ff 03 75 0b 09 3d 81 02 15 00 27 ff ff ff 7f 75 20 09 56 81 02 c0'));
const report = findReport(odd, 'input', 3);

function fields(): readonly [HidField, HidField, HidField, HidField] {
  const [bit, twelve, signed, long] = report?.fields ?? [];
  if (!bit || !twelve || !signed || !long) throw new Error('four fields expected');
  return [bit, twelve, signed, long];
}

describe('buildReport and readReport', () => {
  it('puts fields at any bit, little-endian', () => {
    if (!report) throw new Error('no report');
    const [bit, twelve, signed, long] = fields();
    const bytes = buildReport(report, new Map([[bit, 1], [twelve, 0xabc], [signed, -1], [long, 0x7fffffff]]));
    expect(text(bytes)).to.equal('03 79 f5 ff ff ff ff 7f');
    expect([...readReport(report, bytes).values()]).to.deep.equal([1, 0xabc, -1, 0x7fffffff]);
  });

  it('brings every value of a field back', () => {
    if (!report) throw new Error('no report');
    const [, , signed] = fields();
    for (let value = -1024; value < 1024; value++) {
      expect(readReport(report, buildReport(report, new Map([[signed, value]]))).get(signed)).to.equal(value);
    }
  });

  it('refuses values that do not fit, strange fields, and reports of another length or id', () => {
    if (!report) throw new Error('no report');
    const [bit, twelve] = fields();
    expect(() => buildReport(report, new Map([[bit, 2]]))).to.throw(/2 does not fit into usage 0x000d0042, which has 1 bits for 0..1/);
    expect(() => buildReport(report, new Map([[twelve, 1.5]]))).to.throw(/1.5 does not fit/);
    expect(() => buildReport(report, new Map([[{ ...bit }, 1]]))).to.throw(/not a field of input report 3/);
    expect(() => readReport(report, new Uint8Array(7))).to.throw(/has 8 bytes, not 7/);
    expect(() => readReport(report, new Uint8Array(8))).to.throw(/report id 0 where 3/);
  });
});
