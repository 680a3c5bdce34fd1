import { HwlabError } from '../../base/hwlab-error.ts';

/** The error for bytes that are not USB/IP. `offset` counts from the first byte of the connection. */
export function malformed(offset: number, what: string): HwlabError {
  return new HwlabError({
    code: 'usbip-malformed',
    blame: 'lab',
    message: `the USB/IP peer sent something malformed at byte ${offset}: ${what}`,
    advice: 'check that the peer is the USB/IP client of a Linux kernel (vhci_hcd)',
    facts: { offset },
  });
}
