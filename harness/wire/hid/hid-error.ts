import { HwlabError, type ErrorFacts } from '../../base/hwlab-error.ts';

/**
 * An error in HID bytes or values. `offset` is the byte of the descriptor or report where it was found.
 * Blame is `usage`: the bytes come from a model file.
 */
export function hidError(code: string, message: string, offset?: number, facts: ErrorFacts = {}): HwlabError {
  return new HwlabError({
    code,
    blame: 'usage',
    message: offset === undefined ? message : `${message} (at byte ${offset})`,
    facts: { ...(offset === undefined ? {} : { offset }), ...facts },
  });
}
