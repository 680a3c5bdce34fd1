import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BootableImage } from './bootable-image.ts';
import type { MachineProfile } from './machine.ts';
import { partsOfDomain, partsOfKernel } from './profile-parts.ts';

/** Changes when what is saved, or how, changes in this code. */
const formatVersion = 1;

export interface WarmInputs {
  readonly format: number;
  readonly image: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly boot: string;
  readonly login: string;
  readonly profile: Omit<MachineProfile, 'name'>;
  /** What the parts of the profile are made of; left out where it has none. */
  readonly parts?: string;
  readonly accelerator: 'kvm' | 'tcg';
  /** Versions of libvirt and QEMU. */
  readonly hypervisor: string;
  /** Of the host's processor, where the guest sees it. */
  readonly processor: string;
}

export async function warmInputs(image: BootableImage, profile: MachineProfile, accelerator: 'kvm' | 'tcg', hypervisor: string): Promise<WarmInputs> {
  const { name: _, ...shape } = profile;
  return {
    format: formatVersion,
    image: image.sha256,
    kernel: image.manifest.files.kernel?.sha256 ?? '',
    initrd: image.manifest.files.initrd?.sha256 ?? '',
    boot: [image.record.boot, image.record.append ?? '', image.record.seed ?? 'none', ...(image.record.ready ? [image.record.ready.command] : [])].join('\n'),
    login: [image.record.login.username, image.record.login.privateKeyFile ?? '', createHash('sha256').update(image.record.login.password ?? '').digest('hex')].join('\n'),
    profile: shape,
    ...(profile.parts === undefined ? {} : { parts: await partsDigest(profile) }),
    accelerator,
    hypervisor,
    processor: accelerator === 'kvm' ? await processorModel() : '',
  };
}

/** Equal inputs give an equal key: 32 hex digits. */
export function warmKey(inputs: WarmInputs): string {
  const sorted = JSON.stringify(inputs, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(sorted).digest('hex').slice(0, 32);
}

async function partsDigest(profile: MachineProfile): Promise<string> {
  const { sound, acpiTables } = partsOfDomain(profile);
  const digests = await Promise.all(acpiTables.map(async (path) => createHash('sha256').update(await readFile(path)).digest('hex')));
  return [sound ? 'sound' : '', ...digests, ...partsOfKernel(profile)].join('\n');
}

async function processorModel(): Promise<string> {
  const first = (await readFile('/proc/cpuinfo', 'utf8')).split('\n\n')[0] ?? '';
  return first.split('\n').filter((line) => /^(vendor_id|cpu family|model|stepping|microcode|flags)\s*:/.test(line)).join('\n');
}
