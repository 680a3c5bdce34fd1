import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { Deadline as Deadlines } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Scope } from '../base/scope.ts';
import { ConsoleRecorder } from '../drivers/console/console-recorder.ts';
import type { DomainSpec } from '../drivers/libvirt/domain-spec.ts';
import { domainXml } from '../drivers/libvirt/domain-xml.ts';
import { destroyDomain } from '../drivers/libvirt/domains.ts';
import { forwardedPort } from '../drivers/libvirt/forwarded-port.ts';
import { loadDeviceState } from '../drivers/libvirt/memory-image.ts';
import { makeOverlay } from '../drivers/libvirt/overlay.ts';
import { qemuLogTail } from '../drivers/libvirt/qemu-log.ts';
import { virsh } from '../drivers/libvirt/virsh.ts';
import { WriteWatch } from '../drivers/libvirt/write-watch.ts';
import type { BootableImage } from './bootable-image.ts';
import { findFirmware } from './find-firmware.ts';
import type { MachineFolders } from './machine-folders.ts';
import type { MachineOwner } from './machine-owner.ts';
import type { MachineAccess, MachineProfile } from './machine.ts';
import { partsOfDomain, partsOfKernel, partsOfProfile } from './profile-parts.ts';

export interface LaunchOrder {
  readonly name: string;
  readonly folders: MachineFolders;
  readonly owner: MachineOwner;
  readonly image: BootableImage;
  readonly profile: MachineProfile;
  readonly accelerator: 'kvm' | 'tcg';
  readonly firmwareFiles: DomainSpec['firmwareFiles'];
  /** The disk that the overlay stands on: the image's, or the one of a memory image. */
  readonly backing: { readonly path: string; readonly format: 'qcow2' | 'raw' };
  /** Where the overlay goes; a folder of this machine by default. */
  readonly disk?: string;
  readonly memoryFile?: DomainSpec['memoryFile'];
  /** State of the devices to load instead of booting. */
  readonly stateFile?: string;
  readonly consoleFile: string;
}

/** A domain that runs; nothing is known yet of the system inside. */
export interface LaunchedVm {
  readonly name: string;
  readonly sshPort: number;
  readonly usbPorts: readonly string[];
  readonly vncSocket?: string;
  readonly firmware: 'bios' | 'uefi';
  readonly parts: NonNullable<MachineAccess['parts']>;
  readonly console: ConsoleRecorder;
  readonly writes: WriteWatch;
  readonly consoleFile: string;
}

/** Makes overlay, console and domain, and lets the guest run. All of it is undone by `scope`. */
export async function launchVm(order: LaunchOrder, scope: Scope, deadline: Deadline): Promise<LaunchedVm> {
  const { folders } = order;
  const disk = order.disk ?? join(folders.disks, 'disk.qcow2');
  const usbPorts = Array.from({ length: order.profile.usb.ports }, (_, index) => join(folders.sockets, `usb${index}`));
  await mkdir(join(order.consoleFile, '..'), { recursive: true });
  const console = await ConsoleRecorder.listen(join(folders.sockets, 'console'), order.consoleFile);
  scope.onEnd('console', async () => console.end());
  await makeOverlay(disk, order.backing.path, order.backing.format, deadline);
  const boot = await bootOf(order, folders.disks);
  const spec: DomainSpec = {
    name: order.name,
    uuid: randomUUID(),
    label: order.owner,
    accelerator: order.accelerator,
    cpus: order.profile.cpus,
    memory: order.profile.memory,
    ...(order.memoryFile ? { memoryFile: order.memoryFile } : {}),
    incoming: order.stateFile !== undefined,
    disk,
    ...boot,
    consoleSocket: join(folders.sockets, 'console'),
    usbSockets: usbPorts,
    usbController: order.profile.usb.controller,
    display: order.profile.display,
    displays: order.profile.displays ?? 1,
    ...partsOfDomain(order.profile),
    ...(order.profile.display === 'none' ? {} : { vncSocket: join(folders.sockets, 'vnc') }),
    firmwareFiles: order.firmwareFiles,
  };
  const xml = join(folders.sockets, 'domain.xml');
  await writeFile(xml, domainXml(spec), { mode: 0o600 });
  // A teardown has its own time: it must work when the machine's time is up.
  scope.onEnd(`domain ${order.name}`, async () => destroyDomain(order.name, Deadlines.after(30_000)));
  try {
    await virsh(['create', xml, ...(spec.incoming ? ['--paused'] : [])], deadline);
  } catch (error) {
    deadline.check(`creating ${order.name}`);
    throw new HwlabError({
      code: 'domain-not-created',
      blame: 'lab',
      message: `libvirt did not create ${order.name}: ${error instanceof Error ? error.message : String(error)}`,
      facts: { qemuLog: await qemuLogTail(order.name, 10) },
      cause: error,
    });
  }
  const writes = await WriteWatch.start(order.name, deadline);
  scope.onEnd('watch of writes', async () => writes.end());
  if (order.stateFile !== undefined) {
    await loadDeviceState(order.name, order.stateFile, join(folders.sockets, 'state'), deadline);
    await virsh(['resume', order.name], deadline);
  }
  const sshPort = await forwardedPort(order.name, deadline);
  return { name: order.name, sshPort, usbPorts, ...(spec.vncSocket === undefined ? {} : { vncSocket: spec.vncSocket }), firmware: boot.firmware.kind, parts: partsOfProfile(order.profile), console, writes, consoleFile: order.consoleFile };
}

/** The profile's firmware, or the one that the image's record wants; and the image's kernel file where the record says so. */
async function bootOf(order: LaunchOrder, folder: string): Promise<Pick<DomainSpec, 'firmware' | 'kernel'>> {
  const { image, profile } = order;
  const byKernel = image.record.boot === 'direct-kernel';
  const wanted = profile.firmware === 'direct-kernel' ? image.record.boot : profile.firmware;
  const firmware = wanted === 'uefi' ? { kind: wanted, ...(await findFirmware()), variables: join(folder, 'firmware-variables') } : { kind: 'bios' as const };
  const words = [...connectedScreens(profile.displays ?? 1), ...partsOfKernel(profile)];
  if (!byKernel) {
    if (words.length > 0) throw new HwlabError({ code: 'image-has-no-kernel', blame: 'usage', message: `${profile.id} needs the kernel to be told ${words.join(' ')}, which the lab can do only where it starts the kernel; ${image.id} starts it by its boot loader`, advice: 'use a machine profile with one display, and without Wi-Fi and camera' });
    return { firmware };
  }
  if (image.kernel === undefined) throw new HwlabError({ code: 'image-has-no-kernel', blame: 'usage', message: `the image ${image.id} is to be booted by its kernel, but has no kernel file` });
  return { firmware, kernel: { file: image.kernel, ...(image.initrd === undefined ? {} : { initrd: image.initrd }), commandLine: [image.record.append ?? 'root=/dev/vda rw', 'console=ttyS0', ...words].join(' ') } };
}

/**
 * QEMU connects only the first output of a graphics card unless a viewer asks for more, and the lab has no viewer. So the guest's kernel is told
 * that a monitor is there (Documentation/fb/modedb.rst of Linux: `e` enables the output).
 */
function connectedScreens(count: number): string[] {
  return Array.from({ length: count - 1 }, (_, index) => `video=Virtual-${index + 2}:1280x800@60e`);
}
