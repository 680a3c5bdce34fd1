import type { Picture } from '../../harness/index.ts';
import { decodeCode128 } from './code-128.ts';
import { greyAt, register, type Registration } from './registration.ts';
import { parseSheetCode, type SheetCode } from './sheet-code.ts';
import { bubble, bubbleRadius, choices, code, questions } from './sheet-layout.ts';

/** What a reader of answer sheets makes of one picture. */
export interface RecognisedSheet {
  readonly code: SheetCode;
  /** The filled choice of each question, from 0; undefined where none or more than one is filled. */
  readonly answers: readonly (number | undefined)[];
  readonly registration: Registration;
}

/** Registration marks, code, answers; or why a sheet is not recognised. */
export function recogniseSheet(picture: Picture, dotsPerInch: number): RecognisedSheet | { readonly problem: string } {
  const registration = register(picture, dotsPerInch);
  if ('problem' in registration) return registration;
  const texts = new Set<string>();
  for (let row = 1; row <= 7; row += 1) {
    const text = readBars(picture, registration, code.y + (code.height * row) / 8);
    if (text !== undefined) texts.add(text);
  }
  const codes = [...texts].flatMap((text) => parseSheetCode(text) ?? []);
  const [only] = codes;
  if (!only || codes.length !== 1) return { problem: texts.size === 0 ? 'its code cannot be read' : `its code reads ${[...texts].join(' or ')}` };
  return { code: only, answers: readAnswers(picture, registration), registration };
}

/** Looks along one line through the bars, from the quiet zone before them to the one after. */
function readBars(picture: Picture, { toPixel }: Registration, y: number): string | undefined {
  const step = code.module / 16;
  const greys: number[] = [];
  for (let x = code.x - 4; x < 185; x += step) {
    const point = toPixel(x, y);
    greys.push(softGrey(picture, point.x, point.y));
  }
  const middle = (Math.min(...greys) + Math.max(...greys)) / 2;
  const runs: number[] = [];
  let bar = false;
  for (const grey of greys) {
    if (grey < middle === bar && runs.length > 0) runs[runs.length - 1]! += 1;
    else if (grey < middle !== bar) {
      bar = !bar;
      runs.push(1);
    }
  }
  // The last run is the quiet zone.
  if (!bar) runs.pop();
  return decodeCode128(runs);
}

/** Between the middles of four pixels. */
function softGrey(picture: Picture, x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [right, below] = [x - 0.5 - left, y - 0.5 - top];
  const upper = greyAt(picture, left, top) * (1 - right) + greyAt(picture, left + 1, top) * right;
  const lower = greyAt(picture, left, top + 1) * (1 - right) + greyAt(picture, left + 1, top + 1) * right;
  return upper * (1 - below) + lower * below;
}

function readAnswers(picture: Picture, { toPixel }: Registration): (number | undefined)[] {
  return Array.from({ length: questions }, (_question, question) => {
    const filled = Array.from({ length: choices }, (_choice, choice) => choice).filter((choice) => {
      const { x, y } = bubble(question, choice);
      const greys = discPoints(bubbleRadius * 0.6).map(([dx, dy]) => {
        const point = toPixel(x + dx, y + dy);
        return greyAt(picture, point.x, point.y);
      });
      return greys.reduce((sum, grey) => sum + grey, 0) / greys.length < 128;
    });
    return filled.length === 1 ? filled[0] : undefined;
  });
}

/** Points of a grid of 0.3 mm in a disc around the origin. */
export function discPoints(radius: number, grid = 0.3): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  for (let y = -radius; y <= radius; y += grid) for (let x = -radius; x <= radius; x += grid) if (x * x + y * y <= radius * radius) points.push([x, y]);
  return points;
}
