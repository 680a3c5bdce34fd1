import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

/** What a group of packages is for: `guest` runs virtual machines, `uefi` those with UEFI firmware, `image` builds the reference image, `report` writes Allure's report, `metal` switches real machines, `test` opens pages in a browser, `metal-test` simulates controllers. */
export type HostGroup = 'guest' | 'uefi' | 'image' | 'report' | 'metal' | 'test' | 'metal-test';

export interface HostRequirement {
  readonly group: HostGroup;
  /** Package of Debian and its derivatives. */
  readonly package: string;
  /** Any of these programs (on PATH or in the system's sbin folders) or files (with wildcards) shows that it is there. */
  readonly programs?: readonly string[];
  readonly files?: readonly string[];
  /** Only where builds run without root rights. */
  readonly unprivilegedOnly?: boolean;
  /** Only where hwlab runs as root: root's own libvirtd is started under it. */
  readonly rootOnly?: boolean;
  /** Only where packages start no services: it would open a port to the network. */
  readonly withoutServicesOnly?: boolean;
}

/** Names hold for Debian 12 and 13; 13 splits libvirt further, and these pull in the parts. */
export const hostRequirements: readonly HostRequirement[] = [
  { group: 'guest', package: 'qemu-system-x86', programs: ['qemu-system-x86_64'] },
  { group: 'guest', package: 'qemu-utils', programs: ['qemu-img'] },
  { group: 'guest', package: 'ipxe-qemu', files: ['/usr/lib/ipxe/qemu/efi-virtio.rom', '/usr/share/qemu/efi-virtio.rom', '/usr/share/ipxe/qemu/*virtio*.rom'] },
  { group: 'guest', package: 'libvirt-clients', programs: ['virsh'] },
  { group: 'guest', package: 'libvirt-daemon', programs: ['libvirtd'] },
  { group: 'guest', package: 'libvirt-daemon-driver-qemu', files: ['/usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so', '/usr/lib*/libvirt/connection-driver/libvirt_driver_qemu.so'] },
  { group: 'guest', package: 'tini', programs: ['tini'], rootOnly: true },
  { group: 'guest', package: 'openssh-client', programs: ['ssh-keygen'] },
  { group: 'uefi', package: 'ovmf', files: ['/usr/share/OVMF/OVMF_VARS*.fd', '/usr/share/edk2/*/OVMF_VARS*.fd'] },
  { group: 'image', package: 'mmdebstrap', programs: ['mmdebstrap'] },
  // Kernel modules of an image may be packed with it.
  { group: 'image', package: 'xz-utils', programs: ['xz'] },
  { group: 'image', package: 'e2fsprogs', programs: ['mke2fs'] },
  { group: 'image', package: 'debian-archive-keyring', files: ['/usr/share/keyrings/debian-archive-keyring.*'] },
  { group: 'image', package: 'uidmap', programs: ['newuidmap'], unprivilegedOnly: true },
  { group: 'report', package: 'default-jre-headless', programs: ['java'] },
  { group: 'metal', package: 'ipmitool', programs: ['ipmitool'] },
  // Serial-over-LAN of ipmitool wants a terminal.
  { group: 'metal', package: 'socat', programs: ['socat'] },
  // For power states by ping.
  { group: 'metal', package: 'iputils-ping', programs: ['ping'] },
  // Booting machines from the network: addresses and TFTP, the boot loader, the image's system packed, and the programs of the first root.
  { group: 'metal', package: 'dnsmasq-base', programs: ['dnsmasq'] },
  { group: 'metal', package: 'ipxe', files: ['/usr/lib/ipxe/undionly.kpxe', '/boot/undionly.kpxe'] },
  { group: 'metal', package: 'squashfs-tools', programs: ['mksquashfs'] },
  { group: 'metal', package: 'busybox-static', files: ['/var/lib/dpkg/info/busybox-static.list'] },
  { group: 'metal-test', package: 'iproute2', programs: ['ip'] },
  { group: 'metal', package: 'uhubctl', programs: ['uhubctl'] },
  // Run in a guest, with an emulated device in its port: a station with a unit.
  { group: 'metal-test', package: 'usbredirect', programs: ['usbredirect'] },
  // The other side of the protocols, and other people's clients for our simulators.
  { group: 'metal-test', package: 'openipmi', programs: ['ipmi_sim'] },
  { group: 'metal-test', package: 'ser2net', programs: ['ser2net'] },
  { group: 'metal-test', package: 'redfishtool', programs: ['redfishtool'] },
  { group: 'metal-test', package: 'wsl', programs: ['wslinvoke'] },
  { group: 'metal-test', package: 'wget', programs: ['wget'] },
  // Its service listens on every address and its example configuration runs commands.
  { group: 'metal-test', package: 'pdudaemon', programs: ['pdudaemon'], withoutServicesOnly: true },
  // The tests make a disk with a boot loader for BIOS and one for UEFI, as a user would bring it.
  { group: 'test', package: 'syslinux', programs: ['syslinux'] },
  { group: 'test', package: 'syslinux-common', files: ['/usr/lib/syslinux/mbr/mbr.bin'] },
  { group: 'test', package: 'mtools', programs: ['mcopy'] },
  // Compiles the ACPI tables of machine profiles again, for comparison.
  { group: 'test', package: 'acpica-tools', programs: ['iasl'] },
  // Run in a guest, which captures what its own USB controller does.
  { group: 'test', package: 'tcpdump', programs: ['tcpdump'] },
  { group: 'test', package: 'openssl', programs: ['openssl'] },
  { group: 'test', package: 'fdisk', programs: ['sfdisk'] },
  { group: 'test', package: 'systemd-boot-efi', files: ['/usr/lib/systemd/boot/efi/systemd-bootx64.efi'] },
  { group: 'test', package: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
];

/** The requirements of these groups that this host does not meet. Looks at files only; runs nothing. */
export function missingRequirements(groups: readonly HostGroup[], requirements = hostRequirements): HostRequirement[] {
  const root = process.getuid?.() === 0;
  const services = existsSync('/run/systemd/system');
  return requirements.filter((one) => groups.includes(one.group) && !(one.unprivilegedOnly && root) && !(one.rootOnly && !root) && !(one.withoutServicesOnly && services) && !isMet(one));
}

function isMet(one: HostRequirement): boolean {
  return (one.programs ?? []).some((name) => findProgram(name) !== undefined) || (one.files ?? []).some((file) => (file.includes('*') ? globSync(file).length > 0 : existsSync(file)));
}

/** Absolute path of a host program, also in the sbin folders that a user's PATH may lack. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/')), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
