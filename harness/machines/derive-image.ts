import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { newRunId } from '../base/random-id.ts';
import { runCommand } from '../base/run-command.ts';
import { Scope } from '../base/scope.ts';
import { waitFor } from '../base/wait-for.ts';
import type { Shell } from '../capabilities/shell.ts';
import type { ImageRecord } from '../db/generated/image.ts';
import { domainState } from '../drivers/libvirt/domains.ts';
import { openSystem } from '../images/disk/open-system.ts';
import { newDraftFolder, publishDraft } from '../images/image-store.ts';
import { readPackages } from '../images/packages/installed-packages.ts';
import { removeTree } from '../images/remove-tree.ts';
import { storeFile } from '../images/store-file.ts';
import type { ImageManifest, StoredImage } from '../images/stored-image.ts';
import { installPackages, type PackageOrder } from './install-packages.ts';
import { launchVm } from './launch-vm.ts';
import { makeMachineFolders } from './machine-folders.ts';
import { thisOwner } from './machine-owner.ts';
import { makeSeedKeys } from './seed-keys.ts';
import { sshLogin } from './ssh-login.ts';
import type { VmParts } from './vm-parts.ts';
import { waitForShell } from './wait-for-shell.ts';

export interface DeriveOrder {
  /** Id of the new image. */
  readonly id: string;
  readonly packages: Pick<PackageOrder, 'install' | 'remove'>;
  /** What people call it; that of the base when left out. */
  readonly variant?: string;
}

const mostKernel = 128 * 1024 ** 2;

/**
 * Boots an image once on a disk of its own, makes its packages other ones, shuts it down, and stores the disk as a new image. Of an image that the lab starts
 * by its kernel file, a kernel that the packages brought is the new one's, or else the newest in /boot.
 * @throws HwlabError lab `packages-not-installed`, `shutdown-failed`; product when the base does not come up
 */
export async function deriveImage(parts: VmParts & { readonly image: StoredImage }, order: DeriveOrder, deadline: Deadline, progress: (line: string) => void): Promise<ImageManifest> {
  await using scope = new Scope();
  const { image, profile, accelerator } = parts;
  const runId = newRunId(new Date());
  const draft = await newDraftFolder(order.id);
  scope.onEnd('draft', async () => removeTree(draft, Deadline.after(60_000)));
  const owner = thisOwner(runId);
  const folders = await makeMachineFolders(owner, scope);
  const keys = image.record.seed === 'fw_cfg' ? await makeSeedKeys(folders.disks, deadline) : undefined;
  const overlay = join(folders.disks, 'derived.qcow2');
  progress(`${image.id}: booting it once, about ${accelerator === 'kvm' ? 10 : 40} s`);
  const vm = await launchVm(
    { folders, name: `hwlab-${runId}-derive`, owner, image, profile, accelerator, firmwareFiles: keys?.firmwareFiles ?? [], backing: { path: image.disk, format: image.record.format }, disk: overlay, consoleFile: join(folders.disks, 'console.log') },
    scope,
    deadline,
  );
  const shell = await waitForShell(vm, sshLogin(image, vm.sshPort, keys), deadline.within(parts.bootLimit), () => undefined);
  scope.onEnd('shell', async () => shell.close());
  const { install, remove } = order.packages;
  progress(`${image.id}: ${install.length} packages to install, ${remove.length} to remove`);
  const before = await kernelsIn(shell, deadline);
  await installPackages(shell, order.packages, deadline);
  const kernel = image.record.boot === 'direct-kernel' ? await takeKernel(shell, before, draft, deadline) : undefined;
  await shutDown(shell, vm.name, deadline);

  progress(`${order.id}: storing its disk`);
  await runCommand('qemu-img', ['convert', '-f', 'qcow2', '-O', 'qcow2', overlay, join(draft, 'image.qcow2')], { deadline });
  const disk = await storeFile(draft, 'image.qcow2', deadline);
  const { recipe: _recipe, releasedAt: _releasedAt, ...base } = image.record;
  const record: ImageRecord = { ...base, id: order.id, format: 'qcow2', file: `derived from ${image.id} ${image.sha256.slice(0, 12)}`, sha256: disk.sha256, ...(order.variant === undefined ? {} : { variant: order.variant }), ...(kernel ? { kernel: kernel.release } : {}) };
  const manifest: ImageManifest = {
    schema: 'hwlab/image-manifest/1',
    record,
    files: { disk, ...(kernel ? { kernel: await storeFile(draft, 'vmlinuz', deadline), initrd: await storeFile(draft, 'initrd', deadline) } : {}) },
    ...(kernel ? { kernel: kernel.release } : {}),
    packages: packagesOn(join(draft, disk.name), order.id, deadline),
    builtAt: new Date().toISOString(),
  };
  await publishDraft(draft, manifest);
  return manifest;
}

/** Releases of the kernels in /boot, the newest last. */
async function kernelsIn(shell: Shell, deadline: Deadline): Promise<readonly string[]> {
  const { stdout } = await shell.run('ls /boot/vmlinuz-* 2>/dev/null | sort -V', { deadline, accept: [0, 1, 2] });
  return stdout.split('\n').flatMap((line) => /^\/boot\/vmlinuz-([\w.+~-]{1,100})$/.exec(line.trim())?.[1] ?? []);
}

/** Copies a kernel that was not there before, or else the newest, and its first root. */
async function takeKernel(shell: Shell, before: readonly string[], draft: string, deadline: Deadline): Promise<{ readonly release: string }> {
  const now = await kernelsIn(shell, deadline);
  const release = now.findLast((each) => !before.includes(each)) ?? now.at(-1);
  if (release === undefined) throw new HwlabError({ code: 'no-kernel-in-image', blame: 'product', message: 'the system has no kernel in /boot' });
  for (const [name, path] of [['vmlinuz', `/boot/vmlinuz-${release}`], ['initrd', `/boot/initrd.img-${release}`]] as const) await writeFile(join(draft, name), await shell.getFile(path, deadline, mostKernel));
  return { release };
}

async function shutDown(shell: Shell, name: string, deadline: Deadline): Promise<void> {
  await shell.run('systemctl poweroff || poweroff', { deadline }).catch((error: unknown) => {
    // The connection may well end before the command does.
    if (!(error instanceof HwlabError) || error.code !== 'shell-lost') throw error;
  });
  await waitFor('the guest switches itself off', async () => {
    const found = await domainState(name, deadline);
    return found === undefined || found.state === 'shut off' ? { value: true } : { saw: found.state };
  }, { deadline: deadline.within(120_000), every: 300, blame: 'lab' });
}

/** Versions by name; none for a system without dpkg or that cannot be read. */
function packagesOn(disk: string, id: string, deadline: Deadline): Readonly<Record<string, string>> {
  try {
    using system = openSystem(disk, deadline);
    return Object.fromEntries([...readPackages(system.tree, id)].map(([key, { version }]) => [key, version]));
  } catch (error) {
    if (error instanceof HwlabError && error.blame === 'usage') return {};
    throw error;
  }
}
