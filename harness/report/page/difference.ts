import { html, type Html } from './html.ts';

export interface Difference {
  readonly before: string;
  readonly expected: string;
  readonly actual: string;
  readonly after: string;
}

/** What two texts have in common at both ends, and what differs between. No surrogate pair is split. */
export function difference(expected: string, actual: string): Difference {
  const left = [...expected];
  const right = [...actual];
  const shortest = Math.min(left.length, right.length);
  let start = 0;
  while (start < shortest && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shortest - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const join = (items: readonly string[], from: number, to: number): string => items.slice(from, to).join('');
  return { before: join(left, 0, start), expected: join(left, start, left.length - end), actual: join(right, start, right.length - end), after: join(left, left.length - end, left.length) };
}

/** One side of the comparison with its own part marked. */
export function markedSide(found: Difference, side: 'expected' | 'actual'): Html {
  const own = found[side];
  return html`${found.before}${own === '' ? '' : html`<mark>${own}</mark>`}${found.after}`;
}
