import { expect } from 'chai';
import { sheetOriginal, type PaperSheet } from '../../harness/emulation/escl/paper-sheet.ts';
import { scanRows } from '../../harness/emulation/escl/test-page.ts';
import { collectRows, type Picture } from '../../harness/wire/picture/picture.ts';
import { decodeCode128, encodeCode128 } from './code-128.ts';
import { examPdf } from './exam-pdf.ts';
import { answersOf, fillIn } from './fill-in.ts';
import { recogniseSheet, type RecognisedSheet } from './recognise-sheet.ts';
import { parseSheetCode, sheetCodeText } from './sheet-code.ts';

const sheet = { exam: 'M26A', student: 42, page: 1, pages: 2 };

/** Prints the boxes of a PDF made by `examPdf`, which is all that the recogniser needs; every pixel that a box touches, as PDF has it. */
function print(pdf: Uint8Array, dotsPerInch: number): Picture {
  const [width, height] = [Math.round((210 / 25.4) * dotsPerInch), Math.round((297 / 25.4) * dotsPerInch)];
  const data = new Uint8Array(width * height).fill(255);
  const scale = dotsPerInch / 72;
  let ink = 0;
  for (const line of Buffer.from(pdf).toString('latin1').split('\n')) {
    if (/^[01] g$/.test(line)) ink = line.startsWith('1') ? 255 : 0;
    const [, x, y, w, h] = /^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f$/.exec(line)?.map(Number) ?? [];
    if (x === undefined || y === undefined || w === undefined || h === undefined) continue;
    for (let row = Math.round(height - (y + h) * scale); row < Math.round(height - y * scale); row += 1) data.fill(ink, row * width + Math.floor(x * scale), row * width + Math.ceil((x + w) * scale));
  }
  return { width, height, channels: 1, data };
}

function scan(paper: PaperSheet, dotsPerInch = 150, upsideDown = false): Picture {
  return collectRows(scanRows(sheetOriginal(paper, 'front', upsideDown), { x: 0, y: 0, width: 2480, height: 3508, xResolution: dotsPerInch, yResolution: dotsPerInch }, 'grey'));
}

function recognised(picture: Picture, dotsPerInch = 150): RecognisedSheet {
  const result = recogniseSheet(picture, dotsPerInch);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

const printed = print(examPdf([sheet]), 150);
const filled = fillIn(printed, recognised(printed).registration, answersOf(sheet));

describe('answer sheets', () => {
  it('Code 128 is that of ISO/IEC 15417, both ways', () => {
    // Start B, A, checksum (104 + 33) mod 103 = 34, stop.
    expect(encodeCode128('A').join('')).to.equal(['211214', '111323', '131123', '2331112'].join(''));
    for (const text of ['A', 'Hello, world ~', sheetCodeText(sheet)]) expect(decodeCode128(encodeCode128(text).map((width) => width * 2.3))).to.equal(text);
    const runs = encodeCode128('PAPER');
    expect(decodeCode128(runs.toReversed()), 'backwards').to.equal(undefined);
    expect(decodeCode128([...runs.slice(0, 6), ...runs.slice(12)]), 'a character is missing').to.equal(undefined);
    const spread = encodeCode128('PAPER').map((width, index) => width + (index % 2 === 0 ? 0.45 : -0.45));
    expect(decodeCode128(spread), 'bars that the ink made wider').to.equal('PAPER');
    expect(() => encodeCode128('é')).to.throw(RangeError);
  });

  it('the code says exam, student, page, and its CRC', () => {
    expect(parseSheetCode(sheetCodeText(sheet))).to.deep.equal(sheet);
    expect(parseSheetCode(sheetCodeText(sheet).replace('42', '43'))).to.equal(undefined);
    expect(parseSheetCode('M26A-1-1-0000')).to.equal(undefined);
  });

  it('a printed sheet is recognised, with the right size and no answer', () => {
    const result = recognised(printed);
    expect(result.code).to.deep.equal(sheet);
    expect(result.answers).to.deep.equal(Array.from({ length: 10 }, () => undefined));
    expect(result.registration.upsideDown).to.equal(false);
    for (const scale of Object.values(result.registration.scale)) expect(scale).to.be.closeTo(1, 0.002);
  });

  for (const [name, change, dotsPerInch] of [
    ['straight', {}, 150],
    ['at 100 dpi', {}, 100],
    ['at 200 dpi', {}, 200],
    ['askew and moved', { skew: 1.5, offset: { x: 2, y: -1.5 } }, 150],
    ['askew the other way, grainy', { skew: -1.2, noise: 40, seed: 3 }, 150],
  ] as const) {
    it(`a filled sheet that is scanned ${name} is recognised with its answers`, () => {
      const result = recognised(scan({ front: filled, dotsPerInch: 150, ...change }, dotsPerInch), dotsPerInch);
      expect(result.code).to.deep.equal(sheet);
      expect(result.answers).to.deep.equal(answersOf(sheet));
      expect(result.registration.skew).to.be.closeTo('skew' in change ? change.skew : 0, 0.1);
      for (const scale of Object.values(result.registration.scale)) expect(scale).to.be.closeTo(1, 0.003);
    });
  }

  it('tells a sheet that lies upside down, and reads it all the same', () => {
    const result = recognised(scan({ front: filled, dotsPerInch: 150 }, 150, true));
    expect([result.registration.upsideDown, result.code, result.answers]).to.deep.equal([true, sheet, answersOf(sheet)]);
    expect(result.registration.skew).to.be.closeTo(0, 0.1);
  });

  it('sees a sheet that is three per cent too small', () => {
    const { scale } = recognised(scan({ front: filled, dotsPerInch: 150 * 1.03 }, 150)).registration;
    expect(scale.x).to.be.closeTo(0.97, 0.003);
    expect(scale.y).to.be.closeTo(0.97, 0.003);
  });

  it('says why a sheet is not recognised', () => {
    const blank = { ...printed, data: new Uint8Array(printed.data.length).fill(255) };
    expect(recogniseSheet(blank, 150)).to.deep.equal({ problem: 'no registration mark at the top left' });
    const noCode = { ...printed, data: Uint8Array.from(printed.data).fill(255, printed.width * 170, printed.width * 265) };
    expect(recogniseSheet(noCode, 150)).to.deep.equal({ problem: 'its code cannot be read' });
  });
});
