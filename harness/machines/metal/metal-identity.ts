import type { Deadline } from '../../base/deadline.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { BootRequest } from '../../drivers/netboot/boot-log.ts';
import type { MetalIdentity } from '../machine.ts';

/** What a machine says of itself, by its firmware before any system runs and by the system that runs on it. */
export interface MachineWords {
  readonly vendor: string;
  readonly product: string;
  /** Whether the processor says that a hypervisor is above it (CPUID 1, ECX bit 31); undefined when nobody could tell. */
  readonly hypervisor: boolean | undefined;
}

/** Makers and products of machines that are programs (SMBIOS type 1). Our own simulator calls itself the first. */
const pretenders = /hwlab simulator|\b(QEMU|KVM|Bochs|VirtualBox|VMware|Xen|Parallels|OpenStack|bhyve)\b|innotek GmbH|Virtual Machine|Standard PC \(|HVM domU|Amazon EC2|Google Compute Engine/i;

/**
 * Why a machine of the lab file is taken for one that only pretends; undefined for one that by its own words is real. The lab file alone makes none real:
 * a machine that says nothing of itself, or that was not asked, is no proof.
 */
export function pretenceOf(file: { readonly simulator: boolean }, words: MachineWords): string | undefined {
  if (file.simulator) return 'the lab file says so';
  // Many products begin with their maker's name.
  const name = words.product.startsWith(words.vendor) ? words.product : `${words.vendor} ${words.product}`.trim();
  if (pretenders.test(name)) return `its firmware says that it is ${name}`;
  if (words.hypervisor === true) return 'its processor says that a hypervisor is above it';
  if (words.hypervisor === undefined) return 'its processor could not be asked whether it is a real one';
  return name === '' ? 'its firmware says nothing of itself' : undefined;
}

const longest = 100;

/** Asks the running system whether its processor is a real one; the firmware has said the rest when it asked what to boot. */
export async function identify(file: { readonly simulator: boolean; readonly model?: string }, requests: readonly BootRequest[], shell: Shell, deadline: Deadline): Promise<MetalIdentity> {
  const said = requests.find(({ name, report }) => name === 'machine.ipxe' && report !== undefined)?.report ?? {};
  const clean = (text = ''): string => text.replace(/[^ -~]/g, '').trim().slice(0, longest);
  const seen = await shell.run('grep -m1 "^flags" /proc/cpuinfo', { deadline }).then(({ stdout }) => stdout, () => '');
  const hypervisor = seen.startsWith('flags') ? / hypervisor( |$)/m.test(seen) : undefined;
  const words = { vendor: clean(said['vendor']), product: clean(said['product']), hypervisor };
  const simulator = pretenceOf(file, words);
  return { ...(file.model === undefined ? {} : { model: file.model }), vendor: words.vendor, product: words.product, ...(simulator === undefined ? {} : { simulator }) };
}
