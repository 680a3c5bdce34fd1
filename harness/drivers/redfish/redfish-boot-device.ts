import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { BootDevice, BootDeviceOptions, BootTarget } from '../../capabilities/boot-device.ts';
import { object, RedfishClient, type RedfishAccess, type RedfishObject } from './redfish-client.ts';

const words = { pxe: 'Pxe', disk: 'Hdd', none: 'None' } as const;

/** One-time boot override through a Redfish service: ComputerSystem, Boot. Where the service gives an ETag, a change of somebody else in between is not overwritten. */
export class RedfishBootDevice implements BootDevice {
  readonly #client: RedfishClient;

  constructor(access: RedfishAccess) {
    this.#client = new RedfishClient(access);
  }

  async set(device: BootTarget, options: BootDeviceOptions, deadline: Deadline): Promise<void> {
    const mode = options.firmware === undefined || device === 'none' ? {} : { BootSourceOverrideMode: options.firmware === 'uefi' ? 'UEFI' : 'Legacy' };
    const Boot = { BootSourceOverrideEnabled: device === 'none' ? 'Disabled' : 'Once', BootSourceOverrideTarget: words[device], ...mode };
    let taken = false;
    for (let attempt = 0; attempt < 3 && !taken; attempt += 1) {
      const { path, etag } = await this.#client.system(deadline);
      await options.fence?.check();
      taken = await this.#client.patch(path, { Boot }, etag, deadline).catch((cause: unknown) => {
        if (!(cause instanceof HwlabError) || cause.code !== 'redfish-refused') throw cause;
        throw new HwlabError({ code: 'boot-device-does-not-obey', blame: 'lab', message: cause.message, facts: cause.facts, cause });
      });
    }
    const boot = object((await this.#client.system(deadline)).body['Boot']) ?? {};
    const seen = targetOf(boot);
    const once = device === 'none' || boot['BootSourceOverrideEnabled'] === 'Once';
    const sameMode = !('BootSourceOverrideMode' in mode) || boot['BootSourceOverrideMode'] === mode.BootSourceOverrideMode;
    if (taken && seen === device && once && sameMode) return;
    throw new HwlabError({
      code: 'boot-device-does-not-obey',
      blame: 'lab',
      message: `${this.#client.name} was told to boot once from ${device} and reads ${seen}${once ? '' : ', for ever'}${sameMode ? '' : `, ${String(boot['BootSourceOverrideMode'])}`}${taken ? '' : '; somebody else changes it at the same time'}`,
      facts: { wanted: device, seen, taken },
    });
  }

  async get(deadline: Deadline): Promise<BootTarget | 'unknown'> {
    return targetOf(object((await this.#client.system(deadline)).body['Boot']) ?? {});
  }
}

function targetOf(boot: RedfishObject): BootTarget | 'unknown' {
  if (boot['BootSourceOverrideEnabled'] === 'Disabled' || boot['BootSourceOverrideTarget'] === 'None') return 'none';
  return (Object.keys(words) as BootTarget[]).find((device) => words[device] === boot['BootSourceOverrideTarget']) ?? 'unknown';
}
