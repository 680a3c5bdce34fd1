import type { Picture } from '../../harness/index.ts';
import { discPoints } from './recognise-sheet.ts';
import type { Registration } from './registration.ts';
import type { SheetCode } from './sheet-code.ts';
import { bubble, bubbleRadius, choices, questions } from './sheet-layout.ts';

/** What a student answers on a page, from 0: some answer that differs from student to student and page to page. */
export function answersOf({ student, page }: SheetCode): number[] {
  return Array.from({ length: questions }, (_value, question) => (student * 7 + page * 3 + question * question) % choices);
}

/** The printed sheet with the student's answers in pen on it, in the circles where they were printed. */
export function fillIn(picture: Picture, { toPixel }: Registration, answers: readonly number[]): Picture {
  const data = Uint8Array.from(picture.data);
  for (const [question, choice] of answers.entries()) {
    const centre = bubble(question, choice);
    for (const [dx, dy] of discPoints(bubbleRadius * 0.85, 0.08)) {
      const point = toPixel(centre.x + dx, centre.y + dy);
      const at = (Math.floor(point.y) * picture.width + Math.floor(point.x)) * picture.channels;
      if (point.x >= 0 && point.y >= 0 && point.x < picture.width && point.y < picture.height) data.fill(30, at, at + picture.channels);
    }
  }
  return { ...picture, data };
}
