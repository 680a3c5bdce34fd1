import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { BootDevice, BootDeviceOptions, BootTarget } from '../../capabilities/boot-device.ts';
import { ipmiName, ipmitool, type IpmiAccess } from './ipmitool.ts';

export interface IpmiBootAccess extends IpmiAccess {
  /** `not-kept` for a controller that keeps the device and forgets the flags beside it (valid, once, UEFI): then they are not read back. */
  readonly bootFlags?: 'kept' | 'not-kept';
}

export interface BootFlags {
  readonly valid: boolean;
  readonly persistent: boolean;
  readonly uefi: boolean;
  readonly target: BootTarget | 'unknown';
}

/** One-time boot override through a BMC (IPMI 2.0, 28.12 Set System Boot Options, parameter 5). */
export class IpmiBootDevice implements BootDevice {
  readonly #access: IpmiBootAccess;

  constructor(access: IpmiBootAccess) {
    this.#access = access;
  }

  async set(device: BootTarget, options: BootDeviceOptions, deadline: Deadline): Promise<void> {
    const wanted = options.firmware === 'uefi' && device !== 'none';
    await options.fence?.check();
    // ipmitool exits with 0 whatever the controller answered: only reading back tells.
    await ipmitool(this.#access, ['chassis', 'bootdev', device, ...(wanted ? ['options=efiboot'] : [])], deadline);
    const flags = await this.#flags(deadline);
    const seen = this.#targetOf(flags);
    const kept = this.#access.bootFlags !== 'not-kept' && device !== 'none';
    if (seen === device && !(kept && (flags.persistent || flags.uefi !== wanted))) return;
    throw new HwlabError({
      code: 'boot-device-does-not-obey',
      blame: 'lab',
      message: `${ipmiName(this.#access)} was told to boot once from ${device}${wanted ? ' (UEFI)' : ''} and reads ${seen}${flags.uefi ? ' (UEFI)' : ''}${flags.persistent ? ', for ever' : ''}`,
      advice: 'if its read-back shows the device and never the flags, set "bootFlags": "not-kept"',
      facts: { wanted: device, seen, valid: flags.valid, persistent: flags.persistent, uefi: flags.uefi },
    });
  }

  async get(deadline: Deadline): Promise<BootTarget | 'unknown'> {
    return this.#targetOf(await this.#flags(deadline));
  }

  async #flags(deadline: Deadline): Promise<BootFlags> {
    return bootFlagsOf(await ipmitool(this.#access, ['chassis', 'bootparam', 'get', '5'], deadline));
  }

  #targetOf(flags: BootFlags): BootTarget | 'unknown' {
    if (flags.valid || this.#access.bootFlags === 'not-kept') return flags.target;
    return 'none';
  }
}

/** Reads the bytes of boot parameter 5: data1 bit 7 valid, 6 persistent, 5 UEFI; data2 bits 5..2 the device (IPMI 2.0, table 28-14). */
export function bootFlagsOf(output: string): BootFlags {
  const data = /^Boot parameter data: ([0-9a-f]{10})\s*$/m.exec(output)?.[1];
  if (data === undefined) return { valid: true, persistent: false, uefi: false, target: 'unknown' };
  const first = Number.parseInt(data.slice(0, 2), 16);
  const device = (Number.parseInt(data.slice(2, 4), 16) >> 2) & 0x0f;
  const target = ({ 0: 'none', 1: 'pxe', 2: 'disk' } as const)[device] ?? 'unknown';
  return { valid: (first & 0x80) !== 0, persistent: (first & 0x40) !== 0, uefi: (first & 0x20) !== 0, target };
}
