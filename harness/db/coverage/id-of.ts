import { parseUsbPattern } from './modalias.ts';

/** The device that a pattern names, `usb 04a9:2206` or `pci 8086:15b8`; undefined when it names a class, a vendor or another bus. */
export function idOf(pattern: string): string | undefined {
  const usb = parseUsbPattern(pattern);
  if (usb) return usb.vendor === '*' || usb.product === '*' ? undefined : `usb ${usb.vendor}:${usb.product}`.toLowerCase();
  const pci = /^pci:v0000([0-9A-F]{4})d0000([0-9A-F]{4})/i.exec(pattern);
  return pci ? `pci ${pci[1] ?? ''}:${pci[2] ?? ''}`.toLowerCase() : undefined;
}
