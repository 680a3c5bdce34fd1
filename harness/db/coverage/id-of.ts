/** The device that a pattern names, `usb 04a9:2206` or `pci 8086:15b8`; undefined when it names a class, a vendor or another bus. */
export function idOf(pattern: string): string | undefined {
  const found = /^(?:usb:v([0-9A-F]{4})p|pci:v0000([0-9A-F]{4})d0000)([0-9A-F]{4})/i.exec(pattern);
  if (!found) return undefined;
  const [, usb, pci = '', device = ''] = found;
  return (usb === undefined ? `pci ${pci}:${device}` : `usb ${usb}:${device}`).toLowerCase();
}
