/** Where things stand on an answer sheet of A4: millimetres from its top left. */
export const sheetSize = { width: 210, height: 297 } as const;

export interface Mark {
  readonly x: number;
  readonly y: number;
}

/** Side of the square registration marks, whose middles are these. The first has a white square of half its side inside: it tells which way up. */
export const markSide = 6;
export const marks: readonly [Mark, Mark, Mark, Mark] = [
  { x: 18, y: 18 },
  { x: 192, y: 18 },
  { x: 18, y: 279 },
  { x: 192, y: 279 },
];

/** The bars of the code: left edge, top, height, and the width of a module. */
export const code = { x: 38, y: 30, height: 14, module: 0.5 } as const;

export const questions = 10;
export const choices = 4;
export const bubbleRadius = 2.6;

/** The middle of the bubble of a question and a choice, both from 0. */
export function bubble(question: number, choice: number): Mark {
  return { x: 60 + choice * 16, y: 90 + question * 14 };
}
