import { HwlabError } from '../../base/hwlab-error.ts';

/** The error for bytes that are not usbredir. `offset` counts from the first byte of the connection. */
export function malformed(offset: number, what: string): HwlabError {
  return new HwlabError({
    code: 'usbredir-malformed',
    blame: 'lab',
    message: `the usbredir peer sent something malformed at byte ${offset}: ${what}`,
    advice: 'check that the socket belongs to a usb-redir device of QEMU',
    facts: { offset },
  });
}
