import type { Deadline } from '../../base/deadline.ts';
import { runCommand } from '../../base/run-command.ts';
import { virsh } from './virsh.ts';

let known: Promise<string> | undefined;

/** Versions of libvirt and QEMU, the distribution's revision included. Asked once a process. */
export async function hypervisorVersion(deadline: Deadline): Promise<string> {
  known ??= Promise.all([virsh(['version'], deadline), runCommand('qemu-system-x86_64', ['--version'], { deadline })]).then(([libvirt, qemu]) => {
    const lines = libvirt.stdout.split('\n').filter((line) => line.includes(':'));
    return [...lines.map((line) => line.split(':').slice(1).join(':').trim()), qemu.stdout.split('\n')[0] ?? ''].join('; ');
  });
  try {
    return await known;
  } catch (error) {
    known = undefined;
    throw error;
  }
}
