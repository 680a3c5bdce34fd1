import { access } from 'node:fs/promises';
import { HwlabError } from '../base/hwlab-error.ts';

/** UEFI firmware as distributions install it: code and an empty set of variables. */
const places = [
  ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
  ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
  ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
  ['/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'],
] as const;

/** @throws HwlabError `firmware-missing`, blame `lab` */
export async function findFirmware(candidates: readonly (readonly [string, string])[] = places): Promise<{ readonly loader: string; readonly variablesTemplate: string }> {
  for (const [loader, variablesTemplate] of candidates) {
    try {
      await Promise.all([access(loader), access(variablesTemplate)]);
      return { loader, variablesTemplate };
    } catch {
      // The next place.
    }
  }
  throw new HwlabError({ code: 'firmware-missing', blame: 'lab', message: 'this host has no UEFI firmware for virtual machines', advice: 'install the package ovmf (Debian) or edk2-ovmf' });
}
