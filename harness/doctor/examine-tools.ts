import type { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';
import { detectAccelerator } from '../drivers/kvm-probe.ts';
import { hypervisorVersion } from '../drivers/libvirt/hypervisor-version.ts';
import { libvirtUri } from '../drivers/libvirt/connection.ts';
import { configuredPackageLists, debianSources } from '../images/package-sources.ts';
import { installCommand } from '../setup/host-packages.ts';
import { findProgram, missingRequirements, type HostGroup } from '../setup/host-requirements.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

const purposes: readonly (readonly [HostGroup, string, 'problem' | 'warning'])[] = [
  ['guest', 'running virtual machines', 'problem'],
  ['uefi', 'machines with UEFI firmware', 'warning'],
  ['image', 'building the reference image', 'problem'],
  ['report', "Allure's report", 'warning'],
  ['metal', 'switching real machines', 'warning'],
  ['metal-test', 'the tests of what switches them', 'warning'],
  ['test', "the project's own tests", 'warning'],
];

/** Whether the system packages are there, by what they are for. */
export function examinePackages(): Finding[] {
  return purposes.map(([group, purpose, level]) => {
    const missing = missingRequirements([group]);
    const about = `packages for ${purpose}`;
    if (missing.length === 0) return ok(`packages-${group}`, about, 'all there');
    return (level === 'problem' ? problem : warning)(`packages-${group}`, about, `missing: ${missing.map((one) => one.package).join(' ')}`, `run: ./hwlab doctor --fix, or: ${installCommand(missing)}`);
  });
}

const versioned: readonly (readonly [program: string, args: readonly string[]])[] = [
  ['git', ['--version']],
  ['mmdebstrap', ['--version']],
  ['ssh', ['-V']],
  ['java', ['-version']],
  ['chromium', ['--version']],
];

/** Versions of the tools that are there; what is missing is told by the packages. */
export async function examineVersions(deadline: Deadline): Promise<Finding[]> {
  const findings = await Promise.all(
    versioned.map(async ([program, args]) => {
      const path = findProgram(program);
      if (path === undefined) return [];
      try {
        const { stdout, stderr } = await runCommand(path, args, { deadline: deadline.within(15_000), accept: [0, 1] });
        return [ok(`version-${program}`, program, (stdout || stderr).split('\n')[0]?.slice(0, 120) ?? '')];
      } catch (error) {
        return [warning(`version-${program}`, program, `does not tell its version: ${messageOf(error).slice(0, 200)}`, `try it by hand: ${program} ${args.join(' ')}`)];
      }
    }),
  );
  return findings.flat();
}

/** Whether libvirt answers. */
export async function examineLibvirt(deadline: Deadline): Promise<Finding> {
  if (findProgram('virsh') === undefined) return problem('libvirt', 'libvirt', 'virsh is not installed', 'run: ./hwlab doctor --fix');
  try {
    const uri = await libvirtUri(deadline.within(30_000));
    const versions = (await hypervisorVersion(deadline.within(30_000))).split('; ');
    return ok('libvirt', 'libvirt', `${versions[0]}, ${versions.at(-1)}, on ${uri}`);
  } catch (error) {
    return problem('libvirt', 'libvirt', messageOf(error), (error instanceof HwlabError ? error.advice : undefined) ?? 'run: ./hwlab doctor --fix');
  }
}

/** Whether KVM truly runs guests. */
export async function examineAccelerator(deadline: Deadline): Promise<Finding> {
  if (findProgram('qemu-system-x86_64') === undefined) return warning('accelerator', 'hardware virtualisation', 'not tried: QEMU is not installed', 'run: ./hwlab doctor --fix');
  const { accelerator, why } = await detectAccelerator(deadline.within(10_000));
  if (accelerator === 'kvm') return ok('accelerator', 'hardware virtualisation', `KVM works: ${why}`);
  return warning('accelerator', 'hardware virtualisation', `none, guests are emulated in software: ${why}`, 'everything works, a cold boot takes about 40 s instead of 5; switch on virtualisation in the firmware, or nested virtualisation where this is a virtual machine itself');
}

/** Whether the reference image could be built: a Debian mirror in the host's own configuration. */
export async function examineMirror(deadline: Deadline): Promise<Finding> {
  try {
    const sources = debianSources(await configuredPackageLists(deadline.within(20_000)), 'bookworm');
    return ok('mirror', 'package mirror', sources[0]?.split(' ').slice(1, 3).join(' ') ?? '');
  } catch (error) {
    return warning('mirror', 'package mirror', messageOf(error), (error instanceof HwlabError ? error.advice : undefined) ?? 'bring an image: ./hwlab image add');
  }
}
