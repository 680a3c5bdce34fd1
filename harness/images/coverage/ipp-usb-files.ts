/** IPP over USB (IPP over USB 1.0, 4): printing and eSCL scanning without a driver of the model. */
export const driverlessInterface = 'usb:v*p*d*dc*dsc*dp*ic07isc01ip04in*';

/** The models for which ipp-usb's quirks say `blacklist = true`, as their section names them (ipp-usb(8), CONFIGURATION). */
export function parseBlacklist(text: string): string[] {
  const models: string[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    section = /^\s*\[([^\]]{1,200})\]/.exec(line)?.[1] ?? section;
    if (section !== '' && /^\s*blacklist\s*=\s*(true|yes|1)\b/i.test(line)) models.push(section);
  }
  return models;
}
