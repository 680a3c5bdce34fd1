import { HwlabError } from '../../base/hwlab-error.ts';

/** The error for bytes that are not IPP; `offset` counts from the first byte of the message. */
export function ippMalformed(offset: number, message: string): HwlabError {
  return new HwlabError({ code: 'ipp-malformed', blame: 'product', message: `IPP message, byte ${offset}: ${message}`, facts: { offset } });
}
