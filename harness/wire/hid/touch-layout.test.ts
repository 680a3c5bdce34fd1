import { expect } from 'chai';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { findTouchLayout } from './touch-layout.ts';

/** A contact of one byte of tip and padding, X and Y, in a physical collection of this usage. */
const contact = (usage: string): string => `05 0d 09 ${usage} a1 00 05 0d 09 42 15 00 25 01 75 01 95 01 81 02 75 07 81 03 05 01 26 ff 0f 75 10 09 30 81 02 09 31 81 02 c0`;
const stylus = '20';
const finger = '22';

function reportIdOf(...reports: readonly string[]): number | undefined {
  const text = `05 0d 09 04 a1 01 ${reports.map((report, index) => `85 0${index + 1} ${report}`).join(' ')} c0`;
  return findTouchLayout(parseReportDescriptor(Buffer.from(text.replaceAll(' ', ''), 'hex'))).report.id;
}

describe('findTouchLayout', () => {
  it('takes the report with the most fingers', () => {
    expect(reportIdOf(contact(finger), `${contact(finger)} ${contact(finger)}`)).to.equal(2);
  });

  it('takes fingers before styluses, which SMART 0b8c:0092 has in a touch screen as well, and styluses where there is nothing else', () => {
    expect(reportIdOf(`${contact(stylus)} ${contact(stylus)}`, contact(finger))).to.equal(2);
    expect(reportIdOf(contact(stylus))).to.equal(1);
  });
});
