import { HwlabError } from '../../base/hwlab-error.ts';

/** Where in a capture something is: a byte of a binary file or a line (from 1) of a text, and the member of the device that it is about. */
export interface CapturePlace {
  readonly offset?: number;
  readonly line?: number;
  /** JSON pointer into the model's `usb`, `/configuration/interfaces/0`. */
  readonly pointer?: string;
}

/** The error of a capture that cannot be used; blame is `usage`: the file is wrong, not hwlab. */
export function captureError(code: string, message: string, place: CapturePlace, advice?: string): HwlabError {
  return new HwlabError({
    code,
    blame: 'usage',
    message: `${placeText(place)}${visible(message)}`,
    ...(advice === undefined ? {} : { advice }),
    facts: { ...(place.offset === undefined ? {} : { offset: place.offset }), ...(place.line === undefined ? {} : { line: place.line }), ...(place.pointer === undefined ? {} : { pointer: place.pointer }) },
  });
}

function placeText({ offset, line, pointer }: CapturePlace): string {
  const where = [...(line === undefined ? [] : [`line ${line}`]), ...(offset === undefined ? [] : [`byte ${offset}`]), ...(pointer === undefined ? [] : [pointer])];
  return where.length === 0 ? '' : `${where.join(', ')}: `;
}

/** Captures are not trusted: what they hold does not reach a terminal as control characters. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- the point is to find control characters
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
