import type { Deadline } from '../base/deadline.ts';
import { examineDisks, examineHost } from './examine-host.ts';
import { examineCaches, examineImages, examineLeftovers } from './examine-lab.ts';
import { examineAccelerator, examineLibvirt, examineMirror, examinePackages, examineVersions } from './examine-tools.ts';
import type { Finding } from './finding.ts';

/** Looks at everything a night depends on, without changing anything but libvirt's own daemon, which is started. */
export async function examine(deadline: Deadline): Promise<Finding[]> {
  const images = await examineImages();
  const [versions, libvirt, accelerator, mirror, disks, caches] = await Promise.all([
    examineVersions(deadline),
    examineLibvirt(deadline),
    examineAccelerator(deadline),
    examineMirror(deadline),
    examineDisks(images.built),
    examineCaches(deadline),
  ]);
  const leftovers = await examineLeftovers(deadline, libvirt.level === 'ok');
  return [...examineHost(), ...disks, ...examinePackages(), ...versions, libvirt, accelerator, mirror, ...images.findings, caches, leftovers];
}
